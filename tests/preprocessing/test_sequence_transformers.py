"""What all transformers of sequences promise alike."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone

from skeletonlearn.preprocessing import (
    BodyScaler,
    FramePadder,
    FrameResampler,
    FrameTrimmer,
    JointImputer,
    MissingJointMarker,
    RootCenterer,
    SequenceFlattener,
    SkeletonConverter,
    StreamBuilder,
    ViewAligner,
    make_skeleton_pipeline,
)

TRANSFORMERS = [
    JointImputer(),
    JointImputer(method="hold", fallback="zero", skeleton="KINECT_V1"),
    JointImputer(min_confidence=-0.5),
    MissingJointMarker(),
    MissingJointMarker(min_confidence=-0.5, skeleton="KINECT_V1"),
    FrameTrimmer(),
    RootCenterer(),
    RootCenterer("KINECT_V1", per="frame"),
    ViewAligner(),
    ViewAligner("KINECT_V1"),
    ViewAligner("KINECT_V1", mode="full", per="frame"),
    BodyScaler(),
    BodyScaler("KINECT_V1"),
    BodyScaler("KINECT_V1", reference="height", per="frame"),
    BodyScaler("KINECT_V1", reference="std"),
    FrameResampler(7),
    FrameResampler(16, method="nearest"),
    FramePadder(16),
    FramePadder(16, mode="repeat"),
    FramePadder(16, mode="edge"),
    StreamBuilder(),
    StreamBuilder(("joint", "bone", "motion", "bone_motion"), "KINECT_V1"),
    SkeletonConverter(),
    SkeletonConverter("KINECT_V1", "NTU_RGBD"),
    make_skeleton_pipeline("KINECT_V1", n_frames=12),
]
IDS = [" ".join(str(one).split()) for one in TRANSFORMERS[:-1]] + ["pipeline"]

every = pytest.mark.parametrize("transformer", TRANSFORMERS, ids=IDS)


@pytest.fixture
def X():
    """Two persons in nine frames, with missing joints."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(5, 9, 40, 3))
    X[0, 3, 4] = np.nan
    X[1, 2] = 0
    X[2, :, 20:] = 0
    return X


@pytest.fixture
def clips(X):
    return [X[0], X[1, :6], X[2, :1], X[3, :6]]


@every
def test_fit_transform_equals_transform_after_fit(transformer, X):
    np.testing.assert_array_equal(
        clone(transformer).fit_transform(X), clone(transformer).fit(X).transform(X), strict=True
    )


@every
def test_transform_of_a_slice_equals_slice_of_transform(transformer, X):
    transformer = clone(transformer).fit(X)
    np.testing.assert_allclose(transformer.transform(X[1:3]), transformer.transform(X)[1:3], rtol=0, atol=1e-12)


@every
def test_transform_of_ragged_clips_equals_transform_of_each(transformer, clips):
    together = clone(transformer).fit(clips).transform(clips)
    for clip, transformed in zip(clips, together, strict=True):
        alone = clone(transformer).fit_transform(clip[None])[0]
        np.testing.assert_allclose(transformed, alone, rtol=0, atol=1e-12)


@every
def test_list_of_equally_long_clips_gives_the_same_array_as_stacking_them(transformer, X):
    transformer = clone(transformer).fit(X)
    np.testing.assert_array_equal(transformer.transform(list(X)), transformer.transform(X), strict=True)


@every
def test_input_is_not_modified(transformer, X):
    before = X.copy()
    clone(transformer).fit_transform(X)
    np.testing.assert_array_equal(X, before)


@every
def test_output_shares_no_memory_with_the_input(transformer, X):
    assert not np.shares_memory(clone(transformer).fit_transform(X), X)


@every
def test_read_only_memory_map_is_accepted(transformer, X, tmp_path):
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    transformed = clone(transformer).fit_transform(mapped)
    assert type(transformed) is np.ndarray
    np.testing.assert_array_equal(transformed, clone(transformer).fit_transform(X))


