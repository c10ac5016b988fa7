"""thresholds.md: F1 under each threshold policy, and how much of it is lost to the threshold."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from bench.analysis.leaderboard import leaderboard
from bench.analysis.policies import by_detector, shown_policies, summary
from bench.analysis.results import SuiteResults
from bench.report.markdown import NONE, number, percent, table, with_spread

# As many columns as a table of detectors can hold side by side.
SHOWN = 8
SUMMARY_HEADERS = ["policy", "gap", "F1", "precision", "recall", "detectors", "best", "labels"]
EXPLANATION = """\
A detector gives scores; a *threshold policy* makes decisions of them. *Native* is the detector's own
threshold, *train-quantile* the training score that the stated share of rows exceeds, *calibration* the
threshold with the best F1 on labelled rows that the detector has not learnt from; it reads so many *labels*,
whatever the regime shows the detector, and so it ranks no board. Those of pythresh set a threshold by the
test rows' scores alone. The *oracle* has the best F1 on the test rows' own labels; the *gap* to it is the F1
that is lost to the threshold and not to the scores. All figures are means over detectors of the mean over
datasets; a gap is taken over the trials that its policy applied to, with the standard deviation over
detectors. *Best* is for how many of the detectors no other policy has a higher F1."""


def markdown(loaded: Sequence[SuiteResults]) -> str:
    """A section for each suite, a part for each regime."""
    parts = ["# Thresholds", EXPLANATION]
    for results in loaded:
        parts.append(f"## {results.name}: {results.title}")
        parts += decided_by(results)
        for regime in results.regimes():
            parts.append(f"### {regime}")
            parts += _regime(results, regime)
    return "\n\n".join(parts) + "\n"


def _regime(results: SuiteResults, regime: str) -> list[str]:
    each = by_detector(results, regime)
    found = summary(results, regime, each)
    if found.empty:
        return ["No trial ended `ok`."]
    shown = shown_policies(found, SHOWN)
    each = each.reindex([name for name in leaderboard(results, regime).index if name in each.index])
    return [
        table(SUMMARY_HEADERS, summary_rows(found)),
        table(detector_headers(shown), detector_rows(each, shown)),
    ]


def summary_rows(found: pd.DataFrame) -> list[list[str]]:
    """The cells of `bench.analysis.policies.summary`, under SUMMARY_HEADERS."""
    return [
        [
            row["policy"],
            with_spread(row["gap"], row["gap_std"]),
            number(row["f1"]),
            number(row["precision"]),
            number(row["recall"]),
            str(row["detectors"]),
            percent(row["best"]),
            number(row["labels"], 0),
        ]
        for _, row in found.iterrows()
    ]


def detector_headers(policies: Sequence[str]) -> list[str]:
    return ["F1 by", *policies, "oracle", "smallest gap"]


def detector_rows(found: pd.DataFrame, policies: Sequence[str]) -> list[list[str]]:
    """The cells of `bench.analysis.policies.by_detector`, under `detector_headers`."""
    return [
        [
            str(detector),
            *(_f1(row, policy) for policy in policies),
            number(row["f1.oracle"]),
            number(row[[f"gap.{policy}" for policy in policies]].min()),
        ]
        for detector, row in found.iterrows()
    ]


def _f1(row: pd.Series, policy: str) -> str:
    """F1, with a mark where the policy applied to some of the trials only."""
    value = row[f"f1.{policy}"]
    if pd.isna(value):
        return NONE
    return number(value) + ("" if row[f"applies.{policy}"] == 1 else " *")


def decided_by(results: SuiteResults) -> list[str]:
    """A line that says which library's methods have judged; none where none has."""
    noted = {by for run in results.runs.values() for by in run.info.get("policies", {}).values()}
    return [f"Threshold methods: {', '.join(sorted(noted))}."] if noted else []
