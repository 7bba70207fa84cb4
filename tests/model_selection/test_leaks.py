"""find_leaks."""

import logging

import numpy as np
import pandas as pd
import pytest
from scipy.spatial.transform import Rotation

from skeletonlearn.datasets import load_msr_action3d, load_nw_ucla, make_actions
from skeletonlearn.model_selection import find_leaks
from skeletonlearn.model_selection._leaks import _find

TRAIN, TEST = np.arange(40), np.arange(40, 60)
COPIED, COPY = 7, 47


def turned(sequence):
    return sequence @ Rotation.from_euler("y", 40, degrees=True).as_matrix().T


def jittered(sequence):
    body = sequence - np.nanmean(sequence, axis=1, keepdims=True)
    size = np.sqrt(np.nanmean((body**2).sum(axis=-1)))
    return sequence + np.random.default_rng(3).normal(0, 0.01 * size, sequence.shape)


def faster(sequence):
    """At 0.7 times the frame rate, by hand."""
    times = np.linspace(0, len(sequence) - 1, int(0.7 * len(sequence)))
    before = np.minimum(times.astype(int), len(sequence) - 2)
    weight = (times - before)[:, None, None]
    return (1 - weight) * sequence[before] + weight * sequence[before + 1]


def padded(sequence):
    return np.concatenate([sequence, np.zeros((20, *sequence.shape[1:]))])


def gappy(sequence):
    sequence = sequence.copy()
    sequence[10:13, 4] = np.nan
    sequence[20:22, 9] = 0
    sequence[20:22, 10] = 0
    return sequence


CHANGES = {
    "half the frame rate": lambda one: one[::2],
    "another frame rate": faster,
    "translated": lambda one: one + np.array([1.0, 0.0, -2.0]),
    "centred in each frame": lambda one: one - one[:, :1],
    "turned": turned,
    "scaled": lambda one: 1000 * one,
    "jittered": jittered,
    "start cut": lambda one: one[4:],
    "end cut": lambda one: one[:-4],
    "both ends cut": lambda one: one[3:-2],
    "padded with zeros": padded,
    "with missing joints": gappy,
    "all at once": lambda one: jittered(1.2 * turned(one)[2:-3] + 0.3),
}


@pytest.fixture(scope="module")
def independent():
    return make_actions(60, n_subjects=5, n_frames=(45, 70), missing=0.0, random_state=0).sequences


@pytest.fixture
def sequences(independent):
    return list(independent)


def pairs(leaks):
    return list(zip(leaks.test_index.tolist(), leaks.train_index.tolist(), leaks.kind.tolist(), strict=True))


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_changed_copy_is_near_its_original(sequences, change):
    sequences[COPY] = change(sequences[COPIED])
    assert pairs(find_leaks(sequences, TRAIN, TEST)) == [(COPY, COPIED, "near")]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_original_of_a_changed_training_sequence_is_found_too(sequences, change):
    sequences[COPIED] = change(sequences[COPY])
    assert pairs(find_leaks(sequences, TRAIN, TEST)) == [(COPY, COPIED, "near")]


def test_identical_copy_is_exact_at_distance_zero(sequences):
    sequences[COPY] = sequences[COPIED].copy()
    leaks = find_leaks(sequences, TRAIN, TEST)
    assert pairs(leaks) == [(COPY, COPIED, "exact")]
    assert leaks.distance.tolist() == [0]


def test_missing_joints_at_the_same_places_are_equal(sequences):
    sequences[COPIED] = gappy(sequences[COPIED])
    sequences[COPY] = sequences[COPIED].copy()
    assert pairs(find_leaks(sequences, TRAIN, TEST)) == [(COPY, COPIED, "exact")]


def test_other_performances_of_the_same_actions_are_no_leaks():
    sequences = make_actions(120, n_classes=3, n_subjects=2, noise=0.005, random_state=1).sequences
    assert len(find_leaks(sequences, np.arange(60), np.arange(60, 120))) == 0


