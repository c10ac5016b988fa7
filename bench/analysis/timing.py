"""Timing tables: what each detector's trials cost."""

from __future__ import annotations

import pandas as pd

from bench.analysis.results import SuiteResults, column
from bench.trials.record import SECONDS


def trial_seconds(trials: pd.DataFrame) -> pd.Series:
    """What each trial that ended ok took: features, its shared stage, fitting, and scoring the test rows."""
    parts = [column(trials, f"costs.{part}") for part in SECONDS]
    return pd.concat(parts, axis=1).sum(axis=1)


def timing(results: SuiteResults) -> pd.DataFrame:
    """Costs of each detector and regime but of settings, over all datasets and seeds, cheapest first.

    features_seconds, stage_seconds, fit_seconds: mean and standard deviation over trials. stage_batch: how
    many stages were fitted together, at most. score_microseconds: per test row. cold_seconds: the first fit
    in a process, imports and just-in-time compilation included, on a few rows. peak_memory_mib: the highest
    growth of resident memory in any trial.
    """
    frame = results.frame
    ok = frame[(frame["status"] == "ok") & ~frame["detector"].isin(results.settings)]
    keys = [ok["detector"], ok["regime"]]
    per_row = 1e6 * column(ok, "costs.score_seconds") / column(ok, "rows.test")
    until_fitted = {
        f"{part}_{name}": spread
        for part in SECONDS[:-1]
        for name, spread in column(ok, f"costs.{part}").groupby(keys).agg(["mean", "std"]).items()
    }
    table = pd.DataFrame(
        {
            "trials": ok.groupby(["detector", "regime"]).size(),
            **until_fitted,
            "stage_batch": column(ok, "costs.stage_batch").groupby(keys).max(),
            "score_microseconds_mean": per_row.groupby(keys).mean(),
            "score_microseconds_std": per_row.groupby(keys).std(),
            "cold_seconds": column(ok, "costs.cold_seconds").groupby(keys).mean(),
            "peak_memory_mib": column(ok, "costs.peak_memory_bytes").groupby(keys).max() / 2**20,
            "device": ok.reindex(columns=["costs.device"])["costs.device"].groupby(keys).first(),
        }
    )
    total = table[[f"{part}_mean" for part in SECONDS[:-1]]].sum(axis=1)
    return table.loc[total.sort_values(kind="stable").index]
