"""How estimators show in notebooks: parameters, fitted state, and links once the documentation has an address."""

import re
from email.message import Message
from html import unescape
from importlib import import_module
from importlib.metadata import PackageNotFoundError
from urllib.parse import unquote

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.utils import estimator_html_repr

from skeletonlearn import ConMLPEmbedder, SkeletonClassifier, base
from skeletonlearn.augmentation import Reverse, Shear
from skeletonlearn.preprocessing import BodyScaler, make_skeleton_pipeline
from skeletonlearn.skeletons import get_skeleton
from skeletonlearn.utils import all_estimators

_QUICK = {"random_state": 0, "hidden_dim": 16, "max_epochs": 1}
SITE = "https://skeletons.example.org/docs"

every = pytest.mark.parametrize("estimator_class", [one for _, one in all_estimators()])


@pytest.fixture
def X():
    return np.random.default_rng(0).normal(size=(12, 8, 20, 3))


@pytest.fixture
def address(monkeypatch):
    """The documentation has an address."""
    monkeypatch.setattr(base, "documentation_address", lambda: SITE)


def quick(estimator_class):
    estimator = estimator_class()
    given = estimator.get_params()
    return estimator.set_params(**{name: value for name, value in _QUICK.items() if name in given})


def fitted(estimator, X):
    return estimator.fit(X, np.arange(len(X)) % 3)


def links_of(picture):
    return [unescape(link) for link in re.findall(r'href="([^"]*)"', picture)]


def described_in(picture):
    """Names whose tooltips hold a description, by the tables' own markup."""
    texts = re.findall(r'<span class="param-doc-description"[^>]*>\s*(.*?)</span>', picture, re.DOTALL)
    return {name for name, _, description in (text.partition(":") for text in texts) if "<br><br>" in description}


@every
def test_picture_shows_every_parameter(estimator_class):
    estimator = quick(estimator_class)
    shown = re.findall(r'<td class="param">\s*(\w+)', estimator_html_repr(estimator))
    assert sorted(shown) == sorted(estimator.get_params())


@every
def test_picture_tells_whether_the_estimator_is_fitted(estimator_class, X):
    estimator = quick(estimator_class)
    assert "<span>Not fitted</span>" in estimator_html_repr(estimator)
    picture = estimator_html_repr(fitted(estimator, X))
    assert "<span>Fitted</span>" in picture
    assert "sequence_shape_in_" in picture


@every
def test_there_is_no_link_as_long_as_the_documentation_has_no_address(estimator_class, monkeypatch):
    monkeypatch.setattr(base, "documentation_address", lambda: "")
    assert links_of(estimator_html_repr(quick(estimator_class))) == []


@every
def test_link_leads_to_the_page_of_the_public_name(estimator_class, address):
    link = links_of(estimator_html_repr(quick(estimator_class)))[0]
    site, _, page = link.partition("/api/generated/")
    assert site == SITE
    module, _, name = page.removesuffix(".html").rpartition(".")
    assert getattr(import_module(module), name) is estimator_class
    assert name in import_module(module).__all__


@every
def test_every_parameter_has_a_tooltip_and_a_link_to_its_line(estimator_class, address):
    estimator = quick(estimator_class)
    picture = estimator_html_repr(estimator)
    assert described_in(picture) == set(estimator.get_params())
    page, *links = links_of(picture)
    fragments = [unquote(link.removeprefix(f"{page}#:~:text=")) for link in links]
    assert sorted(text.partition(",")[0] for text in fragments) == sorted(estimator.get_params())


@every
def test_every_fitted_attribute_has_a_tooltip(estimator_class, address, X):
    estimator = fitted(quick(estimator_class), X)
    shown = set(estimator._get_fitted_attr_html())
    assert shown
    assert described_in(estimator_html_repr(estimator)) == shown | set(estimator.get_params())


def test_class_of_another_package_has_no_link_to_our_pages(address):
    class Shorter(BodyScaler):
        pass

    assert Shorter()._get_doc_link() == ""


def test_steps_of_a_search_over_a_pipeline_link_to_their_own_pages(address, X):
    steps = [
        ("pre", make_skeleton_pipeline("KINECT_V1", n_frames=8)),
        ("emb", ConMLPEmbedder(max_epochs=1, hidden_dim=16)),
        ("clf", LogisticRegression()),
    ]
    search = fitted(GridSearchCV(Pipeline(steps), {"emb__k1": [1, 2]}, cv=2), X)
    ours = {link.partition("#")[0] for link in links_of(estimator_html_repr(search)) if link.startswith(SITE)}
    names = [type(step).__name__ for step in make_skeleton_pipeline("KINECT_V1").named_steps.values()]
    pages = [*(f"preprocessing.{name}" for name in names), "embedding.ConMLPEmbedder"]
    assert ours == {f"{SITE}/api/generated/skeletonlearn.{page}.html" for page in pages}


def test_pretrained_embedder_shows_inside_its_classifier(X):
    views = (Shear(1), Reverse(0.5))
    embedder = ConMLPEmbedder(skeleton=get_skeleton("KINECT_V1"), augmentation=views, max_epochs=1, hidden_dim=16)
    classifier = SkeletonClassifier(pretrained=fitted(embedder, X), max_epochs=1)
    picture = estimator_html_repr(classifier)
    assert "pretrained: ConMLPEmbedder" in picture
    assert "(Shear(amount=1), ...)" in picture


def metadata_with(*urls):
    message = Message()
    for url in urls:
        message["Project-URL"] = url
    return message


@pytest.fixture
def no_cache():
    base.documentation_address.cache_clear()
    yield
    base.documentation_address.cache_clear()


@pytest.mark.usefixtures("no_cache")
@pytest.mark.parametrize("entry", [f"Documentation, {SITE}", f"documentation,{SITE}/"])
def test_address_is_the_projects_url_for_documentation(monkeypatch, entry):
    monkeypatch.setattr(base, "metadata", lambda name: metadata_with("Source, https://example.org/code", entry))
    assert base.documentation_address() == SITE
    assert ConMLPEmbedder()._get_doc_link() == f"{SITE}/api/generated/skeletonlearn.embedding.ConMLPEmbedder.html"


@pytest.mark.usefixtures("no_cache")
@pytest.mark.parametrize("urls", [[], ["Source, https://example.org/code"]])
def test_without_such_a_url_there_is_no_address(monkeypatch, urls):
    monkeypatch.setattr(base, "metadata", lambda name: metadata_with(*urls))
    assert base.documentation_address() == ""
    assert ConMLPEmbedder()._get_doc_link() == ""


@pytest.mark.usefixtures("no_cache")
def test_package_that_is_not_installed_has_no_address(monkeypatch):
    def not_installed(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(base, "metadata", not_installed)
    assert base.documentation_address() == ""
