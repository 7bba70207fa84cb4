"""What every public estimator promises, found by discovery: no estimator is named here but by its variants."""

import pickle
from functools import cache
from unittest import SkipTest

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import estimator_checks_generator, parametrize_with_checks

from skeletonlearn import ConMLPEmbedder, Graph2VecEmbedder, GRUClassifier, LSTMClassifier, SkeletonClassifier
from skeletonlearn.nn import ENCODERS, takes_lengths
from skeletonlearn.preprocessing._sequence_transformer import SequenceTransformer
from skeletonlearn.utils import all_estimators

N_SAMPLES, N_FRAMES, N_JOINTS, N_CHANNELS = 12, 8, 20, 3


def _default(estimator_class):
    """An estimator as its user gets it, but quick."""
    estimator = estimator_class()
    return estimator.set_params(max_epochs=2) if "max_epochs" in estimator.get_params() else estimator


DEFAULTS = [_default(estimator_class) for _, estimator_class in all_estimators()]
VARIANTS = [
    *(ConMLPEmbedder(encoder, max_epochs=2) for encoder in ENCODERS if encoder != ConMLPEmbedder().encoder),
    ConMLPEmbedder(max_epochs=2, fusion="early", early_stopping=True),
    SkeletonClassifier("transformer", max_epochs=2),
    SkeletonClassifier("cooccurrence", fusion="early", max_epochs=2),
    SkeletonClassifier(loss="focal", n_clips=3, early_stopping=True, max_epochs=2),
    GRUClassifier(loss="temporal_cross_entropy", fusion="late", max_epochs=2),
    GRUClassifier(pooling="attention", bidirectional=False, max_epochs=2),
    Graph2VecEmbedder(output="mean"),
    Graph2VecEmbedder(output="sequence"),
]


# what a variant's networks could break; the rest depends on code that it shares with the default
_CHECKS_OF_VARIANTS = {
    "check_classifiers_one_label",
    "check_classifiers_train",
    "check_estimators_dtypes",
    "check_estimators_pickle",
    "check_fit2d_1feature",
    "check_fit2d_1sample",
    "check_fit_idempotent",
    "check_methods_sample_order_invariance",
    "check_methods_subset_invariance",
    "check_sample_weight_equivalence_on_dense_data",
    "check_transformer_general",
}
# the checks that want an estimator to have learned something, and what it learns it with
_LEARNS = {
    "check_classifiers_train": {"max_epochs": 5, "hidden_dim": 32, "learning_rate": 0.01},
    "check_regressors_train": {"max_epochs": 30, "hidden_dim": 32, "learning_rate": 0.01},
}


def _name(check):
    return getattr(check, "func", check).__name__


def _checks_of(estimators, names):
    """Some of scikit-learn's checks of each estimator, as parameters of a test."""
    return [
        pytest.param(estimator, check, id=f"{''.join(str(estimator).split())}-{_name(check)}")
        for estimator in estimators
        for _, check in estimator_checks_generator(estimator)
        if _name(check) in names and not check.keywords  # once, not for each kind of array too
    ]


def _run(estimator, check):
    if _name(check) in _LEARNS and "max_epochs" in estimator.get_params():
        estimator = clone(estimator).set_params(**_LEARNS[_name(check)])
    try:
        check(estimator)
    except SkipTest as skipped:
        # the one check that runs only where an environment variable asks for it
        if "SCIPY_ARRAY_API is not set" in str(skipped):
            raise
        pytest.fail(f"skipped: {skipped}")


@parametrize_with_checks(DEFAULTS)
def test_scikit_learn_check_passes(estimator, check):
    _run(estimator, check)


@pytest.mark.parametrize(("estimator", "check"), _checks_of(VARIANTS, _CHECKS_OF_VARIANTS))
def test_scikit_learn_check_of_networks_passes_with_other_parameters(estimator, check):
    _run(estimator, check)


def test_every_check_chosen_for_variants_is_one_of_scikit_learn():
    names = {_name(check) for estimator in VARIANTS for _, check in estimator_checks_generator(estimator)}
    assert names >= _CHECKS_OF_VARIANTS


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


def _each(estimators):
    return pytest.mark.parametrize("estimator", [_quick(one) for one in estimators], ids=map(str, estimators))


every = _each(DEFAULTS + VARIANTS)
every_default = _each(DEFAULTS)  # of how input is read, which parameters have no part in


