"""What every public estimator promises, found by discovery: no estimator is named here but by its variants."""

import pickle
from unittest import SkipTest

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from skeletonlearn import ConMLPEmbedder, Graph2VecEmbedder, GRUClassifier, LSTMClassifier, SkeletonClassifier
from skeletonlearn.nn import ENCODERS, takes_lengths
from skeletonlearn.preprocessing._base import SequenceTransformer
from skeletonlearn.utils import all_estimators

N_SAMPLES, N_FRAMES, N_JOINTS, N_CHANNELS = 12, 8, 20, 3


def _default(estimator_class):
    """An estimator as its user gets it, but quick."""
    estimator = estimator_class()
    if "max_epochs" not in estimator.get_params():
        return estimator
    # scikit-learn's checks want classifiers to have learned something
    return estimator.set_params(**({"max_epochs": 2} if hasattr(estimator, "transform") else _LEARNS))


_LEARNS = {"max_epochs": 25, "hidden_dim": 32}


DEFAULTS = [_default(estimator_class) for _, estimator_class in all_estimators()]
VARIANTS = [
    *(ConMLPEmbedder(encoder, max_epochs=2) for encoder in ENCODERS if encoder != ConMLPEmbedder().encoder),
    ConMLPEmbedder(max_epochs=2, fusion="early", early_stopping=True),
    SkeletonClassifier("transformer", **_LEARNS),
    SkeletonClassifier("cooccurrence", fusion="early", **_LEARNS),
    SkeletonClassifier(loss="focal", n_clips=3, early_stopping=True, **_LEARNS),
    GRUClassifier(loss="temporal_cross_entropy", fusion="late", **_LEARNS),
    GRUClassifier(pooling="attention", bidirectional=False, **_LEARNS),
    Graph2VecEmbedder(output="mean"),
    Graph2VecEmbedder(output="sequence"),
]


@parametrize_with_checks(DEFAULTS + VARIANTS)
def test_scikit_learn_check_passes(estimator, check):
    try:
        check(estimator)
    except SkipTest as skipped:
        # the one check that runs only where an environment variable asks for it
        if "SCIPY_ARRAY_API is not set" in str(skipped):
            raise
        pytest.fail(f"skipped: {skipped}")


@pytest.mark.parametrize("estimator", DEFAULTS + VARIANTS, ids=str)
def test_no_tag_makes_scikit_learn_leave_out_checks(estimator):
    tags = get_tags(estimator)
    assert tags.input_tags.two_d_array
    assert not tags.no_validation
    assert not tags._skip_test
    assert not tags.non_deterministic


def _quick(estimator):
    """An unfitted copy, small and with a seed."""
    estimator = clone(estimator)
    given = estimator.get_params()
    return estimator.set_params(**{name: value for name, value in _QUICK.items() if name in given})


_QUICK = {"random_state": 0, "hidden_dim": 16, "max_epochs": 1}
Y = np.arange(N_SAMPLES) % 3

every = pytest.mark.parametrize(
    "estimator", [_quick(one) for one in DEFAULTS + VARIANTS], ids=[str(one) for one in DEFAULTS + VARIANTS]
)


def output(estimator, X):
    """What an estimator makes of X: what it transforms it to, or the probabilities of classes."""
    return estimator.transform(X) if hasattr(estimator, "transform") else estimator.predict_proba(X)


def takes_any_length(estimator):
    """Whether sequences may differ in length, from each other and from those of `fit`."""
    if isinstance(estimator, SkeletonClassifier):
        return takes_lengths(estimator.encoder)
    return isinstance(estimator, SequenceTransformer | Graph2VecEmbedder | GRUClassifier | LSTMClassifier)


def fitted_output(estimator, X):
    return output(clone(estimator).fit(X, Y), X)


def as_object_array(X):
    array = np.empty(len(X), dtype=object)
    for at, sequence in enumerate(X):
        array[at] = sequence
    return array


