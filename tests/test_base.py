"""The one door through which every estimator takes sequences."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError

from skeletonlearn.base import check_sequences, is_ragged


class Plain(BaseEstimator):
    """An estimator that only checks."""

    def fit(self, X, y=None):
        check_sequences(self, X, reset=True)
        return self


class Classifier(ClassifierMixin, Plain):
    """An estimator that needs y."""


@pytest.fixture
def X():
    return np.random.default_rng(0).normal(size=(6, 5, 4, 3))


@pytest.fixture
def ragged(X):
    return [X[0], X[1, :3], X[2, :1]]


@pytest.fixture
def plain(X):
    """An estimator that has seen X."""
    return Plain().fit(X)


@pytest.mark.parametrize("container", [list, tuple])
def test_container_of_sequences_is_ragged(X, container):
    assert is_ragged(container(X))


def test_nested_lists_of_sequences_are_ragged(X):
    assert is_ragged(X.tolist())


def test_object_array_of_sequences_is_ragged(ragged):
    array = np.empty(3, dtype=object)
    array[:] = ragged
    assert is_ragged(array)


@pytest.mark.parametrize(
    "X",
    [np.zeros((2, 5, 4, 3)), np.zeros((2, 5)), [[1.0, 2.0]], [np.zeros(3)], [], (), [1.0], np.array([1, "a"], object)],
    ids=["4-D", "2-D", "table", "rows", "empty list", "empty tuple", "numbers", "objects"],
)
def test_arrays_tables_and_nothing_are_not_ragged(X):
    assert not is_ragged(X)


@pytest.mark.parametrize(
    ("shape", "wanted"), [((6, 5, 4, 3), (5, 4, 3)), ((6, 5, 12), (5, 1, 12)), ((6, 5), (5, 1, 1))]
)
def test_batch_gets_its_full_four_axes(shape, wanted):
    estimator = Plain()
    X = check_sequences(estimator, np.zeros(shape), reset=True)
    assert X.shape == (6, *wanted)
    assert estimator.sequence_shape_in_ == wanted
    assert estimator.n_features_in_ == np.prod(wanted)


def test_list_of_equally_long_sequences_becomes_an_array(X):
    np.testing.assert_array_equal(check_sequences(Plain(), list(X), reset=True), X)


def test_list_of_sequences_of_two_axes_has_one_joint(X):
    assert check_sequences(Plain(), [one[:, 0] for one in X], reset=True).shape == (6, 5, 1, 3)


def test_ragged_sequences_stay_a_list_and_leave_the_length_open(ragged):
    estimator = Plain()
    checked = check_sequences(estimator, ragged, reset=True, ragged=True)
    assert [one.shape for one in checked] == [(5, 4, 3), (3, 4, 3), (1, 4, 3)]
    assert estimator.sequence_shape_in_ == (None, 4, 3)
    assert estimator.n_features_in_ == 12


def test_column_names_of_a_table_are_stored():
    estimator = Plain()
    check_sequences(estimator, pd.DataFrame(np.zeros((3, 2)), columns=["a", "b"]), reset=True)
    assert estimator.feature_names_in_.tolist() == ["a", "b"]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_wanted_dtype_is_kept_without_a_copy(X, dtype):
    X = X.astype(dtype)
    assert np.shares_memory(check_sequences(Plain(), X, reset=True), X)


@pytest.mark.parametrize("dtype", [np.float16, np.int64, bool, object])
def test_other_dtype_becomes_the_first_wanted(X, dtype):
    assert check_sequences(Plain(), X.astype(dtype), reset=True).dtype == np.float64


def test_one_wanted_dtype_is_given(X):
    assert check_sequences(Plain(), X, reset=True, dtype=np.float32).dtype == np.float32


@pytest.mark.parametrize("shape", [(6, 5, 4, 3), (6, 5, 12), (6, 60)])
def test_read_only_memory_map_is_passed_on_without_a_copy(tmp_path, X, shape):
    np.save(tmp_path / "X.npy", X.reshape(shape))
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    checked = check_sequences(Plain(), mapped, reset=True)
    assert np.shares_memory(checked, mapped)
    assert not checked.flags.writeable


def test_fortran_order_gives_the_same_numbers(X):
    np.testing.assert_array_equal(check_sequences(Plain(), np.asfortranarray(X), reset=True), X)


def test_y_comes_back_beside_x_as_a_vector(X):
    checked, y = check_sequences(Plain(), X, list("ababab"), reset=True)
    assert checked.shape == X.shape
    assert y.tolist() == list("ababab")


def test_missing_y_comes_back_as_none(X):
    assert check_sequences(Plain(), X, None, reset=True)[1] is None


def test_y_comes_back_beside_ragged_sequences(ragged):
    assert check_sequences(Plain(), ragged, [0, 1, 1], reset=True, ragged=True)[1].tolist() == [0, 1, 1]


def test_missing_y_comes_back_as_none_beside_ragged_sequences(ragged):
    assert check_sequences(Plain(), ragged, None, reset=True, ragged=True)[1] is None


@pytest.mark.parametrize("make", [np.asarray, lambda X: [X[0], *X[1:, :2]]], ids=["array", "ragged"])
def test_missing_y_that_is_required_is_refused(X, make):
    with pytest.raises(ValueError, match="Classifier estimator requires y to be passed, but the target y is None"):
        check_sequences(Classifier(), make(X), None, reset=True, ragged=True)


def test_y_of_another_length_is_refused_beside_ragged_sequences(ragged):
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[3, 2\]"):
        check_sequences(Plain(), ragged, [0, 1], reset=True, ragged=True)


def test_y_with_nan_is_refused_beside_ragged_sequences(ragged):
    with pytest.raises(ValueError, match="Input y contains NaN"):
        check_sequences(Plain(), ragged, [0.0, 1.0, np.nan], reset=True, ragged=True)


def test_too_few_samples_are_refused(X):
    with pytest.raises(ValueError, match=r"1 sample\(s\).* while a minimum of 2 is required by Plain"):
        check_sequences(Plain(), X[:1], reset=True, ensure_min_samples=2)


def test_too_few_ragged_samples_are_refused(ragged):
    with pytest.raises(ValueError, match=r"3 sample\(s\) while a minimum of 4 is required by Plain"):
        check_sequences(Plain(), ragged, reset=True, ragged=True, ensure_min_samples=4)


def test_ragged_sequences_that_are_not_allowed_name_the_remedy(ragged):
    with pytest.raises(ValueError, match=r"1 to 5 frames, but Plain expected equally long ones: put a FrameResampler"):
        check_sequences(Plain(), ragged, reset=True)


def test_sequences_unlike_in_joints_are_refused(X):
    with pytest.raises(ValueError, match="Sequence 1 of X has 2 joints and 3 channels, but sequence 0 has 4 and 3"):
        check_sequences(Plain(), [X[0], X[1, :, :2]], reset=True, ragged=True)


def test_sequence_without_frames_is_refused(X):
    with pytest.raises(ValueError, match=r"Sequence 1 of X has shape \(0, 4, 3\), expected at least one frame"):
        check_sequences(Plain(), [X[0], X[1, :0]], reset=True, ragged=True)


def test_sequence_of_four_axes_is_refused(X):
    with pytest.raises(ValueError, match="Sequence 0 of X has 4 dimensions, but Plain expected 3"):
        check_sequences(Plain(), [X, X], reset=True)


def test_array_of_five_axes_is_refused(X):
    with pytest.raises(ValueError, match="X has 5 dimensions, but Plain expected 4"):
        check_sequences(Plain(), X[None], reset=True)


def test_array_without_frames_is_refused(X):
    with pytest.raises(ValueError, match=r"X has shape \(6, 0, 4, 3\), but Plain expected at least one frame"):
        check_sequences(Plain(), X[:, :0], reset=True)


@pytest.mark.parametrize("row", [0, 299])
def test_nan_is_refused_with_the_remedy_wherever_it_is(row):
    X = np.zeros((300, 2, 2, 2))
    X[row, 0, 0] = np.nan
    with pytest.raises(ValueError, match=r"X contains NaN\. Plain does not accept missing joints .* JointImputer"):
        check_sequences(Plain(), X, reset=True)


def test_nan_in_ragged_sequences_is_refused(ragged):
    ragged[1][0, 0] = np.nan
    with pytest.raises(ValueError, match="X contains NaN"):
        check_sequences(Plain(), ragged, reset=True, ragged=True)


def test_nan_is_passed_on_where_it_is_allowed(X):
    X[0, 0, 0] = np.nan
    np.testing.assert_array_equal(check_sequences(Plain(), X, reset=True, allow_nan=True), X)


@pytest.mark.parametrize("allow_nan", [True, False])
@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinity_is_refused_even_where_nan_is_allowed(X, value, allow_nan):
    X[0, 0, 0, 0] = value
    X[1, 0, 0, 0] = np.nan
    with pytest.raises(ValueError, match=r"X contains infinity\. Plain expected finite coordinates"):
        check_sequences(Plain(), X, reset=True, allow_nan=allow_nan)


def test_sum_that_overflows_is_no_infinity(X):
    X = np.full((4, 2, 2, 2), np.finfo(np.float32).max, dtype=np.float32)
    assert check_sequences(Plain(), X, reset=True).max() == np.finfo(np.float32).max


def test_unfitted_estimator_is_refused(X):
    with pytest.raises(NotFittedError, match="This Plain instance is not fitted yet"):
        check_sequences(Plain(), X, reset=False)


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (np.s_[:, :4], "X has 4 frames, but Plain was fitted with 5 frames"),
        (np.s_[:, :, :2], "X has 2 joints, but Plain was fitted with 4 joints"),
        (np.s_[..., :1], "X has 1 channels, but Plain was fitted with 3 channels"),
    ],
)
def test_other_shape_than_in_fit_is_refused(plain, X, part, message):
    with pytest.raises(ValueError, match=message):
        check_sequences(plain, X[part], reset=False)


def test_same_number_of_features_in_another_shape_is_refused(plain, X):
    with pytest.raises(ValueError, match="X has 3 joints, but Plain was fitted with 4 joints"):
        check_sequences(plain, X.swapaxes(2, 3), reset=False)


def test_axis_that_is_not_fixed_may_differ(plain, X):
    checked = check_sequences(plain, X[:, :2], reset=False, fixed=("joints", "channels"))
    assert checked.shape == (6, 2, 4, 3)


def test_ragged_sequences_after_a_fit_on_an_array_are_taken_where_frames_may_differ(plain, ragged):
    assert len(check_sequences(plain, ragged, reset=False, ragged=True, fixed=("joints", "channels"))) == 3


def test_ragged_sequences_after_a_fit_on_an_array_are_refused_where_frames_are_fixed(plain, ragged):
    with pytest.raises(ValueError, match="X has sequences of different lengths, but Plain was fitted with 5 frames"):
        check_sequences(plain, ragged, reset=False, ragged=True)


def test_checking_without_reset_leaves_the_stored_shape(plain, X):
    check_sequences(plain, X[:, :2], reset=False, fixed=("joints", "channels"))
    assert plain.sequence_shape_in_ == (5, 4, 3)


def test_complex_numbers_are_refused(X):
    with pytest.raises(ValueError, match="Complex data not supported"):
        check_sequences(Plain(), X.astype(complex), reset=True)


def test_words_are_refused(X):
    X = X.astype(object)
    X[0, 0, 0, 0] = "a"
    with pytest.raises(ValueError, match="could not convert string to float: 'a'"):
        check_sequences(Plain(), X, reset=True)
