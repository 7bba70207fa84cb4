"""What EmbeddingDisplay draws of vectors and classes."""

import sys

import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn import config_context
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skeletonlearn.plotting import EmbeddingDisplay
from skeletonlearn.preprocessing import SequenceFlattener

Z = np.random.default_rng(0).normal(size=(30, 6)) * [9, 3, 1, 1, 1, 1]
Y = np.arange(30) % 3


def test_points_of_each_class_are_drawn_at_their_principal_components():
    display = EmbeddingDisplay.from_embedding(Z, Y)
    expected = PCA(2).fit_transform(Z)
    for label in range(3):
        assert np.asarray(display.scatters_[str(label)].get_offsets()) == pytest.approx(expected[label == Y])
    assert [text.get_text() for text in display.ax_.get_legend().get_texts()] == ["0", "1", "2"]
    assert display.ax_.get_xlabel().endswith("% of the variance")


def test_long_names_of_classes_leave_the_map_its_room():
    names = ["take something out of the left pocket of the trousers", "put on a shoe while standing on one leg", "kick"]
    display = EmbeddingDisplay.from_embedding(Z, Y, class_names=names)
    display.figure_.canvas.draw()
    assert list(display.scatters_) == names
    assert display.ax_.get_position().width * display.figure_.get_figwidth() > 3.5  # inches
    legend = display.ax_.get_legend().get_window_extent().transformed(display.figure_.transFigure.inverted())
    assert legend.x1 <= 1


def test_classes_are_seen_on_dark_paper():
    with plt.style.context("dark_background"):
        display = EmbeddingDisplay.from_embedding(Z, np.arange(30) % 8)
    assert all(sum(scatter.get_facecolor()[0, :3]) > 0.3 for scatter in display.scatters_.values())


def test_classes_differ_in_colour_or_shape_up_to_fifty_six():
    points, classes = np.random.default_rng(0).normal(size=(60, 2)), np.arange(60) % 56
    looks = {
        (tuple(scatter.get_facecolor()[0]), scatter.get_paths()[0].vertices.tobytes())
        for scatter in EmbeddingDisplay(points, classes).plot().scatters_.values()
    }
    assert len(looks) == 56


def test_classes_have_their_names_by_number_or_in_order():
    names = ["kick", "sit", "stand", "wave"]
    assert list(EmbeddingDisplay(Z[:, :2], Y + 1, class_names=names).plot().scatters_) == names[1:]
    texts = np.array(["c", "a", "b"])[Y]
    assert list(EmbeddingDisplay(Z[:, :2], texts, class_names=names[:3]).plot().scatters_) == names[:3]


def test_points_without_a_class_are_grey_and_said_to_be():
    display = EmbeddingDisplay(Z[:, :2], Y - 1).plot()
    assert list(display.scatters_) == ["0", "1", "no class"]
    assert display.scatters_["no class"].get_facecolor()[0, :3] == pytest.approx([0.75] * 3)


SAME_NAMES = {
    "equal names": (Y, ["kick", "wave", "kick"], ["kick (0)", "wave", "kick (2)"]),
    "numbers and texts": ([1, "1", 2] * 10, None, ["1 (1)", "2", "1 ('1')"]),
    "numbers and texts in an array": (np.array([1, "1", 2] * 10, dtype=object), None, ["1 (1)", "2", "1 ('1')"]),
    "names like those that are made": (Y, ["a", "a", "a (0)"], ["a (0) (0)", "a (1)", "a (0) (2)"]),
    "the name of what has no class": (Y - 1, ["no class", "wave"], ["no class (0)", "wave", "no class"]),
}


@pytest.mark.parametrize("case", SAME_NAMES)
def test_classes_of_one_name_are_drawn_apart(case):
    y, class_names, wanted = SAME_NAMES[case]
    display = EmbeddingDisplay.from_embedding(Z, y, class_names=class_names)
    assert list(display.scatters_) == wanted
    assert [len(scatter.get_offsets()) for scatter in display.scatters_.values()] == [10, 10, 10]
    assert [text.get_text() for text in display.ax_.get_legend().get_texts()] == wanted


