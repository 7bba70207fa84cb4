"""The one door through which every estimator takes sequences."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.exceptions import NotFittedError

from skeletonlearn.base import check_class_target, check_finite_result, check_sequences


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


def frame(n_columns):
    return pd.DataFrame(np.ones((3, n_columns)), columns=[f"column {at}" for at in range(n_columns)])


FORMS = {
    "table with names": frame(4),
    "table": np.ones((3, 4)),
    "three axes": np.ones((3, 4, 2)),
    "four axes": np.ones((3, 4, 2, 2)),
    "ragged": [np.ones((4, 2, 2)), np.ones((3, 2, 2))],
    "list of series": [np.ones(5), np.ones(5)],
}


def stored(estimator):
    """What `fit` stored, as something to compare."""
    names = getattr(estimator, "feature_names_in_", None)
    return estimator.sequence_shape_in_, estimator.n_features_in_, None if names is None else names.tolist()


@pytest.mark.parametrize("second", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("first", FORMS.values(), ids=FORMS)
def test_a_second_fit_stores_what_a_first_fit_on_the_same_data_stores(first, second):
    refitted, fresh = Plain(), Plain()
    check_sequences(refitted, first, reset=True, ragged=True)
    check_sequences(refitted, second, reset=True, ragged=True)
    check_sequences(fresh, second, reset=True, ragged=True)
    assert stored(refitted) == stored(fresh)


def refuse(shape):
    raise ValueError(f"refused {shape}")


REFUSED = {
    "NaN in a table with names": (frame(2) * np.nan, {}),
    "infinity": (np.full((3, 4, 2, 2), np.inf), {}),
    "NaN in ragged sequences": ([np.ones((4, 2, 2)), np.full((3, 2, 2), np.nan)], {}),
    "ragged": (FORMS["ragged"], {"ragged": False}),
    "five axes": (np.ones((1, 3, 4, 2, 2)), {}),
    "too few samples": (frame(2), {"ensure_min_samples": 9}),
    "a y that is too short": (frame(2), {"y": [0]}),
    "a one-hot y": (frame(3), {"y": np.eye(3)}),
    "a shape that the estimator refuses": (frame(3), {"check_shape": refuse}),
}


@pytest.mark.parametrize("first", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize(("X", "parameters"), REFUSED.values(), ids=REFUSED)
def test_a_refused_fit_leaves_the_estimator_as_it_was(first, X, parameters):
    estimator = Plain()
    check_sequences(estimator, first, reset=True, ragged=True)
    before = dict(vars(estimator))
    with pytest.raises(ValueError, match=r"."):
        check_sequences(estimator, X, reset=True, **{"ragged": True, **parameters})
    assert vars(estimator) == before


@pytest.mark.parametrize(("X", "parameters"), REFUSED.values(), ids=REFUSED)
def test_a_refused_first_fit_leaves_the_estimator_unfitted(X, parameters):
    estimator = Plain()
    with pytest.raises(ValueError, match=r"."):
        check_sequences(estimator, X, reset=True, **{"ragged": True, **parameters})
    assert vars(estimator) == {}


def test_the_shape_is_checked_by_the_estimator_before_it_is_stored(X):
    shapes = []
    check_sequences(Plain(), X, reset=True, check_shape=shapes.append)
    assert shapes == [(5, 4, 3)]


def test_column_names_outlive_a_check_of_other_data_with_y():
    estimator = Plain().fit(frame(4))
    check_sequences(estimator, np.ones((3, 2, 1)), [0, 1, 1], reset=False, fixed=("joints", "channels"))
    assert stored(estimator) == ((4, 1, 1), 4, frame(4).columns.tolist())


def masked(X):
    return np.ma.MaskedArray(X, mask=np.arange(X.size).reshape(X.shape) % 7 == 0)


def object_array(sequences):
    array = np.empty(len(sequences), dtype=object)
    array[:] = sequences
    return array


MASKED = {
    "four axes": (lambda X: masked(X), np.s_[:]),
    "three axes": (lambda X: masked(X[:, :, 0]), np.s_[:, :, :1]),
    "table": (lambda X: masked(X[:, :, 0, 0]), np.s_[:, :, :1, :1]),
    "list of sequences": (lambda X: list(masked(X)), np.s_[:]),
    "lists of frames": (lambda X: [list(one) for one in masked(X)], np.s_[:]),
    "lists of joints": (lambda X: [[list(frame) for frame in one] for one in masked(X)], np.s_[:]),
    "tuple of series": (lambda X: tuple(masked(X[:, :, 0, 0])), np.s_[:, :, :1, :1]),
    "lists of numbers": (lambda X: [list(one) for one in masked(X[:, :, 0, 0])], np.s_[:, :, :1, :1]),
    "array of objects": (lambda X: object_array(list(masked(X))), np.s_[:]),
    "column of a table": (lambda X: pd.Series(list(masked(X))), np.s_[:]),
}


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.uint8, bool])
@pytest.mark.parametrize(("wrap", "part"), MASKED.values(), ids=MASKED)
def test_masked_values_are_missing_joints(X, wrap, part, dtype):
    X = np.abs(9 * X).astype(dtype)
    given = wrap(X)
    checked = check_sequences(Plain(), given, reset=True, allow_nan=True)
    X = X[part]
    kept = X.reshape(checked.shape).astype(float)
    is_masked = np.isnan(checked)
    assert 0 < is_masked.sum() < is_masked.size / 2
    np.testing.assert_array_equal(checked[~is_masked], kept[~is_masked])


def test_masked_values_of_ragged_sequences_are_missing_joints(ragged):
    checked = check_sequences(Plain(), [masked(one) for one in ragged], reset=True, ragged=True, allow_nan=True)
    assert [int(np.isnan(one).sum()) for one in checked] == [9, 6, 2]


@pytest.mark.parametrize("wrap", [masked, lambda X: list(masked(X))], ids=["array", "list"])
def test_masked_values_are_refused_like_nan_where_nan_is_refused(X, wrap):
    with pytest.raises(ValueError, match=r"X contains NaN\. Plain does not accept .* put a JointImputer"):
        check_sequences(Plain(), wrap(X), reset=True)


def test_masked_values_stay_masked_in_what_was_given(X):
    given = masked(X)
    check_sequences(Plain(), given, reset=True, allow_nan=True)
    np.testing.assert_array_equal(given.data, X)
    assert given.mask.any()


def test_masked_array_without_a_masked_value_is_not_copied(X):
    assert np.shares_memory(check_sequences(Plain(), np.ma.MaskedArray(X), reset=True), X)


@pytest.mark.parametrize(
    ("y", "remedy"),
    [
        (np.eye(3)[[0, 1, 2, 0, 1, 2]], r"y\.argmax\(axis=1\)"),
        (np.eye(2, dtype=bool)[[0, 1] * 3], r"y\.argmax\(axis=1\)"),
        (np.eye(2)[[0, 1] * 3].tolist(), r"np\.argmax\(y, axis=1\)"),
        (pd.get_dummies(pd.Series(list("ababab"))), r"y\.idxmax\(axis=1\)"),
    ],
    ids=["array", "bool", "list", "table"],
)
@pytest.mark.parametrize("make", [np.asarray, lambda X: [X[0], *X[1:, :2]]], ids=["array", "ragged"])
def test_one_hot_classes_are_refused_with_the_remedy(X, make, y, remedy):
    with pytest.raises(ValueError, match=rf"y is one-hot, with shape \(6, .\), .* pass {remedy}"):
        check_sequences(Classifier(), make(X), y, reset=True, ragged=True)


@pytest.mark.parametrize("make", [np.asarray, lambda X: [X[0], *X[1:, :2]]], ids=["array", "ragged"])
def test_targets_of_two_axes_are_taken_where_they_are_wanted(X, make):
    y = np.eye(3)[[0, 1, 2, 0, 1, 2]]
    _, checked = check_sequences(Plain(), make(X), y, reset=True, ragged=True, multi_output=True)
    np.testing.assert_array_equal(checked, y)


@pytest.mark.parametrize(
    "y",
    [
        None,
        "no_validation",
        [0, 1],
        ["a", "b"],
        [[1], [0]],
        [[1, 1], [0, 1]],
        [[0.5, 0.5]],
        [["a", "b"]],
        [[1], [0, 1]],
    ],
    ids=str,
)
def test_targets_that_are_not_one_hot_pass(y):
    check_class_target(y)


def test_a_result_that_overflows_from_huge_coordinates_blames_x():
    with pytest.raises(ValueError, match=r"X has coordinates up to 1e\+30, too large for Plain"):
        check_finite_result(Plain(), np.array([np.inf]), np.array([1e30, np.nan]))


@pytest.mark.parametrize("X", [np.array([2.5]), [np.array([2.5]), np.array([np.nan])]], ids=["array", "ragged"])
def test_a_result_that_is_not_finite_from_usual_coordinates_blames_what_was_learned(X):
    with pytest.raises(ValueError, match=r"result of Plain holds NaN .* at most 2\.5: what was learned"):
        check_finite_result(Plain(), np.array([np.nan]), X)


MASKED_FORMS = {
    "array": lambda X: X,
    "list": list,
    "tuple": tuple,
    "series": lambda X: pd.Series(list(X)),
    "objects": lambda X: np.array([*X, None], dtype=object)[:-1],
    "ragged list": lambda X: [X[0], X[1][:3]],
}


@pytest.mark.parametrize("form", MASKED_FORMS)
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64, np.uint8])
def test_masked_joints_are_missing_in_every_form(form, dtype):
    data = np.arange(1, 1 + 2 * 4 * 5 * 3).reshape(2, 4, 5, 3).astype(dtype)
    X = MASKED_FORMS[form](np.ma.masked_where(data % 7 == 0, data))
    estimator = BaseEstimator()
    checked = check_sequences(estimator, X, reset=True, ragged=True, allow_nan=True)
    for got, one in zip(checked, data, strict=True):
        np.testing.assert_array_equal(got, np.where(one % 7 == 0, np.nan, one.astype(float))[: len(got)])
        assert got.dtype == (dtype if np.dtype(dtype).kind == "f" else np.float64)


@pytest.mark.parametrize("form", MASKED_FORMS)
def test_masked_joints_are_refused_as_nan_is(form):
    data = np.ones((2, 4, 5, 3), dtype=int)
    mask = np.zeros(data.shape, dtype=bool)
    mask[1, 2, 3] = True
    X = MASKED_FORMS[form](np.ma.MaskedArray(data, mask))
    with pytest.raises(ValueError, match=r"Input X contains NaN\. BaseEstimator does not accept missing joints"):
        check_sequences(BaseEstimator(), X, reset=True, ragged=True)


@pytest.mark.parametrize("as_list", [True, False])
def test_sequences_that_show_nobody_are_named_after_the_fit(as_list):
    X = np.ones((4, 6, 5, 3))
    estimator = Plain()
    check_sequences(estimator, np.zeros_like(X), reset=True)
    X[[1, 3]] = 0
    with pytest.warns(UserWarning, match="^Plain: each of sequences 1, 3 of X shows nobody"):
        check_sequences(estimator, list(X) if as_list else X, reset=False)
    check_sequences(estimator, X, reset=False, allow_nan=True)


def test_zeros_of_series_are_values():
    X = np.zeros((2, 9))
    estimator = Plain()
    for form in (X, X[..., None]):
        check_sequences(estimator, form, reset=True)
        check_sequences(estimator, form, reset=False)
