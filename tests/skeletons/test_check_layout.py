"""check_layout: whether a named layout fits the data."""

import json
import warnings

import numpy as np
import pytest

from skeletonlearn.datasets import (
    load_coco_keypoints,
    load_msr_action3d,
    load_nw_ucla,
    make_actions,
    sequences_from_array,
    sequences_from_table,
)
from skeletonlearn.preprocessing import make_skeleton_pipeline
from skeletonlearn.skeletons import COCO, H36M, KINECT_V1, NTU_RGBD, Skeleton, check_layout, get_skeleton
from skeletonlearn.skeletons._check_layout import warn_of_wrong_layout
from tests.layouts import BODIES

SHOW_NO_FRONT = ("SBU", "FLORENCE3D", "MPII")  # no joint of theirs lies in front of another


def actions(skeleton, n_samples=12, **parameters):
    return make_actions(n_samples, n_classes=4, skeleton=skeleton, random_state=0, **parameters).sequences


def mirrored(sequences):
    """Mirror images: the first coordinate changes its sign."""
    return [sequence * np.where(np.arange(sequence.shape[2]) == 0, -1, 1) for sequence in sequences]


def shuffled(sequences, seed=1):
    order = np.random.default_rng(seed).permutation(sequences[0].shape[1])
    return [sequence[:, order] for sequence in sequences]


def with_score(sequence):
    """Rows of x, y and score, as pose estimators write them; zeros where a joint is missing."""
    points = np.concatenate([sequence, np.full((*sequence.shape[:2], 1), 0.9)], axis=-1)
    return np.where(np.isnan(points).any(axis=-1, keepdims=True), 0.0, points).reshape(len(sequence), -1).tolist()


def picture(sequences, size=1.0):
    """What a camera sees that stands where the sensor stood: x to the right, y down."""
    return [-size * sequence[..., :2] / sequence[..., 2:] for sequence in sequences]


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("name", BODIES)
def test_synthetic_bodies_fit_their_own_layout(name, flat):
    sequences = actions(name)
    report = check_layout(picture(sequences, 500.0) if flat else sequences, name)
    assert (report.fits, report.better) == (True, None)
    assert report.mirrored is not True
    assert report.steadiness > 0.9


@pytest.mark.parametrize("name", BODIES)
def test_shuffled_joints_fit_no_layout(name):
    report = check_layout(shuffled(actions(name)), name)
    assert report.fits is False
    assert report.steadiness < 0.4


@pytest.mark.parametrize(
    ("truth", "named"),
    [
        *(("COCO", "H36M"), ("H36M", "COCO"), ("NTU_RGBD", "OPENPOSE_BODY25"), ("OPENPOSE_BODY25", "NTU_RGBD")),
        *(("KINECT_V1", "MSR_ACTION3D"), ("MSR_ACTION3D", "UTD_MHAD"), ("UTD_MHAD", "KINECT_V1")),
    ],
)
@pytest.mark.parametrize("flat", [False, True])
def test_the_layout_that_was_meant_is_named(truth, named, flat):
    sequences = actions(truth)
    report = check_layout(picture(sequences) if flat else sequences, named)
    assert (report.fits, report.better) == (False, get_skeleton(truth))


@pytest.mark.parametrize("name", [name for name in BODIES if name not in SHOW_NO_FRONT])
def test_mirror_images_in_space_are_noticed(name):
    sequences = actions(name)
    assert check_layout(sequences, name).mirrored is False
    assert check_layout(mirrored(sequences), name).mirrored is True


@pytest.mark.parametrize("name", ["COCO", "OPENPOSE_BODY25", "HALPE26", "OPENPOSE_COCO18", "COCO_WHOLEBODY"])
@pytest.mark.parametrize("down", [1, -1])
def test_mirror_images_of_pictures_are_noticed_whether_y_runs_up_or_down(name, down):
    sequences = [sequence * [1, down] for sequence in picture(actions(name, n_views=1))]
    assert check_layout(sequences, name).mirrored is False
    assert check_layout(mirrored(sequences), name).mirrored is True


def test_names_of_the_two_sides_that_are_exchanged_are_noticed():
    sequences = [sequence[:, NTU_RGBD.mirror_index] for sequence in actions(NTU_RGBD)]
    report = check_layout(sequences, NTU_RGBD)
    assert (report.fits, report.mirrored) == (True, True)


@pytest.mark.parametrize("name", SHOW_NO_FRONT)
def test_sides_are_not_known_without_a_joint_in_front_of_another(name):
    assert check_layout(mirrored(actions(name)), name).mirrored is None


