"""The built site holds together, by itself and without the network: `make docs` builds it and runs this."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from skeletonlearn.utils.discovery import public_modules

ROOT = Path(__file__).parents[1]
SITE = ROOT / "docs" / "_build" / "html"
EXAMPLES = sorted(path.stem for path in (ROOT / "examples").glob("[0-9]*.py"))

pytestmark = pytest.mark.skipif(not (SITE / "index.html").exists(), reason="the site is not built: make docs")


class _Page(HTMLParser):
    """What a page points at, and which of its places can be pointed at."""

    def __init__(self):
        super().__init__()
        self.links, self.loaded, self.places = set(), set(), {""}

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.places |= {attributes.get("id"), attributes.get("name")}
        if tag == "a" and attributes.get("href"):
            self.links.add(attributes["href"])
        elif tag == "link" and attributes.get("rel") in ("stylesheet", "icon", "preload"):
            self.loaded.add(attributes["href"])
        elif tag in ("img", "script", "iframe", "source", "video") and attributes.get("src"):
            self.loaded.add(attributes["src"])


@cache
def read(path):
    page = _Page()
    page.feed(path.read_text())
    return page


def pages():
    return [path for path in sorted(SITE.rglob("*.html")) if "_static" not in path.parts]


def is_missing(page, address):
    """Whether an address within the site has no file, or its file no such place."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        return False
    target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if target.suffix != ".html" or not target.exists():
        return not target.exists()
    return unquote(parts.fragment) not in read(target).places


def public_classes_and_functions():
    for module in public_modules():
        yield from (f"{module.__name__}.{name}" for name in module.__all__ if callable(getattr(module, name)))


def test_every_link_and_picture_within_the_site_leads_somewhere():
    lost = [
        f"{page.relative_to(SITE)}: {address}"
        for page in pages()
        for address in sorted(read(page).links | read(page).loaded)
        if is_missing(page, address)
    ]
    assert not lost, "\n".join(lost)


def test_no_page_loads_anything_from_another_host():
    outside = [
        f"{page.relative_to(SITE)}: {address}"
        for page in pages()
        for address in sorted(read(page).loaded)
        if urlsplit(address).netloc
    ]
    assert not outside, "\n".join(outside)


def test_no_style_loads_anything_from_another_host():
    styles = {path: path.read_text() for path in SITE.rglob("*.css")}
    outside = [
        path.name for path, text in styles.items() if re.search(r"""(url\(|@import)\s*['"]?(https?:)?//""", text)
    ]
    assert styles
    assert not outside


def test_every_public_class_and_function_has_a_page_with_its_signature():
    missing = [
        name
        for name in public_classes_and_functions()
        if name not in read(SITE / "api" / "generated" / f"{name}.html").places
    ]
    assert not missing


@pytest.mark.parametrize("example", EXAMPLES)
def test_example_is_in_the_gallery_with_a_picture_of_its_own(example):
    page = read(SITE / "auto_examples" / f"{example}.html")
    shown = [address for address in page.loaded if f"sphx_glr_{example}_" in address]
    gallery = read(SITE / "auto_examples" / "index.html")
    assert shown
    assert [address for address in gallery.loaded if f"sphx_glr_{example}_thumb" in address]


def test_dask_example_started_a_cluster_read_searched_and_embedded():
    text = (SITE / "auto_examples" / "07_dask_grid_search.html").read_text()
    assert "2 workers" in text
    assert re.search(r"read 96 recordings in .* s", text)
    assert re.search(r"searched in .* s: k1=[\d.]+, k2=[\d.]+, [\d.]+% on unseen subjects", text)
    assert "embedded 96 sequences in 768 dimensions" in text


def test_no_page_shows_an_error_of_its_source():
    broken = [page.name for page in pages() if 'class="system-message"' in page.read_text()]
    assert not broken
