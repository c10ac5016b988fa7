"""thresholds.md: F1 under each threshold policy, and how much of it is lost to the threshold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from bench import escaping
from bench.analysis.cells import (
    NONE,
    Row,
    TableCell,
    TableColumn,
    count,
    laid_out,
    number,
    percent,
    with_spread,
)
from bench.analysis.leaderboard import leaderboard
from bench.analysis.policies import CLEAN as CLEAN_SHARES
from bench.analysis.policies import by_detector, decision_metrics, policies_of, shown_policies, summary
from bench.analysis.results import SuiteResults
from bench.evaluation.metrics import DECIDED_BY
from bench.evaluation.policies import ORACLE, POLICIES
from bench.report.markdown import heading, items, table

# As many columns as a table of detectors can hold side by side.
SHOWN = 8
POLICY = "A detector gives scores; a *threshold policy* makes decisions of them."
FIGURES = """\
*Labels* are the labelled rows that a policy reads, whatever the regime shows the detector; such a policy
ranks no board. The *gap* to the oracle is the F1 that is lost to the threshold and not to the scores. All
figures are means over detectors of the mean over datasets; a gap is taken over the trials that its policy
applied to, with the standard deviation over detectors. *Best* is for how many of the detectors no other
policy has a higher F1."""
CLEAN = """\
*Clean* is the share that a method flags of 1 000 scores without an anomaly, absolute values of standard
normal ones: the mean, the lowest and the highest of five seeds."""


def explanation(loaded: Sequence[SuiteResults]) -> str:
    """How to read the tables: what each policy that they have does, and each column."""
    found = {policy for results in loaded for policy in policies_of(results.frame)} | {ORACLE.name}
    known = [policy for name, policy in POLICIES.items() if name in found]
    own = [f"*{policy.name.capitalize()}* is {policy.description}." for policy in known if not policy.family]
    families = {policy.family: f"Those of {policy.family} are {policy.description}." for policy in known}
    families.pop("", None)
    by_order = [policy.name for policy in known if policy.order_matters]
    if by_order:
        families["by order"] = f"The order of the rows matters to {', '.join(by_order)}."
    noted = any(run.info.flagged_clean for results in loaded for run in results.runs.values())
    return "\n\n".join([POLICY, items([*own, *families.values()]), FIGURES, *[CLEAN] * noted])


def section(results: SuiteResults) -> str:
    """The threshold policies of a suite, a part for each regime."""
    parts = [heading(results), *decided_by(results)]
    for regime in results.regimes():
        parts.append(f"### {regime}")
        parts += _regime(results, regime)
    return "\n\n".join(parts)


def _regime(results: SuiteResults, regime: str) -> list[str]:
    each = by_detector(results, regime)
    found = summary(results, regime, each)
    if found.empty:
        return ["No trial ended `ok`."]
    shown = shown_policies(found, SHOWN)
    each = each.reindex([name for name in leaderboard(results, regime).index if name in each.index])
    return [
        table(*summary_cells(found)),
        table(*detector_cells(each, shown)),
    ]


def summary_cells(found: pd.DataFrame) -> tuple[list[str], list[Row]]:
    """The table of `bench.analysis.policies.summary`."""
    decisions = [
        TableColumn(metric.title, partial(_number, metric.name))
        for metric in decision_metrics()
        if found[metric.name].notna().any()
    ]
    columns = [
        TableColumn("policy", lambda row: str(row["policy"])),
        TableColumn("gap", lambda row: with_spread(row["gap"], row["gap_std"])),
        *decisions,
        TableColumn("detectors", lambda row: count(row["detectors"])),
        TableColumn("best", lambda row: percent(row["best"])),
        TableColumn("labels", lambda row: count(row["labels"])),
    ]
    if found["clean"].notna().any():
        columns.append(TableColumn("clean", _clean))
    return laid_out(columns, found.to_dict("records"))


def detector_cells(found: pd.DataFrame, policies: Sequence[str]) -> tuple[list[str], list[Row]]:
    """The table of `bench.analysis.policies.by_detector`, with a column for each of the policies."""
    gaps = [f"gap.{policy}" for policy in policies]
    columns = [
        TableColumn(f"{DECIDED_BY.title} by", lambda row: str(row["detector"])),
        *(TableColumn(policy, partial(_f1, policy)) for policy in policies),
        TableColumn(ORACLE.name, partial(_number, f"f1.{ORACLE.name}")),
        TableColumn(
            "smallest gap", lambda row: number(pd.Series([row[gap] for gap in gaps], dtype=float).min())
        ),
    ]
    return laid_out(columns, found.reset_index().to_dict("records"))


def _number(name: str, row: Mapping[Any, Any]) -> TableCell:
    return number(row[name])


def _clean(row: Mapping[Any, Any]) -> TableCell:
    """The share of clean scores that are flagged, and its range over seeds."""
    mean, low, high = (row[name] for name in CLEAN_SHARES)
    if math.isnan(mean):
        return NONE
    return TableCell(f"{_percent(mean)} [{_percent(low)}, {_percent(high)}]", mean)


def _percent(share: float) -> str:
    return f"{100 * share:.2g} %" if share < 0.1 else f"{100 * share:.0f} %"


def _f1(policy: str, row: Mapping[Any, Any]) -> TableCell:
    """F1, with a mark where the policy applied to some of the trials only."""
    found = number(row[f"f1.{policy}"])
    if found == NONE or row[f"applies.{policy}"] == 1:
        return found
    return TableCell(f"{found} *", found.value)


def decided_by(results: SuiteResults) -> list[str]:
    """A line that says which library's methods have judged; none where none has."""
    noted = {by for run in results.runs.values() for by in run.info.policies.values()}
    return [f"Threshold methods: {escaping.markdown(', '.join(sorted(noted)))}."] if noted else []