def test_people_seen_from_behind_are_not_taken_for_mirror_images():
    """Their toes are above their heels in the picture, and their faces are not seen."""
    behind = picture([one * [-1, 1, -1] + [0, 0, 8] for one in actions("OPENPOSE_BODY25", n_views=1)])
    assert check_layout(behind, "OPENPOSE_BODY25").mirrored is False


@pytest.mark.parametrize("seen", ["always", "never"])
def test_a_model_that_sees_a_face_always_or_never_does_not_show_where_people_face(seen):
    missing = 0.0 if seen == "always" else 0.1
    behind = picture([one * [-1, 1, -1] + [0, 0, 8] for one in actions(COCO, n_views=1, missing=missing)])
    if seen == "never":
        for sequence in behind:
            sequence[:, COCO.index("nose")] = np.nan
    assert check_layout(behind, COCO).mirrored is None


@pytest.mark.parametrize("n_persons", [1, 2])
def test_several_persons_missing_joints_and_padding_do_not_matter(n_persons):
    rng = np.random.default_rng(0)
    padded = []
    for sequence in actions(KINECT_V1):
        persons = np.concatenate([sequence, np.zeros_like(sequence)][:n_persons], axis=1)
        persons[rng.random(persons.shape[:2]) < 0.2] = np.nan
        padded.append(np.concatenate([persons, np.zeros((30, *persons.shape[1:]))]))
    report = check_layout(padded, KINECT_V1)
    assert (report.fits, report.mirrored) == (True, False)


@pytest.mark.parametrize("flat", [False, True])
def test_a_confidence_is_no_coordinate(flat):
    """In a frontal picture noses are found more surely than ears, which must not be taken for depth."""
    sequences = picture(actions("OPENPOSE_BODY25", n_views=1), 500.0) if flat else actions("OPENPOSE_BODY25")
    layout = get_skeleton("OPENPOSE_BODY25")
    confidence = np.where(np.array(layout.joints) == "nose", 0.9, 0.4)
    with_it = [np.dstack([one, np.broadcast_to(confidence, one.shape[:2])]) for one in sequences]
    assert check_layout(with_it, layout) == check_layout(sequences, layout)
    assert check_layout(with_it, layout).mirrored is False


def test_a_masked_array_is_read_as_its_missing_joints():
    X = np.stack([sequence[:10] for sequence in actions(KINECT_V1)])
    spoilt = X.copy()
    spoilt[:, :, :5] = 100 * np.random.default_rng(0).normal(size=spoilt[:, :, :5].shape)
    mask = np.zeros(X.shape, dtype=bool)
    mask[:, :, :5] = True
    assert check_layout(spoilt, KINECT_V1).fits is not True
    assert check_layout(np.ma.masked_array(spoilt, mask), KINECT_V1).fits is True


def test_another_number_of_joints_fits_the_layout_that_has_it():
    report = check_layout(actions(NTU_RGBD), COCO)
    assert (report.fits, report.better) == (False, NTU_RGBD)
    assert np.isnan(report.steadiness)


@pytest.mark.parametrize(
    "X",
    [
        np.zeros((3, 4, 25, 3)),
        np.full((3, 4, 25, 3), np.nan),
        np.random.default_rng(0).normal(size=(3, 20, 25, 3)),
        np.random.default_rng(0).normal(size=(3, 20, 25, 4)),
    ],
    ids=["zeros", "NaN", "noise", "four channels"],
)
def test_what_is_no_body_cannot_be_checked(X):
    report = check_layout(X, NTU_RGBD)
    assert (report.fits, report.mirrored, report.better, report.bones) == (None, None, None, {})


def test_a_layout_whose_bones_are_none_cannot_be_checked():
    joints = KINECT_V1.joints
    star = Skeleton("star", joints, tuple((joint, "hip") for joint in joints if joint != "hip"), KINECT_V1.roles)
    assert check_layout(actions(KINECT_V1), star).fits is None


def test_a_layout_of_ones_own_with_the_names_of_the_catalogue_is_not_told_to_be_it():
    chain = Skeleton("chain", KINECT_V1.joints, tuple(zip(KINECT_V1.joints[1:], KINECT_V1.joints, strict=False)))
    assert check_layout(actions(KINECT_V1), chain).better is None


def test_each_bone_says_how_steady_it_is():
    report = check_layout(actions(H36M), H36M)
    assert set(report.bones) == set(H36M.bones)
    assert max(report.bones.values()) < 0.7
    wrong = check_layout(actions(H36M), COCO).bones
    assert max(wrong.values()) > 1


def test_the_unit_does_not_matter_and_the_same_data_give_the_same_report():
    sequences = actions(COCO)
    first, again, large = (check_layout([unit * one for one in sequences], COCO) for unit in (1.0, 1.0, 1024.0))
    assert first == again
    assert large.steadiness == pytest.approx(first.steadiness, rel=1e-6)


