"""Recognising many frames at once gives the numbers that recognising one after another gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skeletonlearn.datasets import _crowd
from skeletonlearn.datasets._crowd import Crowd

SIZE = 10.0
BODY = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]])


def plainly_recognised(frames, size):
    """The rules of the module's first lines, one pair of a person and a detection after another."""
    known, numbers = [], []
    for at, people in enumerate(frames):
        pairs = []
        for number, person in enumerate(known):
            for which, one in enumerate(people):
                gaps = [np.hypot(*(a - b[:2])) for a, b in zip(person["pose"], one, strict=True)]
                gaps = [gap for gap in gaps if not np.isnan(gap)]
                if gaps and np.mean(gaps) <= size * (0.5 + 0.1 * (at - person["last"])):
                    same = np.mean(gaps) < 0.1 * size
                    pairs.append((not same, -person["confidence"] if same else 0, np.mean(gaps), number, which))
        own = np.full(len(people), -1)
        for *_, number, which in sorted(pairs):
            if own[which] < 0 and number not in own:
                own[which] = number
        for which, one in enumerate(people):
            if own[which] < 0:
                own[which] = len(known)
                known.append({"pose": np.full((len(one), 2), np.nan), "confidence": 0.0})
            person = known[own[which]]
            person["pose"] = np.where(np.isnan(one[:, :2]), person["pose"], one[:, :2])
            person["last"], person["confidence"] = at, person["confidence"] + one[:, 2].sum()
        numbers.append(own)
    return numbers


def recognised(frames):
    people = np.concatenate(frames)
    if not len(people):
        return [np.empty(0, dtype=np.intp) for _ in frames]
    frame = np.repeat(np.arange(len(frames)), [len(one) for one in frames])
    crowd = Crowd(SIZE, people[..., :2].swapaxes(1, 2), people[..., 2].sum(axis=1), frame)
    numbers = crowd.recognise()
    return np.split(numbers, np.cumsum([len(one) for one in frames])[:-1])


def people_who_walk(random, n_frames, n_people, *, step, absent, unseen, shuffle):
    """Frames of squares that walk from places near each other, of whom some are absent and some joints unseen."""
    places = random.uniform(0, 40, (n_people, 2))
    frames = []
    for _ in range(n_frames):
        places = places + random.normal(0, step, places.shape)
        people = np.concatenate([BODY + places[:, None], random.uniform(0.1, 1, (n_people, 4, 1))], axis=-1)
        people[random.random((n_people, 4)) < unseen] = [np.nan, np.nan, 0.0]
        people = people[(random.random(n_people) >= absent) & ~np.isnan(people[..., 0]).all(axis=1)]
        frames.append(people[random.permutation(len(people))] if shuffle else people)
    return frames


@settings(deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 30),
    st.integers(1, 4),
    st.sampled_from([0.1, 1.0, 3.0, 8.0]),
    st.sampled_from([0.0, 0.02, 0.3]),
    st.sampled_from([0.0, 0.1, 0.6]),
    st.booleans(),
)
def test_people_who_walk_come_and_go_are_numbered_by_the_rules(seed, n_frames, n_people, step, absent, unseen, shuffle):
    random = np.random.default_rng(seed)
    frames = people_who_walk(random, n_frames, n_people, step=step, absent=absent, unseen=unseen, shuffle=shuffle)
    for got, wanted in zip(recognised(frames), plainly_recognised(frames, SIZE), strict=True):
        np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("n_people", [1, 3])
def test_frames_in_which_nobody_comes_or_goes_are_recognised_many_at_once(monkeypatch, n_people):
    one_by_one = []
    slowly = Crowd._recognise_frame
    monkeypatch.setattr(Crowd, "_recognise_frame", lambda self, row: one_by_one.append(1) or slowly(self, row))
    random = np.random.default_rng(0)
    frames = people_who_walk(random, 500, n_people, step=0.05, absent=0.0, unseen=0.1, shuffle=True)
    recognised(frames)
    assert len(one_by_one) < 20


def test_a_crowd_is_recognised_a_few_frames_at_once_to_bound_the_memory():
    random = np.random.default_rng(0)
    frames = people_who_walk(random, 6, 60, step=0.0, absent=0.0, unseen=0.0, shuffle=True)
    for got, wanted in zip(recognised(frames), plainly_recognised(frames, SIZE), strict=True):
        np.testing.assert_array_equal(got, wanted)


@pytest.mark.parametrize("most", [1, 100, 1000])
def test_frames_that_are_laid_out_in_blocks_are_numbered_the_same(monkeypatch, most):
    monkeypatch.setattr(_crowd, "_MOST_LAID", most)
    random = np.random.default_rng(1)
    frames = people_who_walk(random, 40, 4, step=1.0, absent=0.2, unseen=0.2, shuffle=True)
    for got, wanted in zip(recognised(frames), plainly_recognised(frames, SIZE), strict=True):
        np.testing.assert_array_equal(got, wanted)


def test_false_detections_do_not_make_the_crowd_grow_and_the_others_are_still_followed():
    random = np.random.default_rng(0)
    frames = people_who_walk(random, 300, 1, step=0.2, absent=0.0, unseen=0.0, shuffle=False)
    false = np.concatenate([BODY + random.uniform(100, 9000, (300, 5, 1, 2)), np.full((300, 5, 4, 1), 0.1)], axis=-1)
    people = np.concatenate([np.concatenate([own, other]) for own, other in zip(frames, false, strict=True)])
    crowd = Crowd(SIZE, people[..., :2].swapaxes(1, 2), people[..., 2].sum(axis=1), np.repeat(np.arange(300), 6))
    numbers = crowd.recognise().reshape(300, 6)
    assert not numbers[:, 0].any()
    assert numbers.max() > 500
    assert len(crowd._poses) < 200
    assert all(len(set(row)) == 6 for row in numbers.tolist())
