"""``report``: write every table and the page anew from stored runs."""

from __future__ import annotations

from pathlib import Path

from bench.cli import options
from bench.cli.output import console


def command(results: options.Results = Path("results")) -> None:
    """Write the tables and the page in the results folder anew from the runs stored there.

    No trial is run, and the same runs give the same files, byte for byte. The page, report/index.html, opens
    in a browser from disk, with no network.
    """
    from bench.analysis.results import require_results
    from bench.report import write_report
    from bench.writer import check_writable

    check_writable(results)
    for file in write_report(require_results(results), results):
        console().print(f"wrote {file}", markup=False)
