"""``report``: write every table and the page anew from stored runs."""

from __future__ import annotations

from pathlib import Path

from bench.cli import _options as options
from bench.cli._output import console, say_logged


def command(results: options.Results = Path("results"), mlflow: options.Mlflow = None) -> None:
    """Write the tables and the page in the results folder anew from the runs stored there.

    No trial is run, and the same runs give the same files, byte for byte. The page, report/index.html, opens
    in a browser from disk, with no network. What is said of a suite is kept in the user's cache folder, or
    that of BENCH_CACHE_DIR, and made again when its results change.
    """
    from bench.analysis.results import require_results
    from bench.report import write_report
    from bench.report.mlflow_log import check_mlflow
    from bench.runs.writing import check_writable

    check_writable(results)
    if mlflow is not None:
        check_mlflow(mlflow)
    loaded = require_results(results)
    for file in write_report(loaded, results):
        console().print(f"wrote {file}", markup=False)
    if mlflow is not None:
        for found in loaded:
            say_logged(found, mlflow)