@pytest.mark.parametrize(
    "change", [lambda one: one * [-1, 1, 1], lambda one: one[::-1], lambda one: one[12:]], ids=["mirror", "back", "cut"]
)
def test_what_the_notes_exclude_is_not_found(sequences, change):
    sequences[COPY] = change(sequences[COPIED])
    assert len(find_leaks(sequences, TRAIN, TEST)) == 0


def test_two_dimensional_copies_are_found(sequences):
    flat = [one[..., :2] for one in sequences]
    angle = np.deg2rad(20)
    flat[COPY] = flat[COPIED] @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    assert (COPY, COPIED, "near") in pairs(find_leaks(flat, TRAIN, TEST))


def test_channels_that_are_no_space_are_compared_without_turning(sequences):
    stacked = [np.concatenate([one, one[..., :1]], axis=-1) for one in sequences]
    stacked[COPY] = 2 * stacked[COPIED]
    stacked[COPY + 1] = stacked[COPIED][..., [1, 0, 3, 2]]
    assert pairs(find_leaks(stacked, TRAIN, TEST)) == [(COPY, COPIED, "near")]


@pytest.mark.parametrize("n_frames", [1, 2, 40])
def test_motionless_sequences_are_never_near(n_frames):
    pose = np.random.default_rng(0).normal(size=(20, 3))
    still = [np.repeat(scale * pose[None], n_frames, axis=0) for scale in (1.0, 1.5, 2.0)]
    assert len(find_leaks(still, [0, 1], [2])) == 0


def test_noise_around_one_pose_is_never_near():
    rng = np.random.default_rng(0)
    pose = rng.normal(size=(20, 3))
    still = [pose + rng.normal(0, 0.02, (40, 20, 3)) for _ in range(6)]
    assert len(find_leaks(still, [0, 1, 2], [3, 4, 5])) == 0


def test_one_frame_copy_is_exact():
    pose = np.random.default_rng(0).normal(size=(1, 20, 3))
    assert pairs(find_leaks([pose, pose + 1, pose.copy()], [0, 1], [2])) == [(2, 0, "exact")]


def test_blank_sequences_of_different_lengths_are_no_leaks():
    blank = [np.zeros((n, 20, 3)) for n in (9, 30, 40)] + [np.full((50, 20, 3), np.nan)]
    assert len(find_leaks(blank, [0, 1], [2, 3])) == 0


def test_rows_are_sorted_by_test_index_then_distance(sequences):
    sequences[50], sequences[41] = sequences[3], jittered(sequences[5])
    sequences[20], sequences[30] = jittered(sequences[3]), sequences[3]
    leaks = find_leaks(sequences, TRAIN, TEST)
    assert pairs(leaks) == [(41, 5, "near"), (50, 3, "exact"), (50, 30, "exact"), (50, 20, "near")]
    assert repr(leaks) == "2 of 20 test sequences repeat training sequences (1 exact, 1 near)"
    assert len(leaks) == 4


def test_result_does_not_depend_on_the_chunk_size(sequences):
    for copy, copied in ((41, 5), (45, 39), (59, 0)):
        sequences[copy] = jittered(sequences[copied])
    whole = find_leaks(sequences, TRAIN, TEST)
    for chunk_size in (1, 7):
        parts = find_leaks(sequences, TRAIN, TEST, chunk_size=chunk_size)
        assert pairs(parts) == pairs(whole)
        assert parts.distance.tolist() == whole.distance.tolist()
    assert len(whole) == 3


def test_zero_tolerance_looks_for_exact_copies_only(sequences):
    sequences[COPY], sequences[COPY + 1] = sequences[COPIED], 2 * sequences[COPIED]
    assert pairs(find_leaks(sequences, TRAIN, TEST, tol=0)) == [(COPY, COPIED, "exact")]


def test_masks_and_arrays_of_four_axes_are_taken(sequences):
    X = np.stack([one[:45] for one in sequences])
    X[COPY] = X[COPIED]
    is_test = np.arange(60) >= 40
    assert pairs(find_leaks(X, ~is_test, is_test)) == [(COPY, COPIED, "exact")]


