"""Look at the built site with a browser: `python -m tests.browser.check_docs`, after `make docs`.

Every page is opened as wide as a desk's screen and as a phone's. A page fails if an error stands on the console, an
image does not load, anything is asked of another host, or it is wider than the screen. Then the search must find an
estimator. Needs Chromium with its driver and the extra `browser`; pictures of the pages are written to `--out`.
"""

import argparse
import base64
import functools
import json
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SITE = Path(__file__).parents[2] / "docs" / "_build" / "html"
WIDTHS = {"desk": 1400, "phone": 390}
PICTURED = [
    "index.html",
    "user_guide/index.html",
    "user_guide/embedding.html",
    "auto_examples/index.html",
    "auto_examples/01_quickstart.html",
    "auto_examples/08_plotting.html",
    "api/index.html",
    "api/skeletonlearn.skeletons.html",
    "api/generated/skeletonlearn.embedding.ConMLPEmbedder.html",
    "results.html",
    "layouts.html",
    "glossary.html",
]
SEARCHED = "ConMLPEmbedder"
SWITCHES = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


class QuietHandler(SimpleHTTPRequestHandler):
    """Serve files without a line on the terminal for each."""

    def log_message(self, *_):
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine alone, and give its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(QuietHandler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()


@contextmanager
def browser() -> Iterator:
    """Start Chromium without a window, with its console and its requests written down."""
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService

    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    for switch in SWITCHES:
        options.add_argument(switch)
    driver = Chrome(options, ChromeService(shutil.which("chromedriver")))
    try:
        yield driver
    finally:
        driver.quit()


def resize(driver, width: int) -> None:
    """Make the page as wide as a screen; a window could not be as narrow as a phone."""
    screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)


BROKEN_IMAGES = "return [...document.images].filter(one => one.complete && !one.naturalWidth).map(one => one.src)"
# the page and, within it, what scrolls sideways as a whole if a word or picture is too wide
OVERHANG = """
const boxes = [document.documentElement, document.querySelector(".bd-article-container")];
return Math.max(...boxes.filter(Boolean).map(box => box.scrollWidth - box.clientWidth));
"""


def faults_of(driver, address: str) -> list[str]:
    """What is wrong with the page that was opened last."""
    faults = [f"console: {entry['message']}" for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
    faults += [f"image does not load: {image}" for image in driver.execute_script(BROKEN_IMAGES)]
    faults += [f"asks another host: {url}" for url in requested(driver) if not url.startswith((address, "data:"))]
    overhang = driver.execute_script(OVERHANG)
    return faults + [f"is {overhang} pixels too wide"] * (overhang > 0)


def requested(driver) -> list[str]:
    """The addresses that were asked for since the last look."""
    messages = (json.loads(entry["message"])["message"] for entry in driver.get_log("performance"))
    return [one["params"]["request"]["url"] for one in messages if one["method"] == "Network.requestWillBeSent"]


def load_all_images(driver) -> None:
    """Scroll through the page, at whose end some images are loaded first."""
    driver.execute_async_script(
        "const done = arguments[0]; for (const one of document.images) one.loading = 'eager';"
        "Promise.all([...document.images].map(one => one.decode().catch(() => 0))).then(done)"
    )


def search_for(driver, address: str, word: str) -> list[str]:
    """The titles that the site's own search gives."""
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.wait import WebDriverWait

    driver.get(f"{address}search.html?q={word}")
    results = (By.CSS_SELECTOR, "#search-results li a")
    WebDriverWait(driver, 20).until(lambda driver: driver.find_elements(*results))
    return [found.text for found in driver.find_elements(*results)]


def take_picture(driver, path: Path) -> None:
    """Write the whole page as a picture."""
    height = driver.execute_script("return document.documentElement.scrollHeight")
    width = driver.execute_script("return innerWidth")
    clip = {"x": 0, "y": 0, "width": width, "height": min(height, 6000), "scale": 1}
    shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True})
    path.write_bytes(base64.b64decode(shot["data"]))


def pages() -> list[str]:
    """The addresses of all pages within the site."""
    found = (path.relative_to(SITE) for path in SITE.rglob("*.html"))
    return sorted(path.as_posix() for path in found if path.parts[0] != "_static")


def check(driver, address: str, out: Path) -> list[str]:
    """Open every page in every width, then search."""
    faults = []
    for screen, width in WIDTHS.items():
        resize(driver, width)
        for page in pages():
            driver.get(address + page)
            load_all_images(driver)
            faults += [f"{page}, {screen}: {fault}" for fault in faults_of(driver, address)]
            if page in PICTURED:
                take_picture(driver, out / f"{page.replace('/', '_').removesuffix('.html')}_{screen}.png")
        found = search_for(driver, address, SEARCHED)
        faults += [f"search, {screen}: {fault}" for fault in faults_of(driver, address)]
        take_picture(driver, out / f"search_{screen}.png")
        if SEARCHED not in found:
            faults.append(f"search, {screen}: {SEARCHED} has no result of that title, but {found[:5]}")
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(description="Look at the built site with a browser.")
    parser.add_argument("--out", type=Path, default=Path("docs/_build/screens"), help="where the pictures are written")
    options = parser.parse_args()
    if not (SITE / "index.html").exists():
        parser.error(f"{SITE} has no index.html: build the site first, with `make docs`")
    options.out.mkdir(parents=True, exist_ok=True)
    with served(SITE) as address, browser() as driver:
        faults = check(driver, address, options.out)
    print("\n".join(faults) or f"{len(pages())} pages and the search are well, on {' and '.join(WIDTHS)}.")
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
