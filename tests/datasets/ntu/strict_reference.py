"""The raw format of NTU RGB+D checked as one would at first: every line, every word. Shares no code with the parser."""

import re

import numpy as np

from skeletonlearn.datasets._ntu._recording import NTUBody, NTURecording

NUMBER_CHARACTERS = set("0123456789+-.eE")


@np.errstate(over="ignore")
def parse_strictly(data, tracking_states, image_positions):
    """The recording, or ValueError."""
    text = data.decode("latin-1").removeprefix("\xef\xbb\xbf")
    lines = re.sub(r"[ \t\r\n]+\Z", "", text).split("\n")
    rows = [[word for word in re.split("[ \t]", re.sub(r"\r\Z", "", line)) if word] for line in lines]
    rows.reverse()  # so that pop gives the next
    n_frames = take_whole(rows)
    bodies = {}
    for frame in range(n_frames):
        for _ in range(take_whole(rows)):
            info = take(rows, 10)
            body = bodies.setdefault(whole(info[0]), {})
            require(frame not in body, "body twice")
            for word in info[1:]:
                check_unread(word)
            require(take_whole(rows) == 25, "joints")
            joints = [take(rows, 12) for _ in range(25)]
            body[frame] = [read_row(row, tracking_states, image_positions) for row in joints]
    require(not rows, "more text")
    require(n_frames and bodies, "nothing")
    return NTURecording(n_frames, [to_body(body_id, body) for body_id, body in bodies.items()])


def require(condition, reason):
    if not condition:
        raise ValueError(reason)


def take(rows, n_words):
    require(rows and len(rows[-1]) == n_words, "line")
    return rows.pop()


def take_whole(rows):
    return whole(take(rows, 1)[0])


def whole(word):
    require(set(word) <= set("0123456789") and 0 < len(word) <= 20, "whole number")
    return int(word)


def is_no_value(word):
    return word.lower().removeprefix("-").removeprefix("+") in ("nan", "inf", "infinity") and word[:2] not in ("-+",)


def check_unread(word):
    require(set(word) <= NUMBER_CHARACTERS or is_no_value(word), "unread")


def number(word):
    require(set(word) <= NUMBER_CHARACTERS, "characters")
    value = np.float32(float(word))
    require(np.isfinite(value), "infinite")
    return value


def read_row(row, tracking_states, image_positions):
    position = [number(word) for word in row[:3]]
    pixels, state = None, None
    for word in row[3:11]:
        check_unread(word)
    if image_positions:
        pixels = [np.float32(np.nan) if is_no_value(word) else number(word) for word in row[3:7]]
    if tracking_states:
        require(row[11] in ("0", "1", "2"), "state")
        state = int(row[11])
    else:
        check_unread(row[11])
    return position, pixels, state


def to_body(body_id, body):
    frames = np.array(sorted(body))
    rows = [body[frame] for frame in sorted(body)]
    joints, pixels, states = ([[row[part] for row in frame] for frame in rows] for part in range(3))
    has_pixels, has_states = pixels[0][0] is not None, states[0][0] is not None
    pixels = np.array(pixels, dtype=np.float32) if has_pixels else None
    return NTUBody(
        body_id,
        frames,
        np.array(joints, dtype=np.float32),
        np.array(states, dtype=np.int8) if has_states else None,
        pixels[..., :2] if has_pixels else None,
        pixels[..., 2:] if has_pixels else None,
    )
