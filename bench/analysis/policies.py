"""What a detector's F1 owes to its threshold: F1 under each policy, and how far below the best possible."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from bench.analysis.leaderboard import column
from bench.analysis.results import SuiteResults
from bench.evaluation.policies import POLICIES
from bench.runs.thresholders import PREFIX

ORACLE = "oracle"
SUMMARY = ["policy", "gap", "gap_std", "f1", "precision", "recall", "detectors", "best", "labels"]


def policies_of(frame: pd.DataFrame) -> list[str]:
    """The policies that records have, the oracle aside: the harness's own first, then those of pythresh."""
    columns = [name for name in map(str, frame) if name.endswith(".f1") and frame[name].notna().any()]
    found = {name.removesuffix(".f1") for name in columns}
    own = [policy for policy in POLICIES if policy in found and policy != ORACLE]
    return own + sorted(policy for policy in found if policy.startswith(PREFIX))


def by_detector(results: SuiteResults, regime: str) -> pd.DataFrame:
    """A row for each detector that has a trial that ended "ok", in alphabetical order.

    ``f1.POLICY``: F1 under each policy and under the oracle, the mean over datasets of the mean over seeds;
    NaN where it never applied. ``gap.POLICY``: how much of the oracle's F1 is lost to it, over the trials to
    which it applied. ``applies.POLICY``: to which share of the trials.
    """
    ok = _ok(results, regime)
    policies = policies_of(ok)
    table = pd.DataFrame(index=pd.Index(sorted(ok["detector"].unique()), name="detector"))
    f1 = {policy: column(ok, f"{policy}.f1") for policy in (*policies, ORACLE)}
    for policy, values in f1.items():
        table[f"f1.{policy}"] = _mean_over_datasets(ok, values)
    for policy in policies:
        table[f"gap.{policy}"] = _mean_over_datasets(ok, f1[ORACLE] - f1[policy])
        table[f"applies.{policy}"] = f1[policy].notna().groupby(ok["detector"]).mean()
    return table


def summary(results: SuiteResults, regime: str, table: pd.DataFrame) -> pd.DataFrame:
    """A row for each policy, the smallest gap first: means over the detectors of ``table``, which is that of
    `by_detector`, each by its mean over datasets.

    ``gap``: F1 lost to the oracle; ``gap_std``: its standard deviation over detectors; ``f1``,
    ``precision``, ``recall``; ``detectors``: how many it applied to; ``best``: for which share of them no
    other policy has a higher F1; ``labels``: how many labelled rows it reads.
    """
    ok = _ok(results, regime)
    policies = policies_of(ok)
    f1 = table[[f"f1.{policy}" for policy in policies]]
    rows = []
    for policy in policies:
        gap, applied = table[f"gap.{policy}"], f1[f"f1.{policy}"].notna()
        is_best = f1[f"f1.{policy}"] >= f1.max(axis=1)
        rows.append(
            {
                "policy": policy,
                "gap": gap.mean(),
                "gap_std": gap.std(),
                "f1": f1[f"f1.{policy}"].mean(),
                **{name: _over_detectors(ok, f"{policy}.{name}") for name in ("precision", "recall")},
                "detectors": int(applied.sum()),
                "best": is_best[applied].mean(),
                "labels": _labels(ok) if policy == "calibration" else 0.0,
            }
        )
    return pd.DataFrame(rows, columns=SUMMARY).sort_values(["gap", "policy"], ignore_index=True)


def _ok(results: SuiteResults, regime: str) -> pd.DataFrame:
    """The trials of a board that ended "ok", of detectors in competition."""
    frame = results.board(regime)
    return frame[(frame["status"] == "ok") & ~frame["detector"].isin(results.references)]


def _mean_over_datasets(ok: pd.DataFrame, values: pd.Series) -> pd.Series:
    mean: pd.Series = values.groupby([ok["detector"], ok["dataset"]]).mean().groupby("detector").mean()
    return mean


def _over_detectors(ok: pd.DataFrame, name: str) -> float:
    return float(_mean_over_datasets(ok, column(ok, name)).mean())


def _labels(ok: pd.DataFrame) -> float:
    held = column(ok, "rows.holdout")
    return float(held[held > 0].mean())


def shown_policies(summary: pd.DataFrame, most: int) -> Sequence[str]:
    """The harness's own policies, and of the others those with the smallest gaps, ``most`` at the most."""
    others = [policy for policy in summary["policy"] if policy.startswith(PREFIX)]
    own = [policy for policy in POLICIES if policy in set(summary["policy"])]
    return [*own, *others[: max(0, most - len(own))]]
