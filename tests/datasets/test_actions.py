"""Synthetic actions."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skeletonlearn.datasets import make_actions
from skeletonlearn.model_selection import CrossView
from skeletonlearn.preprocessing import (
    BodyScaler,
    FrameResampler,
    JointImputer,
    RootCenterer,
    SequenceFlattener,
    ViewAligner,
)
from skeletonlearn.skeletons import KINECT_V1, NTU_RGBD, Skeleton, get_skeleton
from tests.layouts import BODIES


def bone_lengths(sequence, skeleton):
    child, parent = np.array(skeleton.edges).T
    return np.linalg.norm(sequence[:, child] - sequence[:, parent], axis=2)


@pytest.fixture(scope="module")
def clean():
    """Every solo action, without noise and missing joints."""
    return make_actions(68, n_classes=17, n_subjects=4, noise=0.0, missing=0.0, random_state=0)


def test_one_seed_gives_the_same_bytes_and_another_gives_others():
    one, same, other = (make_actions(13, random_state=seed) for seed in (3, 3, 4))
    assert [a.tobytes() for a in one.sequences] == [b.tobytes() for b in same.sequences]
    assert one.sequences[0].tobytes() != other.sequences[0].tobytes()


def test_more_samples_leave_the_first_ones_as_they_are():
    few, many = make_actions(5, random_state=0), make_actions(30, random_state=0)
    assert [a.tobytes() for a in few.sequences] == [b.tobytes() for b in many.sequences[:5]]


@pytest.mark.parametrize("random_state", [0, None])
def test_the_global_generator_is_untouched(random_state):
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    make_actions(3, random_state=random_state)
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


@pytest.mark.parametrize("kind", [np.random.RandomState, np.random.default_rng])
def test_generators_seed_too(kind):
    one, same = (make_actions(2, random_state=kind(5)) for _ in range(2))
    assert one.sequences[1].tobytes() == same.sequences[1].tobytes()


def test_classes_subjects_and_views_are_balanced():
    bunch = make_actions(360, random_state=0)
    assert np.bincount(bunch.target).tolist() == [30] * 12
    triples = {*zip(bunch.target.tolist(), bunch.subject.tolist(), bunch.camera.tolist(), strict=True)}
    assert len(triples) == 360
    assert set(bunch.subject) == set(range(1, 11))
    assert set(bunch.camera) == {1, 2, 3}


@pytest.mark.parametrize(("n_subjects", "n_views"), [(10, 3), (9, 3), (4, 6), (1, 1), (5, 1)])
def test_every_subject_meets_every_view_before_any_repetition(n_subjects, n_views):
    bunch = make_actions(4 * n_subjects * n_views, n_classes=2, n_subjects=n_subjects, n_views=n_views, random_state=0)
    names, counts = np.unique(bunch.name, return_counts=True)
    assert len(names) == len(bunch.sequences)
    assert set(counts) == {1}
    assert np.bincount(bunch.repetition).tolist() == [2 * n_subjects * n_views] * 2


def test_lengths_are_ragged_within_the_bounds():
    lengths = {len(one) for one in make_actions(60, n_frames=(20, 40), random_state=0).sequences}
    assert min(lengths) >= 20
    assert max(lengths) <= 40
    assert len(lengths) > 10
    assert {len(one) for one in make_actions(5, n_frames=7, random_state=0).sequences} == {7}


def test_one_frame_is_enough():
    assert make_actions(3, n_frames=1, random_state=0).sequences[0].shape == (1, 20, 3)


@pytest.mark.parametrize("name", BODIES)
def test_bones_keep_their_length_on_every_layout(name):
    bunch = make_actions(16, n_classes=16, skeleton=name, noise=0.0, missing=0.0, random_state=0)
    for sequence in bunch.sequences:
        lengths = bone_lengths(sequence, bunch.skeleton)
        assert np.isfinite(sequence).all()
        assert lengths.min() > 0.005
        np.testing.assert_allclose(lengths, lengths[:1].repeat(len(lengths), 0), atol=1e-5)


def neck_from_shoulder(skeleton, neck="neck"):
    """Vectors from the right shoulder to a joint, in camera axes, of all frames of some samples."""
    bunch = make_actions(8, n_classes=8, skeleton=skeleton, noise=0.0, missing=0.0, random_state=0)
    frames = np.concatenate(bunch.sequences)
    return frames[:, bunch.skeleton.index(neck)] - frames[:, bunch.skeleton.index("right_shoulder")]


@pytest.mark.parametrize("name", [name for name in BODIES if get_skeleton(name).roles["neck"] == ("neck",)])
def test_a_neck_that_is_the_shoulder_centre_lies_there(name):
    np.testing.assert_allclose(neck_from_shoulder(name), neck_from_shoulder(NTU_RGBD, "spine_shoulder"), atol=1e-5)


def test_a_neck_above_the_shoulder_centre_lies_above_it():
    both = Skeleton("both", NTU_RGBD.joints, NTU_RGBD.bones)  # no role tells which of the two the neck is
    for skeleton in (NTU_RGBD, both):
        above = neck_from_shoulder(skeleton) - neck_from_shoulder(skeleton, "spine_shoulder")
        lengths = np.linalg.norm(above, axis=1)
        assert lengths.min() > 0.04
        assert lengths.max() < 0.08


def test_a_subject_has_one_body_and_subjects_differ(clean):
    bodies = np.array([bone_lengths(one, KINECT_V1)[0] for one in clean.sequences])
    for subject in set(clean.subject):
        own = bodies[clean.subject == subject]
        np.testing.assert_allclose(own, own[:1].repeat(len(own), 0), atol=1e-5)
    assert np.ptp(bodies, axis=0).min() > 0.003


@pytest.mark.parametrize("name", BODIES)
def test_people_stand_upright_on_average(name):
    skeleton = get_skeleton(name)
    bunch = make_actions(12, skeleton=skeleton, random_state=0)
    height = np.mean([np.nanmean(one[..., 1], axis=0) for one in bunch.sequences], axis=0)
    levels = [height[skeleton.role_index(role)].mean() for role in ("neck", "hip")]
    levels.append(height[skeleton.index("left_knee")])
    assert levels == sorted(levels, reverse=True)


def test_right_is_on_the_right_of_a_body_that_faces_the_camera(clean):
    first = np.stack([one[0] for one in clean.sequences])
    aside = first[:, KINECT_V1.index("right_shoulder"), 0] - first[:, KINECT_V1.index("left_shoulder"), 0]
    toes = first[:, KINECT_V1.index("left_foot"), 2] - first[:, KINECT_V1.index("left_ankle"), 2]
    assert np.mean(aside > 0) > 0.8
    assert np.mean(toes < 0) > 0.8


def test_noise_has_the_given_size():
    quiet, loud = (make_actions(12, noise=noise, missing=0.0, random_state=0) for noise in (0.0, 0.05))
    spread = np.concatenate([(a - b).ravel() for a, b in zip(quiet.sequences, loud.sequences, strict=True)]).std()
    assert spread == pytest.approx(0.05, rel=0.05)


@pytest.mark.parametrize("missing", [0.0, 0.1, 0.5])
def test_the_given_fraction_of_joints_is_missing_whole(missing):
    frames = np.concatenate(make_actions(60, missing=missing, random_state=0).sequences)
    lost = np.isnan(frames)
    assert lost.mean() == pytest.approx(missing, abs=0.02)
    np.testing.assert_array_equal(lost.any(axis=2), lost.all(axis=2))


def test_the_second_person_is_there_in_mutual_actions_only():
    bunch = make_actions(48, two_person=True, skeleton=NTU_RGBD, random_state=0)
    assert bunch.target_names[-4:] == ["handshake", "push", "high five", "hand over"]
    for sequence, target in zip(bunch.sequences, bunch.target, strict=True):
        assert sequence.shape[1] == 50
        assert np.isnan(sequence[:, 25:]).all() == (target < 8)


def test_two_persons_face_each_other_at_arms_length():
    bunch = make_actions(12, n_classes=8, two_person=True, noise=0.0, missing=0.0, random_state=0)
    for at in np.flatnonzero(bunch.target >= 4):
        start = bunch.sequences[at][0]
        hips, ankles, toes = start[[0, 20]], start[[14, 34]], start[[15, 35]]
        gap = hips[1] - hips[0]
        assert 0.5 < np.linalg.norm(gap) < 1.6
        assert (toes[0] - ankles[0]) @ gap > 0
        assert (toes[1] - ankles[1]) @ gap < 0


def test_sitting_lowers_the_pelvis_and_standing_up_raises_it(clean):
    for action, sign in (("sit down", -1), ("stand up", 1)):
        for at in np.flatnonzero(clean.target == clean.target_names.index(action)):
            hip = clean.sequences[at][:, KINECT_V1.index("hip"), 1]
            assert sign * (hip[-1] - hip[0]) > 0.15


def cross_view_score(align):
    """Accuracy of logistic regression, trained on views 1 and 2, on view 3."""
    bunch = make_actions(360, random_state=0)
    train, test = next(CrossView(test_views=[3]).split(bunch.sequences, groups=bunch.camera))
    steps = [RootCenterer("KINECT_V1"), ViewAligner("KINECT_V1"), BodyScaler("KINECT_V1")] if align else []
    X = make_pipeline(JointImputer(), *steps, FrameResampler(32), SequenceFlattener()).fit_transform(bunch.sequences)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, tol=1e-2))
    X = X.astype(np.float64)  # lbfgs takes ten times longer in float32
    return model.fit(X[train], bunch.target[train]).score(X[test], bunch.target[test])


def test_a_linear_model_of_raw_coordinates_fails_across_views_and_alignment_helps():
    raw, aligned = cross_view_score(align=False), cross_view_score(align=True)
    assert 0.3 < raw < 0.75
    assert aligned > raw + 0.1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"n_samples": 0}, "n_samples=0 must be at least 1"),
        ({"n_classes": 1}, "from 2 to 17"),
        ({"n_classes": 18}, "from 2 to 17"),
        ({"n_classes": 22, "two_person": True}, "from 2 to 21"),
        ({"n_subjects": 0}, "n_subjects=0 must be at least 1"),
        ({"n_subjects": 1, "two_person": True}, "n_subjects=1 must be at least 2"),
        ({"n_views": 0}, "n_views=0"),
        ({"n_frames": (9, 3)}, "least <= greatest"),
        ({"n_frames": 0}, "least <= greatest"),
        ({"noise": -1.0}, "noise=-1.0"),
        ({"missing": 1.0}, "missing=1.0"),
        ({"skeleton": "DOG"}, "must be one of"),
        ({"skeleton": Skeleton("dog", ("hip", "tail"), (("tail", "hip"),))}, "got joints tail, expected"),
    ],
)
def test_parameters_out_of_range_are_errors(wrong, message):
    with pytest.raises(ValueError, match=message):
        make_actions(**{"n_samples": 4} | wrong)


def test_the_most_classes_can_be_had():
    assert len(make_actions(21, n_classes=21, two_person=True, random_state=0).target_names) == 21


@pytest.mark.parametrize(
    "wrong", [{"n_samples": "many"}, {"n_subjects": 2.5}, {"n_frames": "long"}, {"n_frames": (30, "long")}]
)
def test_sizes_that_are_no_integers_are_refused_by_name(wrong):
    (name,) = wrong
    with pytest.raises(TypeError, match=rf"{name}=.* must be an integer"):
        make_actions(**wrong)


def test_what_comes_back_is_what_the_docstring_lists(documented_keys):
    assert set(make_actions(n_samples=3)) == documented_keys(make_actions)
