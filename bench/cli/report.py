"""``report``: write every table anew from stored runs."""

from __future__ import annotations

from pathlib import Path

from bench.cli import options
from bench.cli.output import console
from bench.errors import BenchError


def command(results: options.Results = Path("results")) -> None:
    """Write the tables in the results folder anew from the runs stored there, with no trial run.

    The same runs give the same files, byte for byte.
    """
    from bench.analysis.results import load_results
    from bench.report import write_report
    from bench.writer import check_writable

    check_writable(results)
    loaded = load_results(results)
    if not loaded:
        raise BenchError(f"there are no runs in {results / 'runs'}; `run --suite quick` makes one")
    for file in write_report(loaded, results):
        console().print(f"wrote {file}", markup=False)
