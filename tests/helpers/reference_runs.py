"""Results of some of the committed runs; to read all of them takes seconds."""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.analysis.results import SuiteResults, load_suite_results

RUNS = Path(__file__).parents[2] / "results" / "runs"


def load(folder: Path, *suites: str) -> list[SuiteResults]:
    """The results of suites by name, in alphabetical order; their runs are copied below an empty folder."""
    for suite in suites:
        shutil.copytree(RUNS / f"reference-{suite}", folder / "runs" / f"reference-{suite}")
    return load_suite_results(folder)
