"""C3D files of own making."""

import io
import warnings

import c3d
import numpy as np

LABELS = ["LASI", "RASI", "SACR", "LKNE", "RKNE"]


def write_c3d(path, points, labels=LABELS, *, unit="mm", rate=100.0, scale=-1.0, screen=None, lists=None):
    """Write points (n_frames, n_points, 3); those that are NaN as not seen."""
    writer = c3d.Writer(point_rate=rate, analog_rate=0.0, point_scale=scale)
    for frame in points:
        unseen = np.isnan(frame).any(axis=-1)
        row = np.zeros((len(frame), 5), dtype=np.float32)
        row[:, :3] = np.where(unseen[:, None], 0.0, frame)
        row[unseen, 3] = -1
        writer.add_frames([(row, np.zeros((0, 0)))])
    writer.set_point_labels(labels)
    if screen is not None:
        writer.set_screen_axis(*screen)
    for name, texts in (lists or {}).items():
        width = max(map(len, texts))
        packed = "".join(text.ljust(width) for text in texts)
        writer.point_group.add_str(name, "", packed, width, len(texts))
    stream = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        writer.point_group.set_str("UNITS", "", unit.ljust(4), 4)
        writer.write(stream)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(stream.getvalue())
    return path


def random_points(n_frames=12, n_points=5, seed=0):
    return np.random.default_rng(seed).uniform(-900, 900, size=(n_frames, n_points, 3))
