"""false-alarms.md: how many new normal rows each threshold policy calls, beside the share asked for."""

from __future__ import annotations

import pandas as pd

from bench.analysis.cells import NONE, Row, number
from bench.analysis.results import SuiteResults, column
from bench.evaluation.metrics import METRICS
from bench.evaluation.policies import POLICIES, TRAIN_QUANTILE, headlines
from bench.report.markdown import environment_lines, table
from bench.report.studies import Study

RATE = METRICS["false_alarm_rate"].name
DIGITS = 3
EXPLANATION = """\
Detectors learn from normal rows alone, and new normal rows are scored; a false alarm is one that lies above
the threshold. *Asked* is the share that a policy is told to call; the others are told of none. A detector's
rate is the mean over datasets of the mean over seeds, *median* and *highest* are over detectors."""
BY_DETECTOR = """\
By detector, those with the most false alarms under `train-quantile` first. *Highest* is its rate there on
the dataset where that is highest, over seeds. Where scores are tied at the threshold, fewer rows than asked
lie above it."""


def markdown(results: SuiteResults) -> str:
    """The rates as tables; empty where no record has any, as those from before they were measured."""
    by_dataset = rates(results)
    if by_dataset.empty:
        return ""
    by_detector = by_dataset.groupby("detector").mean()
    parts = [
        f"# {results.title}",
        *environment_lines(results),
        EXPLANATION,
        table(["policy", "asked", "median", "highest", "detector"], policy_rows(by_detector, asked(results))),
        BY_DETECTOR,
        table(["detector", *_headlines(by_detector), "highest"], detector_rows(by_dataset)),
    ]
    return "\n\n".join(parts) + "\n"


def rates(results: SuiteResults) -> pd.DataFrame:
    """The mean rate over seeds: detectors in competition and datasets in rows, policies in columns."""
    frame = results.frame
    frame = frame[(frame["status"] == "ok") & ~frame["detector"].isin(results.references)]
    known = [name for name in POLICIES if f"{name}.{RATE}" in frame]
    columns = {name: column(frame, f"{name}.{RATE}") for name in known}
    keys = [frame["detector"], frame["dataset"]]
    return pd.DataFrame(columns, index=frame.index).groupby(keys).mean().dropna(axis="columns", how="all")


def asked(results: SuiteResults) -> float | None:
    """The share that all trials' policies are told; None where they are told several, or the true one."""
    told = set(results.frame["contamination"])
    [share] = told if len(told) == 1 else [None]
    return None if isinstance(share, str) else share


def policy_rows(by_detector: pd.DataFrame, share: float | None) -> list[Row]:
    """For each policy the median and the highest rate over detectors, and whose that is."""
    rows: list[Row] = []
    for policy, values in by_detector.items():
        is_told = "contamination" in POLICIES[str(policy)].sees and share is not None
        worst = str(values.idxmax())
        rows.append(
            [
                str(policy),
                number(share, DIGITS) if is_told else NONE,
                number(values.median(), DIGITS),
                number(values.max(), DIGITS),
                worst,
            ]
        )
    return rows


def detector_rows(by_dataset: pd.DataFrame) -> list[Row]:
    """For each detector its rates under the policies that need no labels, and the highest of a dataset."""
    by_detector = by_dataset.groupby("detector").mean()
    if TRAIN_QUANTILE not in by_detector:
        return []
    shown = by_detector[_headlines(by_detector)]
    shown = shown.assign(highest=by_dataset[TRAIN_QUANTILE].groupby("detector").max())
    ordered = shown.sort_values(TRAIN_QUANTILE, ascending=False, kind="stable")
    return [[str(name), *(number(value, DIGITS) for value in row)] for name, *row in ordered.itertuples()]


def _headlines(by_detector: pd.DataFrame) -> list[str]:
    return [name for name in headlines() if name in by_detector]


def texts(results: SuiteResults) -> dict[str, str]:
    """The file, where there is something to say."""
    text = markdown(results)
    return {"false-alarms.md": text} if text else {}


STUDY = Study(suites=("false-alarms",), texts=texts)