def test_the_report_reads_well():
    assert repr(check_layout(actions(COCO), "H36M")).splitlines()[0] == "<LayoutReport: H36M does not fit"
    fits = repr(check_layout(actions(COCO), "COCO"))
    assert "COCO fits" in fits
    assert "left and right: on their sides" in fits
    assert "could not be checked" in repr(check_layout(np.zeros((1, 2, 17, 3)), "COCO"))


def test_only_some_sequences_and_frames_are_read():
    class Counting(list):
        read = 0

        def __getitem__(self, at):
            Counting.read += 1
            return super().__getitem__(at)

    many = Counting([actions(KINECT_V1, 1)[0]] * 5000)
    assert check_layout(many, KINECT_V1).fits
    assert Counting.read <= 40


@pytest.mark.parametrize("X", [[], [np.zeros((3, 20))], [np.zeros((3, 20, 3)), np.zeros((3, 25, 3))]])
def test_what_are_no_sequences_is_refused(X):
    with pytest.raises(ValueError, match=r"expected one or more of shape \(n_frames, n_joints, n_channels\)"):
        check_layout(X, KINECT_V1)


def test_a_path_is_refused():
    with pytest.raises(TypeError, match="check_layout"):
        check_layout("clips.npz", KINECT_V1)


@pytest.mark.parametrize(
    ("X", "name", "text"),
    [
        (actions(COCO), "H36M", "skeleton='H36M' does not fit the data: .* COCO fits better"),
        (actions(NTU_RGBD), "COCO", "another number of joints. NTU_RGBD fits better"),
        (shuffled(actions(COCO)), "COCO", "skeleton='COCO' does not fit the data"),
        (mirrored(actions(COCO)), "COCO", "Left and right are swapped in the data"),
    ],
)
def test_a_clear_fault_is_warned_of(X, name, text):
    with pytest.warns(UserWarning, match=text):
        warn_of_wrong_layout(X, name)


@pytest.mark.parametrize("X", [actions("SBU"), mirrored(actions("SBU")), np.zeros((3, 4, 15, 3))])
def test_what_fits_or_cannot_be_known_is_not_warned_of(X):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_wrong_layout(X, "SBU")


@pytest.mark.parametrize(("name", "load"), [("nw_ucla", load_nw_ucla), ("msr_action3d", load_msr_action3d)])
def test_real_recordings_fit_their_layout_one_by_one_and_no_other(name, load, real_data):
    bunch = load(real_data(name))
    for sequence in bunch.sequences[::10]:
        report = check_layout([sequence], bunch.skeleton)
        assert (report.fits, report.better) == (True, None)
        assert report.mirrored is not True
    assert check_layout(bunch.sequences, bunch.skeleton).mirrored is False
    assert check_layout(mirrored(bunch.sequences), bunch.skeleton).mirrored is True
    assert check_layout(bunch.sequences, "UTD_MHAD").better == bunch.skeleton
    assert check_layout(shuffled(bunch.sequences), bunch.skeleton).fits is False


def test_the_usual_preprocessing_warns_in_fit_beside_a_confidence_too():
    clips = [np.concatenate([one, np.full((*one.shape[:2], 1), 0.9)], axis=-1) for one in mirrored(actions(COCO))]
    with pytest.warns(UserWarning, match="Left and right are swapped in the data"):
        make_skeleton_pipeline(COCO, min_confidence=0.1).fit(clips)


def test_readers_warn_of_a_layout_that_does_not_fit(tmp_path):
    clips = mirrored(picture(actions(COCO)))
    for at, clip in enumerate(clips):
        rows = [{"image_id": f"{frame}.jpg", "keypoints": joints} for frame, joints in enumerate(with_score(clip))]
        (tmp_path / f"{at}.json").write_text(json.dumps(rows))
    with pytest.warns(UserWarning, match="Left and right are swapped in the data"):
        load_coco_keypoints(tmp_path)


def test_arrays_and_tables_warn_of_a_layout_that_does_not_fit():
    clips = np.stack([clip[:10] for clip in shuffled(actions(COCO, n_frames=12))])
    sample, frame, joint = np.indices(clips.shape[:3]).reshape(3, -1)
    places = dict(zip("xyz", clips.reshape(-1, 3).T, strict=True))
    table = {"sample": sample, "frame": frame, "joint": joint, **places}
    with pytest.warns(UserWarning, match="skeleton='COCO' does not fit the data"):
        sequences_from_array(clips, "NTVC", skeleton="COCO")
    with pytest.warns(UserWarning, match="skeleton='COCO' does not fit the data"):
        sequences_from_table(table, skeleton="COCO")