@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_tables_as_scikit_learns_output_make_no_difference(method):
    plain = EmbeddingDisplay.from_embedding(Z, Y, method=method, random_state=0)
    with config_context(transform_output="pandas"):
        display = EmbeddingDisplay.from_embedding(Z, Y, method=method, random_state=0)
    np.testing.assert_array_equal(display.points, plain.points)
    assert type(display.points) is np.ndarray


def test_without_classes_there_is_no_legend():
    display = EmbeddingDisplay.from_embedding(Z)
    assert len(display.scatters_["all"].get_offsets()) == 30
    assert display.ax_.get_legend() is None


def test_tsne_takes_few_points_and_its_seed():
    first, second = (EmbeddingDisplay.from_embedding(Z[:9], method="tsne", random_state=3).points for _ in range(2))
    assert first.shape == (9, 2)
    np.testing.assert_array_equal(first, second)


def test_umap_that_is_not_installed_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(ImportError, match="method='umap' needs umap-learn: pip install umap-learn"):
        EmbeddingDisplay.from_embedding(Z, Y, method="umap")


def test_umap_gets_the_seed_and_the_vectors(monkeypatch):
    class UMAP:
        def __init__(self, n_components, random_state):
            self.scale = n_components * random_state

        def fit_transform(self, vectors):
            return self.scale * vectors[:, :2]

    monkeypatch.setitem(sys.modules, "umap", type(sys)("umap"))
    sys.modules["umap"].UMAP = UMAP
    display = EmbeddingDisplay.from_embedding(Z, method="umap", random_state=5)
    np.testing.assert_array_equal(display.points, 10 * Z[:, :2])


def test_two_components_are_taken_as_they_are_without_a_method():
    assert EmbeddingDisplay.from_embedding(Z[:, :2], method=None).points.tolist() == Z[:, :2].tolist()
    with pytest.raises(ValueError, match="Z has 6 components, expected 2 with method=None"):
        EmbeddingDisplay.from_embedding(Z, method=None)


def test_embedding_of_a_pipeline_is_what_its_classifier_gets():
    X = Z.reshape(30, 2, 1, 3)
    pipeline = make_pipeline(SequenceFlattener(), LogisticRegression()).fit(X, Y)
    points = EmbeddingDisplay.from_estimator(pipeline, X, Y).points
    assert points == pytest.approx(EmbeddingDisplay.from_embedding(pipeline[0].transform(X)).points)


def test_estimator_that_embeds_nothing_is_refused():
    with pytest.raises(TypeError, match="LogisticRegression has no transform, expected a fitted embedder"):
        EmbeddingDisplay.from_estimator(LogisticRegression(), Z, Y)


@pytest.mark.parametrize(
    ("arguments", "options", "text"),
    [
        ((Z[0],), {}, r"Z has shape \(6,\), expected \(n_samples, n_components\)"),
        ((np.full((3, 3), np.nan),), {}, "Z contains NaN or infinity"),
        ((Z, Y[:5]), {}, r"y has shape \(5,\), expected \(30,\)"),
        ((Z,), {"method": "lda"}, "method='lda' must be one of 'pca', 'tsne', 'umap', or None"),
        ((Z, Y), {"class_names": ["a", "b"]}, "class_names has 2 names, expected one for each class: 3"),
    ],
)
def test_wrong_input_is_refused_with_what_was_got_and_wanted(arguments, options, text):
    with pytest.raises(ValueError, match=text):
        EmbeddingDisplay.from_embedding(*arguments, **options)


def test_points_of_three_dimensions_are_refused():
    with pytest.raises(ValueError, match=r"points have shape \(30, 6\), expected \(n_samples, 2\)"):
        EmbeddingDisplay(Z).plot()