def output(estimator, X):
    """What an estimator makes of X: what it transforms it to, the probabilities of classes, or predictions."""
    method = next(name for name in ("transform", "predict_proba", "predict") if hasattr(estimator, name))
    return getattr(estimator, method)(X)


def takes_any_length(estimator):
    """Whether sequences may differ in length, from each other and from those of `fit`."""
    if isinstance(estimator, SkeletonClassifier):
        return takes_lengths(estimator.encoder)
    return isinstance(estimator, SequenceTransformer | Graph2VecEmbedder | GRUClassifier | LSTMClassifier)


def fitted_output(estimator, X):
    return output(clone(estimator).fit(X, Y), X)


def make_X():
    """Sequences in float64 whose numbers float32 has too, so that representations can be compared."""
    rng = np.random.default_rng(0)
    return rng.normal(size=(N_SAMPLES, N_FRAMES, N_JOINTS, N_CHANNELS)).astype(np.float32).astype(np.float64)


@cache
def usual_output(estimator):
    """What an estimator makes of the fixture `X`, fitted on it; computed once for all tests that compare with it."""
    result = fitted_output(estimator, make_X())
    result.setflags(write=False)
    return result


def as_object_array(X):
    array = np.empty(len(X), dtype=object)
    for at, sequence in enumerate(X):
        array[at] = sequence
    return array


@pytest.fixture
def X():
    return make_X()


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


def outcome(estimator):
    """What an estimator makes of the fixture `X`, or the error that refuses its parameters."""
    try:
        return fitted_output(estimator, make_X())
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize(
    ("estimator", "parameter"),
    [
        pytest.param(_quick(one), name, id=f"{type(one).__name__}-{name}")
        for one in DEFAULTS
        for name, value in one.get_params().items()
        if isinstance(value, bool) or (type(one), name) == (ConMLPEmbedder, "supervised")
    ],
)
@pytest.mark.parametrize("value", [False, True])
def test_numpys_booleans_are_parameters_like_pythons(estimator, parameter, value):
    expected = outcome(clone(estimator).set_params(**{parameter: value}))
    found = outcome(clone(estimator).set_params(**{parameter: np.bool_(value)}))
    if isinstance(expected, str):
        assert found == expected
    else:
        np.testing.assert_array_equal(found, expected)


@every
def test_one_row_comes_out_for_each_sequence(estimator, X):
    assert len(fitted_output(estimator, X)) == N_SAMPLES


@every_default
@pytest.mark.parametrize("represent", [np.asfortranarray, list, tuple, np.ndarray.tolist, as_object_array])
def test_same_numbers_in_another_container_give_the_same(estimator, X, represent):
    np.testing.assert_allclose(fitted_output(estimator, represent(X)), usual_output(estimator), rtol=1e-6, atol=1e-6)


@every_default
def test_same_numbers_in_single_precision_give_the_same(estimator, X):
    np.testing.assert_allclose(
        fitted_output(estimator, X.astype(np.float32)), usual_output(estimator), rtol=1e-3, atol=1e-3
    )


@every_default
def test_read_only_memory_map_gives_the_same_as_the_array(estimator, mapped):
    result = fitted_output(estimator, mapped)
    assert type(result) is np.ndarray
    np.testing.assert_array_equal(result, usual_output(estimator))


@every_default
def test_file_of_a_memory_map_is_unchanged(estimator, mapped, tmp_path):
    before = (tmp_path / "X.npy").read_bytes()
    fitted_output(estimator, mapped)
    assert (tmp_path / "X.npy").read_bytes() == before


@every_default
def test_table_gives_the_same_as_its_numbers(estimator, X):
    table = pd.DataFrame(X[:, :, 0, 0], columns=[f"frame{at}" for at in range(N_FRAMES)])
    np.testing.assert_array_equal(fitted_output(estimator, table), fitted_output(estimator, table.to_numpy()))


@every_default
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
    np.testing.assert_array_equal(clone(estimator).fit_transform(X, Y), usual_output(estimator))


@every
def test_same_call_twice_gives_the_same_bits(estimator, X):
    estimator = clone(estimator).fit(X, Y)
    np.testing.assert_array_equal(output(estimator, X), output(estimator, X), strict=True)


@every
def test_fit_twice_gives_the_same_bits(estimator, X):
    np.testing.assert_array_equal(fitted_output(estimator, X), usual_output(estimator), strict=True)


@every_default
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