@every
def test_any_memory_layout_gives_the_same(transformer, X):
    np.testing.assert_allclose(
        clone(transformer).fit_transform(np.asfortranarray(X)), clone(transformer).fit_transform(X), rtol=0, atol=1e-12
    )


@every
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dtype_is_kept_and_values_agree_in_single_precision(transformer, X, dtype):
    transformed = clone(transformer).fit_transform(X.astype(dtype))
    assert transformed.dtype == dtype
    np.testing.assert_allclose(transformed, clone(transformer).fit_transform(X), rtol=1e-4, atol=2e-4)


@every
def test_other_number_of_joints_than_in_fit_is_refused(transformer, X):
    with pytest.raises(ValueError, match=r"X has 20 joints, but .* was fitted with 40"):
        clone(transformer).fit(X).transform(X[:, :, :20])


@every
def test_clips_of_another_length_than_in_fit_are_accepted(transformer, X):
    assert len(clone(transformer).fit(X).transform(X[:, :4])) == len(X)


@every
def test_set_output_changes_nothing(transformer, X):
    transformer = clone(transformer)
    assert transformer.set_output(transform="pandas") is transformer
    assert isinstance(transformer.fit_transform(X), np.ndarray)


@every
def test_global_pandas_output_changes_nothing(transformer, X):
    with config_context(transform_output="pandas"):
        assert isinstance(clone(transformer).fit_transform(X), np.ndarray)


def test_blocks_of_samples_give_the_same_as_samples_one_by_one():
    X = np.random.default_rng(0).normal(size=(70, 100, 40, 3))  # several blocks of 4 MiB, the last one not full
    aligner = ViewAligner("KINECT_V1").fit(X[:1])
    one_by_one = np.concatenate([aligner.transform(X[at : at + 1]) for at in range(len(X))])
    np.testing.assert_allclose(aligner.transform(X), one_by_one, rtol=0, atol=1e-12)


def test_blocks_of_samples_keep_single_precision():
    X = np.zeros((140, 100, 40, 3), dtype=np.float32)
    assert ViewAligner("KINECT_V1").fit_transform(X).dtype == np.float32


def test_three_axes_are_one_joint_with_many_channels():
    assert StreamBuilder(("joint", "motion")).fit_transform(np.zeros((2, 5, 6))).shape == (2, 5, 1, 12)


def test_two_axes_are_one_joint_with_one_channel():
    assert RootCenterer().fit_transform(np.zeros((2, 5))).shape == (2, 5, 1, 1)


@pytest.mark.parametrize(
    "transformer", [RootCenterer, ViewAligner, BodyScaler, lambda layout: StreamBuilder(("bone",), layout)]
)
def test_joints_that_do_not_fit_the_layout_are_refused(transformer):
    with pytest.raises(ValueError, match="X has 21 joints, but KINECT_V1 has 20"):
        transformer("KINECT_V1").fit(np.zeros((2, 5, 21, 3)))


