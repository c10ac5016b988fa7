"""A page made of real runs, one detector of which has a hostile name, and a browser to look at it."""

from __future__ import annotations

import json
import lzma
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from forked import run_bench

from bench.analysis.results import load_suite_results
from bench.report import write_report

ROOT = Path(__file__).parents[2]
RUNS = ROOT / "results" / "runs"
HOSTILE = "<img src=x onerror=alert(1)>"
SWEEP = """
title = "A short sweep"
seeds = 2
detectors = ["knn", "mahalanobis", "bayes_optimal"]

[[grid]]
regimes = ["unsupervised"]
datasets = ["bumps:points=32,normals=60,anomalies=12,test_normals=60,test_anomalies=20"]
sweep = { noise = [0.02, 0.1, 0.4] }
"""


@pytest.fixture(scope="session")
def page_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of three suites: the article's, a published protocol's over many datasets, and a sweep."""
    results = tmp_path_factory.mktemp("page")
    for name in ("reference-article", "reference-dte-one-class"):
        shutil.copytree(RUNS / name, results / "runs" / name)
    _rename(results / "runs" / "reference-article", "isolation_forest", HOSTILE)
    suite = results / "short.toml"
    suite.write_text(SWEEP)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = run_bench(["run", "--suite", suite, "--results", results, "--jobs", "1"], results, environment)
    assert done.returncode == 0, done.stderr
    written = write_report(load_suite_results(results), results)
    return next(file for file in written if file.name == "index.html")


def _rename(run: Path, detector: str, name: str) -> None:
    """Give a detector of a packed run another name, in its records and in its plan."""
    quoted = [json.dumps(each) for each in (detector, name)]
    for file, (old, new) in {
        "run.json.xz": quoted,
        "trials.jsonl.xz": [f'"label": {each}' for each in quoted],
    }.items():
        text = lzma.decompress((run / file).read_bytes()).decode()
        assert old in text
        (run / file).write_bytes(lzma.compress(text.replace(old, new).encode()))


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Where Chromium is; it is installed where that can be done, and else the tests are skipped."""
    # Tests run side by side: one process installs, and the others wait for it.
    with FileLock(Path(tempfile.gettempdir()) / "detector-bench-chromium.lock"):
        found = _chromium()
        if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
            for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", "chromium"]):
                subprocess.run(["apt-get", *command], check=False, capture_output=True, timeout=600)
            found = _chromium()
    if found is None:
        pytest.skip("there is no Chromium, and it cannot be installed here")
    return found


def _chromium() -> str | None:
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Any]:
    """Chromium, for no longer than a module: while playwright is open no other event loop can run."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="the page is looked at with playwright")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser
        browser.close()


class Visit:
    """A page, and what it has complained of and asked the network for since the visit began."""

    def __init__(self, page: Any, file: Path) -> None:
        self.page, self.file = page, file
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        self._listeners = {
            "console": lambda said: self.complaints.append(said.text) if said.type in BAD else None,
            "pageerror": lambda error: self.complaints.append(str(error)),
            "request": lambda request: self.requests.append(request.url),
            "dialog": self._refuse,
        }
        for event, listener in self._listeners.items():
            page.on(event, listener)

    def _refuse(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def open(self, fragment: str = "") -> Visit:
        self.page.goto(self.file.as_uri() + fragment)
        self.page.wait_for_selector("html[data-ready=true]")
        return self

    def show_everything(self) -> None:
        """Open all parts, and scroll to each picture until it is drawn."""
        self.page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
        for canvas in self.page.query_selector_all(".canvas"):
            # Not `scroll_into_view_if_needed`, which waits for frames that a busy machine draws late.
            canvas.evaluate("canvas => canvas.scrollIntoView({block: 'center', behavior: 'instant'})")
            self.page.wait_for_function("canvas => canvas.querySelector('.main-svg')", arg=canvas)

    def end(self) -> None:
        """Leave the page as it was found."""
        self.page.evaluate("localStorage.clear()")
        for event, listener in self._listeners.items():
            self.page.remove_listener(event, listener)
        self.page.goto("about:blank")
        self.page.set_viewport_size(SIZE)
        self.page.emulate_media(color_scheme="light")
        self.page.mouse.move(0, 0)


BAD = ("error", "warning")
# Milliseconds, so many that only a page that hangs needs them, however busy the machine is.
TIMEOUT = 240_000
SIZE = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def empty_page(browser: Any) -> Iterator[Any]:
    """One for all visits: what scripts it has compiled it keeps, which is most of what opening costs."""
    context = browser.new_context(viewport=SIZE, color_scheme="light")
    context.set_default_timeout(TIMEOUT)
    yield context.new_page()
    context.close()


@pytest.fixture
def visit(empty_page: Any, page_file: Path) -> Iterator[Visit]:
    """A visit in a window of 1280 by 900, which may be made another size."""
    visit = Visit(empty_page, page_file)
    yield visit
    visit.end()
