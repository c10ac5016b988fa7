"""``compare``: what differs between two runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.cli import _options as options
from bench.cli._output import console, table

if TYPE_CHECKING:
    from bench.analysis.comparison import RunComparison
    from bench.analysis.measures import Measure


class FailOn(StrEnum):
    worse = "worse"


def command(
    run_a: Annotated[str, typer.Argument(help="A run by its name, or its folder: what was before.")],
    run_b: Annotated[str, typer.Argument(help="Another run: what is now.")],
    results: options.Results = Path("results"),
    fail_on: Annotated[
        FailOn | None,
        typer.Option(
            help="With 'worse': exit code 1 if anything is significantly worse, or fails that did not."
        ),
    ] = None,
    alpha: Annotated[
        float,
        typer.Option(help="How often chance may find a difference, in all of quality and in all of costs."),
    ] = 0.05,
) -> None:
    """Compare two runs trial by trial: F1, ROC AUC, seconds (fitting and scoring) and memory.

    Trials of the same detector, dataset, seed and regime are paired. ▲ marks what is significantly better in
    run B and ▼ what is worse, by Wilcoxon's signed-rank test with Holm's correction for all of quality that
    differs, and for all costs; a cost must differ by 10 % besides. Intervals are 95 % unless --alpha says
    otherwise. Costs are not judged where the runs come from different machines.
    """
    from bench import api

    compared = api.compare(run_a, run_b, results=results, alpha=alpha)
    _print(compared)
    if fail_on is FailOn.worse and compared.is_worse:
        raise typer.Exit(1)


def _print(compared: RunComparison) -> None:
    from bench.analysis.comparison import VERDICTS

    out = console()
    out.print("A: {}, B: {}".format(*compared.names), markup=False)
    for line in [*compared.environment, *compared.code]:
        out.print(f"changed: {line}", markup=False)
    if not compared.same_machine:
        out.print("The machines differ: costs are shown and not judged.")
    out.print()
    shown = compared.measures
    titles = [measure.title + ", B / A" * measure.is_cost for measure in shown]
    headers = ["detector", "regime", "dataset", "pairs", *titles]
    out.print(table(headers, _rows(compared), right=range(3, len(headers))))
    for record in compared.broken:
        where = f"{record.detector.label} on {record.dataset.label}, seed {record.seed}"
        out.print(f"ok in A, {record.status} in B: {where}: {record.reason}", markup=False)
    counts = compared.rows["verdict"].value_counts()
    found = ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if verdict in counts)
    out.print(f"{len(compared.rows)} comparisons: {found}", markup=False)


def _rows(compared: RunComparison) -> list[list[str]]:
    keys = ["detector", "regime", "dataset"]
    found = []
    for key, group in compared.rows.groupby(keys, sort=False):
        by_measure = {row["measure"]: row for row in group.to_dict("records")}
        cells = [_cell(compared, measure, by_measure[measure.key]) for measure in compared.measures]
        found.append([*map(str, key), str(group["pairs"].max()), *cells])
    return found


def _cell(compared: RunComparison, measure: Measure, row: Mapping[Any, Any]) -> str:
    from bench.analysis.comparison import BETTER, SAME, WORSE

    if row["verdict"] == SAME and not math.isnan(row["change"]):
        return "identical"
    judged = compared.same_machine or not measure.is_cost
    mark = {BETTER: " ▲", WORSE: " ▼"}.get(row["verdict"], "") if judged else ""
    return interval([row["change"], row["low"], row["high"]], signed=not measure.is_cost) + mark


def interval(values: Sequence[float], *, signed: bool) -> str:
    """``-0.031 [-0.050, -0.012]``; the value alone where there is no interval."""
    value, low, high = (f"{each:{'+' if signed else ''}.{3 if signed else 2}f}" for each in values)
    if math.isnan(values[0]):
        return "–"
    return value if math.isnan(values[1]) else f"{value} [{low}, {high}]"