@pytest.mark.parametrize(
    ("transformer", "message"),
    [
        (JointImputer(zeros_are_missing="no"), "zeros_are_missing='no' must be True or False"),
        (JointImputer(min_confidence="low"), "min_confidence='low' must be a number or None"),
        (JointImputer(min_confidence=np.nan), "min_confidence=nan must be a number or None"),
        (MissingJointMarker(zeros_are_missing=0), "zeros_are_missing=0 must be True or False"),
        (MissingJointMarker(min_confidence=True), "min_confidence=True must be a number or None"),
        (JointImputer(method="cubic"), "method='cubic' must be one of 'linear', 'hold'"),
        (JointImputer(fallback="median"), "fallback='median' must be one of 'mean', 'zero'"),
        (RootCenterer(per="clip"), "per='clip' must be one of 'sequence', 'frame'"),
        (RootCenterer("SBU", root="tail"), "SBU has no joint or role 'tail'"),
        (RootCenterer("NTU"), "skeleton='NTU' must be one of NTU_RGBD"),
        (ViewAligner(mode="pitch"), "mode='pitch' must be one of 'yaw', 'full'"),
        (ViewAligner(per="clip"), "per='clip' must be one of"),
        (ViewAligner(vertical_axis=3), "vertical_axis=3 must be 0, 1 or 2"),
        (ViewAligner(vertical_axis=True), "vertical_axis=True must be 0, 1 or 2"),
        (BodyScaler(reference="arm"), "reference='arm' must be one of 'torso', 'height', 'palm', 'std'"),
        (BodyScaler(per="clip"), "per='clip' must be one of"),
        (FrameResampler(0), "n_frames=0 must be a positive integer"),
        (FrameResampler(2.5), "n_frames=2.5 must be a positive integer"),
        (FrameResampler(True), "n_frames=True must be a positive integer"),
        (FrameResampler(method="cubic"), "method='cubic' must be one of 'linear', 'nearest'"),
        (FramePadder(-1), "n_frames=-1 must be a positive integer"),
        (FramePadder(mode="mirror"), "mode='mirror' must be one of 'constant', 'repeat', 'edge'"),
        (FramePadder(value=np.inf), "value=inf must be a finite number or NaN"),
        (FramePadder(value=None), "value=None must be a finite number or NaN"),
        (FramePadder(truncate=1), "truncate=1 must be True or False"),
        (StreamBuilder("joint"), "streams='joint' must be a sequence"),
        (StreamBuilder(()), r"streams=\(\) must be a sequence of one or more of joint, bone"),
        (StreamBuilder(("joint", "angle")), "must be a sequence of one or more of joint, bone"),
        (StreamBuilder(("joint", "bone_motion")), "needs a skeleton for 'bone_motion', got skeleton=None"),
        (SkeletonConverter("SBU"), "source='SBU' and target=None: expected two layouts"),
        (SkeletonConverter("SBU", "SBX"), "skeleton='SBX' must be one of"),
    ],
    ids=lambda value: "" if isinstance(value, str) else " ".join(str(value).split()),
)
def test_wrong_parameter_is_refused_with_what_was_got_and_wanted(transformer, message):
    with pytest.raises(ValueError, match=message):
        transformer.fit(np.zeros((2, 5, 15, 3)))


def test_flattener_refuses_clips_of_different_lengths(clips):
    with pytest.raises(ValueError, match="put a FrameResampler or FramePadder before it"):
        SequenceFlattener().fit(clips)


@every
def test_a_refused_fit_leaves_the_transformer_as_it_was(transformer, X):
    fitted = clone(transformer).fit(X)
    expected = fitted.transform(X)
    for wrong in (np.full((2, 3, 7, 3), np.inf), X[None], None):
        with pytest.raises((ValueError, TypeError)):
            fitted.fit(wrong)
    np.testing.assert_array_equal(fitted.transform(X), expected)


@pytest.mark.parametrize(
    ("transformer", "wrong"),
    [
        (RootCenterer("KINECT_V1"), np.zeros((2, 3, 19, 3))),
        (JointImputer(min_confidence=0.5), np.zeros((2, 3, 20, 1))),
        (ViewAligner("KINECT_V1"), np.zeros((2, 3, 20, 4))),
        (SkeletonConverter("KINECT_V1", "COCO"), np.zeros((2, 3, 19, 3))),
        (SequenceFlattener(), np.full((2, 3, 19, 3), np.inf)),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_fit_on_data_that_do_not_fit_the_parameters_changes_no_attribute(transformer, wrong):
    transformer = clone(transformer).fit(np.ones((2, 5, 20, 3)))
    before = dict(vars(transformer))
    with pytest.raises(ValueError, match=r"X has|Input X"):
        transformer.fit(wrong)
    assert vars(transformer) == before


def test_masked_values_are_imputed(X):
    X = np.nan_to_num(X)
    gone = np.zeros(X.shape, dtype=bool)
    gone[0, 3, 4] = True
    expected = JointImputer().fit_transform(np.where(gone, np.nan, X))
    np.testing.assert_array_equal(JointImputer().fit_transform(np.ma.MaskedArray(X, gone)), expected)
    np.testing.assert_array_equal(JointImputer().fit_transform(list(np.ma.MaskedArray(X, gone))), expected)
