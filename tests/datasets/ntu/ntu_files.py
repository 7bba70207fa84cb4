"""Small raw files of NTU RGB+D, made line by line, and how tests look at what is read from them."""

import numpy as np

from skeletonlearn.datasets._ntu._recording import NTUBody, NTURecording
from skeletonlearn.datasets._source import FileContent, SourceFile

STEM = "S001C002P003R002A013"
FIRST_ID = 72057594037944738  # above 2**53, as the sensor's are


def make_lines(bodies_of_frames, seed=0):
    """The lines of a file whose frames show the given bodies, with seven significant digits as the sensor's."""
    rng = np.random.default_rng(seed)
    lines = [str(len(bodies_of_frames))]
    for bodies in bodies_of_frames:
        lines.append(str(len(bodies)))
        for body in bodies:
            lean = " ".join(f"{value:.7g}" for value in rng.uniform(-1, 1, size=2))
            lines += [f"{FIRST_ID + body} 0 1 1 0 1 0 {lean} 2", "25", *(_make_row(rng) for _ in range(25))]
    return lines


def _make_row(rng):
    x, y, *orientation = rng.uniform(-1, 1, size=6)
    x *= 10.0 ** -rng.choice([0, 0, 0, 0, 2, 5])  # some with an exponent
    z = rng.uniform(0.5, 5)
    pixels = rng.uniform(0, (512, 424, 1920, 1080))
    numbers = " ".join(f"{value:.7g}" for value in (x, y, z, *pixels, *orientation))
    return f"{numbers} {rng.integers(3)}"


def to_bytes(lines):
    return "\n".join([*lines, ""]).encode()


def content_of(data, path=f"{STEM}.skeleton"):
    return FileContent(SourceFile(path, "", (len(data), 0)), data)


def assert_recordings_equal(one, other):
    """Compare bit by bit: dtypes, -0.0 and NaN included."""
    assert isinstance(one, NTURecording)
    assert one.n_frames == other.n_frames
    assert [body.body_id for body in one.bodies] == [body.body_id for body in other.bodies]
    for body, same in zip(one.bodies, other.bodies, strict=True):
        assert isinstance(body, NTUBody)
        np.testing.assert_array_equal(body.frames, same.frames)
        for part in ("joints", "tracking_states", "depth", "color"):
            assert_arrays_equal(getattr(body, part), getattr(same, part))


def assert_arrays_equal(one, other):
    if one is None or other is None:
        assert one is other
        return
    assert (one.dtype, one.shape) == (other.dtype, other.shape)
    assert one.tobytes() == other.tobytes()
