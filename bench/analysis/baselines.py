"""The rows of boards that no detector has: `bench.evaluation.baselines` on each board's own test rows."""

from __future__ import annotations

import pandas as pd

from bench.analysis.results import SuiteResults, column
from bench.evaluation.baselines import BASELINES, Baseline
from bench.evaluation.metrics import METRICS, RANKING


def baseline_trials(results: SuiteResults, regime: str) -> pd.DataFrame:
    """A row for each baseline, dataset and seed of a board whose records say how many anomalies there were.

    Columns are those of `SuiteResults.frame` that a board's figures are made from. Decisions stand under the
    suite's headline policy.
    """
    return results.once(f"baselines, {regime}", lambda: _baseline_trials(results, regime))


def _baseline_trials(results: SuiteResults, regime: str) -> pd.DataFrame:
    counts = anomaly_counts(results.board(regime))
    parts = [_values(baseline, counts, results.headline) for baseline in BASELINES.values()]
    return pd.concat(parts, ignore_index=True).assign(regime=regime, status="ok")


def anomaly_counts(frame: pd.DataFrame) -> pd.DataFrame:
    """The numbers of ``anomalies`` and ``normals`` among the test rows of each ``dataset`` and ``seed``.

    Without those of which no record says it.
    """
    found = pd.DataFrame(
        {"anomalies": column(frame, "rows.test_anomalies"), "rows": column(frame, "rows.test")}
    )
    counted = found.groupby([frame["dataset"], frame["seed"]], sort=False).first()
    counted["normals"] = counted.pop("rows") - counted["anomalies"]
    return counted[(counted > 0).all(axis="columns")].astype(int).reset_index()


def _values(baseline: Baseline, counts: pd.DataFrame, headline: str) -> pd.DataFrame:
    pairs = counts[["anomalies", "normals"]].drop_duplicates()
    known = pd.DataFrame(
        [
            {
                **pair,
                **{f"{RANKING if METRICS[name].needs == 'scores' else headline}.{name}": value
                   for name, value in baseline.values(pair["anomalies"], pair["normals"]).items()},
            }
            for pair in pairs.to_dict("records")
        ],
        columns=None if len(pairs) else ["anomalies", "normals"],
    )  # fmt: skip
    return counts.merge(known, how="left").assign(detector=baseline.name)
