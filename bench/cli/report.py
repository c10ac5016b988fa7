"""``report``: write every table anew from stored runs."""

from __future__ import annotations

from pathlib import Path

from bench.cli import options
from bench.cli.output import console


def command(results: options.Results = Path("results")) -> None:
    """Write the tables in the results folder anew from the runs stored there, with no trial run.

    The same runs give the same files, byte for byte.
    """
    from bench.analysis.results import require_results
    from bench.report import write_report
    from bench.writer import check_writable

    check_writable(results)
    for file in write_report(require_results(results), results):
        console().print(f"wrote {file}", markup=False)
