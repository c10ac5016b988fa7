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
from trivial_plugins import TRIVIAL

FIGURES: list[tuple[str, str]] = []


@pytest.fixture(autouse=True)
def as_for_users(servers_started_anew: None) -> None:
    """Workers come from a process that has no more in it than they need: each trial costs less there."""


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