@pytest.fixture
def X():
    """Sequences in float64 whose numbers float32 has too, so that representations can be compared."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(N_SAMPLES, N_FRAMES, N_JOINTS, N_CHANNELS)).astype(np.float32).astype(np.float64)


@pytest.fixture
def ragged(X):
    return [sequence[: 3 + at % 4] for at, sequence in enumerate(X)]


@pytest.fixture
def mapped(X, tmp_path):
    np.save(tmp_path / "X.npy", X)
    return np.load(tmp_path / "X.npy", mmap_mode="r")


@every
def test_fit_stores_the_shape_of_the_sequences(estimator, X):
    estimator = clone(estimator).fit(X, Y)
    assert estimator.sequence_shape_in_ == (N_FRAMES, N_JOINTS, N_CHANNELS)
    assert estimator.n_features_in_ == N_FRAMES * N_JOINTS * N_CHANNELS


@pytest.mark.parametrize("estimator", [_quick(one) for one in DEFAULTS], ids=[str(one) for one in DEFAULTS])
def test_tables_as_scikit_learns_output_make_no_difference(estimator, X):
    wanted = fitted_output(estimator, X)
    with config_context(transform_output="pandas"):
        found = fitted_output(estimator, X)
    np.testing.assert_array_equal(np.asarray(found), wanted)


@every
def test_one_row_comes_out_for_each_sequence(estimator, X):
    assert len(fitted_output(estimator, X)) == N_SAMPLES


@every
@pytest.mark.parametrize("represent", [np.asfortranarray, list, tuple, np.ndarray.tolist, as_object_array])
def test_same_numbers_in_another_container_give_the_same(estimator, X, represent):
    np.testing.assert_allclose(
        fitted_output(estimator, represent(X)), fitted_output(estimator, X), rtol=1e-6, atol=1e-6
    )


@every
def test_same_numbers_in_single_precision_give_the_same(estimator, X):
    np.testing.assert_allclose(
        fitted_output(estimator, X.astype(np.float32)), fitted_output(estimator, X), rtol=1e-3, atol=1e-3
    )


@every
def test_read_only_memory_map_gives_the_same_as_the_array(estimator, X, mapped):
    result = fitted_output(estimator, mapped)
    assert type(result) is np.ndarray
    np.testing.assert_array_equal(result, fitted_output(estimator, X))


@every
def test_file_of_a_memory_map_is_unchanged(estimator, mapped, tmp_path):
    before = (tmp_path / "X.npy").read_bytes()
    fitted_output(estimator, mapped)
    assert (tmp_path / "X.npy").read_bytes() == before


@every
def test_table_gives_the_same_as_its_numbers(estimator, X):
    table = pd.DataFrame(X[:, :, 0, 0], columns=[f"frame{at}" for at in range(N_FRAMES)])
    np.testing.assert_array_equal(fitted_output(estimator, table), fitted_output(estimator, table.to_numpy()))


@every
def test_column_names_of_a_table_are_stored(estimator, X):
    table = pd.DataFrame(X[:, :, 0, 0], columns=[f"frame{at}" for at in range(N_FRAMES)])
    assert clone(estimator).fit(table, Y).feature_names_in_.tolist() == table.columns.tolist()


@every
def test_three_axes_are_one_joint_with_many_channels(estimator, X):
    series = X[:, :, 0]
    np.testing.assert_array_equal(fitted_output(estimator, series), fitted_output(estimator, series[:, :, None]))


@every
def test_ragged_sequences_are_taken_or_refused_with_the_remedy(estimator, ragged):
    if takes_any_length(estimator):
        assert len(fitted_output(estimator, ragged)) == N_SAMPLES
    else:
        with pytest.raises(ValueError, match=r"3 to 6 frames, but .* expected equally long ones: put a FrameResampler"):
            clone(estimator).fit(ragged, Y)


@every
def test_fit_transform_equals_fit_then_transform(estimator, X):
    if not hasattr(estimator, "transform"):
        assert not hasattr(estimator, "fit_transform")
        return
    np.testing.assert_array_equal(clone(estimator).fit_transform(X, Y), fitted_output(estimator, X))


@every
def test_same_call_twice_gives_the_same_bits(estimator, X):
    estimator = clone(estimator).fit(X, Y)
    np.testing.assert_array_equal(output(estimator, X), output(estimator, X), strict=True)


@every
def test_fit_twice_gives_the_same_bits(estimator, X):
    np.testing.assert_array_equal(fitted_output(estimator, X), fitted_output(estimator, X), strict=True)


@every
def test_input_is_unchanged(estimator, X):
    before = X.copy()
    fitted_output(estimator, X)
    np.testing.assert_array_equal(X, before)


@every
def test_output_of_a_slice_equals_slice_of_output(estimator, X):
    estimator = clone(estimator).fit(X, Y)
    np.testing.assert_allclose(output(estimator, X[3:7]), output(estimator, X)[3:7], rtol=1e-5, atol=1e-7)


@every
def test_output_of_reversed_samples_is_reversed(estimator, X):
    estimator = clone(estimator).fit(X, Y)
    np.testing.assert_allclose(output(estimator, X[::-1]), output(estimator, X)[::-1], rtol=1e-5, atol=1e-7)


@every
def test_clone_of_a_fitted_estimator_is_unfitted_with_equal_parameters(estimator, X):
    twin = clone(clone(estimator).fit(X, Y))
    assert repr(twin.get_params()) == repr(estimator.get_params())
    assert not [name for name in vars(twin) if name.endswith("_") and not name.startswith("_")]


@every
def test_pickle_round_trip_gives_the_same_bits(estimator, X):
    estimator = clone(estimator).fit(X, Y)
    again = pickle.loads(pickle.dumps(estimator))
    np.testing.assert_array_equal(output(again, X), output(estimator, X), strict=True)


@every
def test_other_number_of_joints_than_in_fit_is_refused(estimator, X):
    estimator = clone(estimator).fit(X, Y)
    with pytest.raises(ValueError, match=r"X has 15 joints, but \w+ was fitted with 20 joints"):
        output(estimator, X[:, :, :15])


@every
def test_other_number_of_channels_than_in_fit_is_refused(estimator, X):
    estimator = clone(estimator).fit(X, Y)
    with pytest.raises(ValueError, match=r"X has 2 channels, but \w+ was fitted with 3 channels"):
        output(estimator, X[..., :2])


@every
def test_other_number_of_frames_than_in_fit_is_taken_or_refused(estimator, X):
    estimator = clone(estimator).fit(X, Y)
    if takes_any_length(estimator):
        assert len(output(estimator, X[:, :5])) == N_SAMPLES
    else:
        with pytest.raises(ValueError, match=r"X has 5 frames, but \w+ was fitted with 8 frames"):
            output(estimator, X[:, :5])


@every
def test_missing_joint_is_taken_or_refused_with_the_remedy(estimator, X):
    X[0, 2, 5] = np.nan
    if get_tags(estimator).input_tags.allow_nan:
        assert len(fitted_output(estimator, X)) == N_SAMPLES
    else:
        with pytest.raises(ValueError, match=r"X contains NaN\. .* put a JointImputer"):
            clone(estimator).fit(X, Y)