def test_an_index_given_twice_counts_once(sequences):
    sequences[COPY] = sequences[COPIED]
    assert pairs(find_leaks(sequences, [COPIED, COPIED, 1], [COPY, COPY])) == [(COPY, COPIED, "exact")]


def test_table_has_a_row_for_each_pair(sequences):
    pytest.importorskip("pandas")
    sequences[COPY] = sequences[COPIED]
    table = find_leaks(sequences, TRAIN, TEST).to_frame()
    assert table.to_dict("records") == [
        {"test_index": COPY, "train_index": COPIED, "distance": 0.0, "kind": "exact"},
    ]


def test_sequences_given_are_left_as_they_are(sequences):
    sequences[COPIED] = gappy(sequences[COPIED])
    before = [one.copy() for one in sequences]
    find_leaks(sequences, TRAIN, TEST)
    assert all(np.array_equal(one, other, equal_nan=True) for one, other in zip(sequences, before, strict=True))


@pytest.fixture
def aligned(monkeypatch):
    """The pairs that were aligned, counted."""
    calls = []
    align = _find.difference
    monkeypatch.setattr(_find, "difference", lambda *motions: calls.append(1) or align(*motions))
    return calls


def test_clips_of_noise_are_separated_without_an_alignment(aligned):
    rng = np.random.default_rng(0)
    noise = [rng.normal(size=(50, 20, 3)) for _ in range(30)]
    assert len(find_leaks(noise, np.arange(20), np.arange(20, 30))) == 0
    assert not aligned


def test_a_copy_among_clips_of_noise_is_found(aligned):
    rng = np.random.default_rng(0)
    noise = [rng.normal(size=(50, 20, 3)) for _ in range(30)]
    noise[25] = 2 * noise[4] + 1
    assert pairs(find_leaks(noise, np.arange(20), np.arange(20, 30))) == [(25, 4, "near")]
    assert len(aligned) == 1


def test_alignments_are_limited_to_the_most_similar_candidates(sequences, aligned):
    sequences[:12] = [(1 + at / 100) * sequences[COPY] for at in range(1, 13)]
    sequences[12] = sequences[COPY].copy()
    leaks = find_leaks(sequences, TRAIN, [COPY], max_candidates=3)
    assert len(aligned) == 3
    assert [kind for _, _, kind in pairs(leaks)] == ["exact"] + 3 * ["near"]
    assert leaks.n_limited == 1
    assert repr(leaks).endswith("(1 exact, 0 near); 1 have more candidates than were compared")


def test_candidates_of_the_first_screen_are_limited_too(sequences, monkeypatch):
    monkeypatch.setattr(_find, "_ROUGHLY", 1)
    sequences[:12] = [(1 + at / 100) * sequences[COPY] for at in range(1, 13)]
    for chunk_size in (5, 100):
        leaks = find_leaks(sequences, TRAIN, TEST, max_candidates=3, chunk_size=chunk_size)
        assert len(leaks) == 3
        assert leaks.n_limited == 1


def test_as_many_candidates_as_allowed_are_no_limit(sequences):
    sequences[:3] = [(1 + at / 100) * sequences[COPY] for at in range(1, 4)]
    leaks = find_leaks(sequences, TRAIN, TEST, max_candidates=3)
    assert len(leaks) == 3
    assert leaks.n_limited == 0


def test_progress_is_shown_where_it_is_asked_for(sequences, caplog):
    with caplog.at_level(logging.INFO, logger="skeletonlearn"):
        find_leaks(sequences, TRAIN, TEST)
        assert not caplog.records
        find_leaks(sequences, TRAIN, TEST, verbose=2)
    lines = [record.getMessage() for record in caplog.records]
    assert len(lines) == 60 + 20
    assert lines[59].startswith("describing: sequence 60 of 60: ")
    assert lines[-1].startswith("comparing: test sequence 20 of 20: near pairs 0; ")


def test_masked_values_are_missing_joints(sequences):
    sequences[COPIED] = gappy(sequences[COPIED])
    sequences[COPY] = np.ma.masked_invalid(sequences[COPIED])
    sequences[COPY].data[sequences[COPY].mask] = 999
    assert pairs(find_leaks(sequences, TRAIN, TEST)) == [(COPY, COPIED, "exact")]


