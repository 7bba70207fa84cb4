"""Videos that the tests write, and what they show."""

from fractions import Fraction

import av
import numpy as np

_TICKS = 1000  # a second
ONE = 2**16  # in the matrix of an MP4 file


def write_video(path, pictures, *, rate=30, times=None, codec="libx264", **options):
    """Write RGB pictures, at a rate or at times in seconds; options are those of the container."""
    height, width = pictures[0].shape[:2]
    with av.open(str(path), "w", options=options) as container:
        stream = container.add_stream(codec, rate=rate, width=width, height=height, pix_fmt="yuv420p")
        stream.codec_context.time_base = Fraction(1, _TICKS)
        for at, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="rgb24")
            frame.pts = round(_TICKS * (at / rate if times is None else times[at]))
            frame.time_base = Fraction(1, _TICKS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def grey(*levels, width=64, height=48):
    """Pictures of one brightness each."""
    return [np.full((height, width, 3), level, dtype=np.uint8) for level in levels]


def spots(places, *, width=160, height=120, size=12):
    """Black pictures with a white square around each of some places (x, y)."""
    pictures = []
    for in_frame in places:
        picture = np.zeros((height, width, 3), dtype=np.uint8)
        for x, y in in_frame:
            picture[y - size // 2 : y + size // 2, x - size // 2 : x + size // 2] = 255
        pictures.append(picture)
    return pictures


def turn(path, matrix):
    """Write into an MP4 file how it is to be turned: a, b, c, d for x' = a x + c y, y' = b x + d y."""
    data = bytearray(path.read_bytes())
    a, b, c, d = (int(ONE * number) for number in matrix)
    at = data.index(b"tkhd") + 44  # after version, times, number, duration, layer, group and volume
    for place, number in ((0, a), (1, b), (3, c), (4, d)):
        data[at + 4 * place : at + 4 * place + 4] = number.to_bytes(4, "big", signed=True)
    path.write_bytes(data)
    return path
