"""Timing tables: what each detector's trials cost."""

from __future__ import annotations

import pandas as pd

from bench.analysis.leaderboard import column
from bench.analysis.results import SuiteResults


def timing(results: SuiteResults) -> pd.DataFrame:
    """Costs of each detector and regime, over all datasets and seeds, cheapest first.

    fit_seconds, stage_seconds: mean and standard deviation over trials. stage_batch: how many stages were
    fitted together, at most. score_microseconds: per test row. cold_seconds: the first fit in a process,
    imports and just-in-time compilation included, on a few rows. peak_memory_mib: the highest growth of
    resident memory in any trial.
    """
    ok = results.frame[results.frame["status"] == "ok"]
    keys = [ok["detector"], ok["regime"]]
    per_row = 1e6 * column(ok, "costs.score_seconds") / column(ok, "rows.test")
    fit, stage = column(ok, "costs.fit_seconds"), column(ok, "costs.stage_seconds")
    table = pd.DataFrame(
        {
            "trials": ok.groupby(["detector", "regime"]).size(),
            "fit_seconds_mean": fit.groupby(keys).mean(),
            "fit_seconds_std": fit.groupby(keys).std(),
            "stage_seconds_mean": stage.groupby(keys).mean(),
            "stage_seconds_std": stage.groupby(keys).std(),
            "stage_batch": column(ok, "costs.stage_batch").groupby(keys).max(),
            "score_microseconds_mean": per_row.groupby(keys).mean(),
            "score_microseconds_std": per_row.groupby(keys).std(),
            "cold_seconds": column(ok, "costs.cold_seconds").groupby(keys).mean(),
            "peak_memory_mib": column(ok, "costs.peak_memory_bytes").groupby(keys).max() / 2**20,
            "device": ok.groupby(["detector", "regime"])["costs.device"].first(),
        }
    )
    total = table["fit_seconds_mean"] + table["stage_seconds_mean"]
    return table.loc[total.sort_values(kind="stable").index]
