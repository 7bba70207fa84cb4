"""How people are searched in the frames of a video and followed."""

import numpy as np

from skeletonlearn.datasets._pose_follower import PoseFollower

N_NUMBERS = 7
BODY = np.array([[x, y] for y in np.linspace(-0.5, 0.5, 11) for x in (-0.2, 0.0, 0.2)])  # of size 1


def show(people, *, width=400, height=800):
    """A picture in which each person (x, y, size) is one pixel whose colour is the size in tens of pixels."""
    picture = np.zeros((height, width, 3), dtype=np.uint8)
    for number, (x, y, size) in people.items():
        picture[y, x] = size // 10, number, 255
    return picture


class Landmarker:
    """Sees who is in a picture and at least a third as large as its longer side; the others are too small.

    It follows whoever is the nearest to the middle of the picture.
    """

    def __init__(self):
        self.n_searched, self.followed = 0, set()

    def find(self, picture):
        self.n_searched += 1
        rows, columns = np.nonzero(picture[..., 2])
        sizes = picture[rows, columns, 0] * 10.0
        poses = np.ones((len(rows), len(BODY), N_NUMBERS))
        poses[..., :2] = BODY * sizes[:, None, None] + np.stack([columns, rows], axis=-1)[:, None]
        return poses[sizes > max(picture.shape) / 3]

    def follow(self, person, picture):
        self.followed.add(person)
        poses = self.find(picture)
        self.n_searched -= 1
        middle = np.array(picture.shape[1::-1]) / 2
        distance = np.linalg.norm(poses[..., :2].mean(axis=1) - middle, axis=-1)
        return poses[np.argsort(distance)[:1]]

    def forget(self, person):
        self.followed.discard(person)


def places(poses):
    return sorted((round(pose[:, 0].mean()), round(pose[:, 1].mean())) for pose in poses)


def run(frames, n_persons=1, *, rate=30, **size):
    """The places of the people in each frame, and the landmarker."""
    landmarker = Landmarker()
    follower = PoseFollower(landmarker, n_persons)
    found = [places(follower(show(people, **size), at / rate)) for at, people in enumerate(frames)]
    return found, landmarker, follower


def test_somebody_too_small_for_the_whole_picture_is_found_in_a_square_and_followed():
    frames = [{1: (200 + at, 600, 200)} for at in range(20)]
    found, landmarker, _ = run(frames)
    assert found == [[(200 + at, 600)] for at in range(20)]
    assert landmarker.n_searched == 4  # the whole and three squares, once


def test_somebody_small_in_a_wide_picture_is_found_too():
    (found, *_), _, _ = run([{1: (900, 200, 200)}], width=1000, height=400)
    assert found == [(900, 200)]


def test_somebody_very_small_is_found_in_small_squares_where_nobody_else_is():
    (found, *_), _, _ = run([{1: (100, 100, 90)}])
    assert found == [(100, 100)]


def test_somebody_at_the_edge_is_followed_in_a_square_that_reaches_beyond_the_picture():
    found, _, _ = run([{1: (max(399 - 20 * at, 0), 100, 300)} for at in range(25)])
    assert found == [[(max(399 - 20 * at, 0), 100)] for at in range(25)]


def test_two_people_are_kept_apart_and_nobody_is_two_people():
    frames = [{1: (100 + 2 * at, 400, 250), 2: (300 - at, 420, 300)} for at in range(30)]
    found, _, _ = run(frames, n_persons=2)
    assert found == [sorted([(100 + 2 * at, 400), (300 - at, 420)]) for at in range(30)]
    found, _, _ = run([{1: (100, 400, 250), 2: (120, 400, 250)}, {1: (100, 400, 250)}], n_persons=2)
    assert [len(one) for one in found] == [1, 1]  # as near as one body found twice


def test_a_jump_onto_somebody_else_is_no_step():
    frames = [{1: (100, 400, 300)}, {2: (280, 400, 300)}]
    landmarker = Landmarker()
    follower = PoseFollower(landmarker, 1)
    follower(show(frames[0]), 0.0)
    follower(show(frames[0]), 0.1)
    assert landmarker.followed == {1}
    assert places(follower(show(frames[1]), 0.2)) == [(280, 400)]
    follower(show(frames[1]), 0.3)
    assert landmarker.followed == {2}


def test_who_leaves_is_forgotten_and_who_comes_is_found_at_once_where_nobody_is():
    frames = [{1: (200, 400, 300)}] * 3 + [{}] * 2 + [{1: (200, 500, 300)}] * 2
    found, landmarker, follower = run(frames)
    assert [len(one) for one in found] == [1, 1, 1, 0, 0, 1, 1]
    follower.close()
    assert landmarker.followed == set()


def test_who_comes_later_is_found_within_a_second():
    frames = [{1: (100, 300, 300)}] * 15 + [{1: (100, 300, 300), 2: (300, 600, 280)}] * 30
    found, _, _ = run(frames, n_persons=2)
    assert [len(one) for one in found] == [1] * 30 + [2] * 15


def test_of_more_people_than_wanted_the_largest_is_followed():
    found, _, _ = run([{1: (100, 300, 220), 2: (300, 600, 300)}] * 2)
    assert found == [[(300, 600)]] * 2


def test_a_bystander_does_not_keep_out_somebody_much_larger_who_comes_later():
    frames = [{1: (100, 300, 150)}] * 5 + [{1: (100, 300, 150), 2: (300, 600, 300)}] * 30
    found, _, _ = run(frames, rate=5)
    assert found[-1] == [(100, 300), (300, 600)]


def test_a_person_found_in_the_last_frame_is_forgotten_too():
    _, landmarker, follower = run([{1: (200, 400, 300)}])
    follower.close()
    assert places(follower(show({}), 1.0)) == []
    assert landmarker.followed == set()


def test_nobody_is_an_array_without_rows():
    assert PoseFollower(Landmarker(), 1)(show({}), 0.0).shape == (0, 33, N_NUMBERS)
