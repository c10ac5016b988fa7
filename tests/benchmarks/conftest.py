"""Speed is measured here and asserted nowhere: machines differ, and the same one is not twice as fast.

Run with ``python -m pytest tests/benchmarks --benchmark-only``; the figures stand at the end.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

FIGURES: list[tuple[str, str]] = []

# A detector that costs nothing, on data that are made at once: what is left is the harness.
TRIVIAL = '''
from bench import Split, dataset, detector

@detector(deterministic=True)
class MeanDistance:
    """Distance to the mean."""
    def __init__(self, power: int = 2):
        self.power = power
    def fit(self, train):
        self.centre, self.X = train.X.mean(axis=0), train.X
    def leave_one_out(self):
        n = len(self.X)
        return self.score(self.X) * (n / (n - 1)) ** self.power
    def score(self, X):
        return (abs(X - self.centre) ** self.power).sum(axis=1)

@dataset
def cloud(rng, *, rows=1000, columns=20, variant=0):
    """Gaussian rows, one in ten of them shifted."""
    X = rng.normal(size=(rows, columns))
    y = [1] * (rows // 10) + [0] * (rows - rows // 10)
    X[: rows // 10] += 2
    return Split.stratified(X, y, rng)
'''


@pytest.fixture
def figure() -> Callable[[str, str], None]:
    """Note a figure for the end of the report."""
    return lambda what, value: FIGURES.append((what, value))


@pytest.fixture
def trivial(tmp_path: Path) -> Path:
    """A folder with the trivial plugins."""
    folder = tmp_path / "plugins"
    folder.mkdir()
    (folder / "trivial.py").write_text(TRIVIAL)
    return folder


@pytest.fixture
def command(tmp_path: Path, bench_environment: dict[str, str]) -> Callable[..., float]:
    """Run the command line in tmp_path; returns wall seconds of the whole process."""

    def run(*arguments: str) -> float:
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "bench", *arguments],
            cwd=tmp_path, env=bench_environment, check=True, capture_output=True,
        )  # fmt: skip
        return time.perf_counter() - start

    return run


@pytest.fixture
def records() -> Callable[[Path], list[dict]]:
    """All records below a results folder."""
    return lambda folder: [
        json.loads(line) for file in folder.glob("runs/*/trials.jsonl") for line in file.open()
    ]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(1800))  # a slow machine may take its time


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FIGURES:
        terminalreporter.section("figures")
        for what, value in FIGURES:
            terminalreporter.write_line(f"{what}: {value}")
