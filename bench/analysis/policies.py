"""What a detector's F1 owes to its threshold: F1 under each policy, and how far below the best possible."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from bench.analysis.results import SuiteResults, column
from bench.analysis.ties import TOLERANCE
from bench.evaluation.entries import Metric
from bench.evaluation.metrics import DECIDED_BY, METRICS
from bench.evaluation.policies import ORACLE, POLICIES

CLEAN = ("clean", "clean_low", "clean_high")


def decision_metrics() -> list[Metric]:
    """What is shown of a policy besides its gap."""
    return [m for m in METRICS.values() if m.needs == "threshold" and m.shown != "records"]


def policies_of(frame: pd.DataFrame) -> list[str]:
    """The policies that records have, but the oracle: the harness's own first, then further ones by name."""
    suffix = f".{DECIDED_BY.name}"
    columns = [name for name in map(str, frame) if name.endswith(suffix) and frame[name].notna().any()]
    found = {name.removesuffix(suffix) for name in columns} - {ORACLE.name}
    own = [name for name in POLICIES if name in found and is_own(name)]
    return own + sorted(found.difference(own))


def is_own(policy: str) -> bool:
    """Whether it is one that each run applies."""
    return policy in POLICIES and not POLICIES[policy].afterwards


def reads_labels(policy: str) -> bool:
    """Whether it reads labels of rows that it is not judged by."""
    return policy in POLICIES and "calibration_labels" in POLICIES[policy].sees


def by_detector(results: SuiteResults, regime: str) -> pd.DataFrame:
    """A row for each detector that has a trial that ended "ok", in alphabetical order.

    ``f1.POLICY``: F1 under each policy and under the oracle, the mean over datasets of the mean over seeds;
    NaN where it never applied. ``gap.POLICY``: how much of the oracle's F1 is lost to it, over the trials to
    which it applied. ``applies.POLICY``: to which fraction of the trials.
    """
    ok = _ok(results, regime)
    policies = policies_of(ok)
    table = pd.DataFrame(index=pd.Index(sorted(ok["detector"].unique()), name="detector"))
    f1 = {policy: column(ok, f"{policy}.{DECIDED_BY.name}") for policy in (*policies, ORACLE.name)}
    for policy, values in f1.items():
        table[f"f1.{policy}"] = _mean_over_datasets(ok, values)
    for policy in policies:
        table[f"gap.{policy}"] = _mean_over_datasets(ok, f1[ORACLE.name] - f1[policy])
        table[f"applies.{policy}"] = f1[policy].notna().groupby(ok["detector"]).mean()
    return table


def summary(results: SuiteResults, regime: str, table: pd.DataFrame) -> pd.DataFrame:
    """A row for each policy, the smallest gap first: means over the detectors of ``table``, which is that of
    `by_detector`, each by its mean over datasets.

    ``gap``: F1 lost to the oracle; ``gap_std``: its standard deviation over detectors; each of
    `decision_metrics`; ``detectors``: how many it applied to; ``best``: for which fraction of them no other
    policy has a higher F1; ``labels``: how many labelled rows it reads; ``clean``, ``clean_low`` and
    ``clean_high``: the share that it flags of scores without an anomaly, mean, lowest and highest over seeds.
    """
    ok = _ok(results, regime)
    policies, decisions = policies_of(ok), [metric.name for metric in decision_metrics()]
    f1 = table[[f"f1.{policy}" for policy in policies]]
    rows = []
    for policy in policies:
        gap, applied = table[f"gap.{policy}"], f1[f"f1.{policy}"].notna()
        is_best = f1[f"f1.{policy}"] >= f1.max(axis=1) - TOLERANCE
        rows.append(
            {
                "policy": policy,
                "gap": gap.mean(),
                "gap_std": gap.std(),
                **{name: _over_detectors(ok, f"{policy}.{name}") for name in decisions},
                "detectors": int(applied.sum()),
                "best": is_best[applied].mean(),
                "labels": _labels(ok) if reads_labels(policy) else 0.0,
                **dict(zip(CLEAN, _clean(results, policy), strict=True)),
            }
        )
    columns = ["policy", "gap", "gap_std", *decisions, "detectors", "best", "labels", *CLEAN]
    return pd.DataFrame(rows, columns=columns).sort_values(["gap", "policy"], ignore_index=True)


def _clean(results: SuiteResults, policy: str) -> tuple[float, float, float]:
    """Mean, lowest and highest share of scores without an anomaly that it flags; NaN where none was noted."""
    shares = [run.info.flagged_clean[policy] for run in results.runs.values()
              if run.info.flagged_clean.get(policy)]  # fmt: skip
    latest = shares[-1] if shares else [math.nan]
    return sum(latest) / len(latest), min(latest), max(latest)


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
    found = list(summary["policy"])
    others = [policy for policy in found if not is_own(policy)]
    own = [policy for policy in POLICIES if policy in found and is_own(policy)]
    return [*own, *others[: max(0, most - len(own))]]