def test_a_column_of_sequences_is_taken(sequences):
    sequences[COPY] = sequences[COPIED]
    column = pd.Series(sequences, index=np.arange(60)[::-1])
    assert pairs(find_leaks(column, TRAIN, TEST)) == [(COPY, COPIED, "exact")]


@pytest.mark.parametrize("sequences", [None, {"clip": np.zeros((3, 4, 3))}, "clips.npy"], ids=["None", "dict", "path"])
def test_what_holds_no_sequences_is_refused(sequences):
    with pytest.raises(TypeError, match=r"sequences is .*, but find_leaks expected an array"):
        find_leaks(sequences, [0], [1])


ONE = np.zeros((3, 4, 3))


@pytest.mark.parametrize(
    ("given", "train", "test", "message"),
    [
        ([], [0], [1], "sequences is empty"),
        ([ONE, ONE], [0, 1], [1], r"share 1 indices \(1\)"),
        ([ONE, ONE], [0], [2], r"out of range \(2\), expected 0 to 1"),
        ([ONE, ONE], [0], [-1], r"out of range \(-1\)"),
        ([ONE, ONE], [], [1], "train is empty"),
        ([ONE, ONE], [0], np.zeros(2, dtype=bool), "test is empty"),
        ([ONE, ONE], [True], [1], "mask of 1 values, expected one for each of 2"),
        ([ONE, ONE], [[0]], [1], "train has 2 dimensions"),
        ([ONE, ONE[:, :3]], [0], [1], "Sequence 1 has 3 joints and 3 channels, but sequence 0 has 4 and 3"),
        ([ONE, ONE[0]], [0], [1], "Sequence 1 has 2 dimensions"),
        ([ONE, ONE[:0]], [0], [1], r"Sequence 1 has shape \(0, 4, 3\)"),
        ([ONE, ONE + np.inf], [0], [1], "Sequence 1 holds infinity"),
        (np.zeros((2, 3, 4)), [0], [1], "sequences has 3 dimensions, expected 4"),
    ],
)
def test_wrong_input_is_refused(given, train, test, message):
    with pytest.raises(ValueError, match=message):
        find_leaks(given, train, test)


@pytest.mark.parametrize(
    "wrong", [{"tol": -0.1}, {"tol": 1}, {"tol": np.nan}, {"chunk_size": 0}, {"max_candidates": 0}]
)
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}=.* must be"):
        find_leaks([ONE, ONE], [0], [1], **wrong)


@pytest.mark.parametrize("wrong", [{"tol": "0.1"}, {"tol": True}, {"chunk_size": 1.5}, {"max_candidates": None}])
def test_parameters_of_another_type_are_refused(wrong):
    with pytest.raises(TypeError, match=f"{next(iter(wrong))}=.* must be"):
        find_leaks([ONE, ONE], [0], [1], **wrong)


def test_indices_that_are_not_whole_are_refused():
    with pytest.raises(TypeError, match="dtype float64, expected integers"):
        find_leaks([ONE, ONE], [0.0], [1])


def test_nw_ucla_leaks_the_95_marked_clips_and_no_other_camera(real_data):
    bunch = load_nw_ucla(real_data("nw_ucla"))
    leaks = find_leaks(bunch.sequences, bunch.train_index, bunch.test_index)
    assert repr(leaks) == "95 of 464 test sequences repeat training sequences (95 exact, 0 near)"
    assert bunch.name[leaks.train_index].tolist() == bunch.duplicate_of[leaks.test_index].tolist()


def test_two_cameras_of_nw_ucla_recording_one_performance_are_no_leaks(real_data):
    bunch = load_nw_ucla(real_data("nw_ucla"))
    assert len(find_leaks(bunch.sequences, bunch.camera == 1, bunch.camera != 1)) == 0


def test_msr_action3d_has_no_leak_between_subjects(real_data):
    bunch = load_msr_action3d(real_data("msr_action3d"))
    assert len(find_leaks(bunch.sequences, bunch.train_index, bunch.test_index)) == 0
