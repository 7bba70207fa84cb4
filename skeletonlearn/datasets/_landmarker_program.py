"""The program of MediaPipe's own process: pictures come in, poses go out.

It imports nothing of this package, so that it starts as fast as MediaPipe does. A request is the number of a person,
the height and the width of a picture, each an integer of four bytes, then the RGB picture. The number 0 asks for
everybody in the picture; any other for one person, whom MediaPipe follows from picture to picture. A picture without
pixels ends that, and has no answer. An answer is the number of poses, then float32 numbers: for each pose and landmark
x, y, z as parts of the picture's sides, x, y, z in metres, and the visibility. An answer of -1 is followed by the
length of a text and the text: what went wrong.
"""

from __future__ import annotations

import os
import struct
import sys
from typing import Any, BinaryIO

REQUEST, ANSWER = struct.Struct("<iii"), struct.Struct("<i")
EVERYBODY = 0

_STEP = 100  # milliseconds between frames, as MediaPipe is to believe: with less, it smooths quick limbs until they lag


def _serve(requests: BinaryIO, answers: BinaryIO, model: str, n_poses: int) -> None:
    import numpy as np  # noqa: PLC0415 - the path is known only now
    from mediapipe import Image, ImageFormat  # noqa: PLC0415

    landmarkers: dict[int, Any] = {}
    count = 0
    while head := requests.read(REQUEST.size):
        person, height, width = REQUEST.unpack(head)
        if not height * width:
            if person in landmarkers:
                landmarkers.pop(person).close()
            continue
        if person not in landmarkers:
            landmarkers[person] = _new_landmarker(model, n_poses if person == EVERYBODY else 1, person != EVERYBODY)
        data = np.frombuffer(requests.read(3 * height * width), dtype=np.uint8).reshape(height, width, 3)
        image, count = Image(image_format=ImageFormat.SRGB, data=data), count + 1
        if person == EVERYBODY:
            result = landmarkers[person].detect(image)
        else:
            result = landmarkers[person].detect_for_video(image, _STEP * count)
        answers.write(ANSWER.pack(len(result.pose_landmarks)) + np.array(_rows(result), dtype="<f4").tobytes())
        answers.flush()


def _new_landmarker(model: str, n_poses: int, follows: bool) -> Any:
    from mediapipe.tasks.python.core.base_options import BaseOptions  # noqa: PLC0415
    from mediapipe.tasks.python.vision import PoseLandmarker, PoseLandmarkerOptions, RunningMode  # noqa: PLC0415

    options = PoseLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=model),
        running_mode=RunningMode.VIDEO if follows else RunningMode.IMAGE,
        num_poses=n_poses,
    )
    return PoseLandmarker.create_from_options(options)


def _rows(result: Any) -> list[tuple[float, ...]]:
    return [
        (point.x, point.y, point.z, world.x, world.y, world.z, point.visibility)
        for pose in zip(result.pose_landmarks, result.pose_world_landmarks, strict=True)
        for point, world in zip(*pose, strict=True)
    ]


def _main(model: str, n_poses: str, *path: str) -> None:
    sys.path[:] = path  # what the other process finds is found here
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints
    try:
        _serve(sys.stdin.buffer, answers, model, int(n_poses))
    except Exception as error:  # noqa: BLE001 - the other process raises it
        text = f"{type(error).__name__}: {error}".encode()
        answers.write(ANSWER.pack(-1) + ANSWER.pack(len(text)) + text)
        answers.flush()


if __name__ == "__main__":
    _main(*sys.argv[1:])
