"""Two runs beside each other: what has changed in quality and in cost, trial by trial.

A trial of one run is paired with the trial of the other that asks the same question: detector, parameters,
dataset, seed and regime. If only chance differs between the runs, each difference is as likely to be positive
as negative, whatever the data are; so the trials of a detector on all datasets may be tested together.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
import pandas as pd

from bench.analysis.measures import COSTS, Measure, measures
from bench.analysis.statistics.intervals import student_interval
from bench.analysis.statistics.rank_tests import holm, least_p_value, signed_rank
from bench.analysis.ties import without_rounding
from bench.runs.reading import Run
from bench.trials.environment import Environment
from bench.trials.record import Record

ALL = "(all)"
# A cost that moves by less moves with what else the machine does.
SMALL_CHANGE = 0.1
# What of an environment decides how fast a trial is, whatever its code.
MACHINE = ("cpu", "cores", "gpu", "threads_per_trial")

BETTER, WORSE, SAME, OPEN, FEW = "better", "worse", "identical", "not told apart", "too few pairs differ"
VERDICTS = (BETTER, WORSE, SAME, OPEN, FEW)

Pair = tuple[Record, Record]


@dataclass(frozen=True)
class RunComparison:
    """What differs between run A and run B, whose ``names`` these are.

    ``rows``: for each detector, regime, dataset (or "(all)") and measure, ``pairs`` and how many of them
    ``differ``, means ``a`` and ``b``, ``change`` with ``low`` and ``high``, ``balance`` and ``p`` as of
    ``signed_rank``, ``p_holm`` and ``verdict``. The change is B less A for what is better high, and the ratio
    B / A for costs. ``broken``: trials that ended "ok" in A and not in B.
    ``environment`` and ``code`` name what else differs, a line each. ``same_machine``: whether costs can be
    compared.
    """

    rows: pd.DataFrame
    broken: list[Record]
    environment: list[str]
    code: list[str]
    same_machine: bool
    names: tuple[str, str]

    @property
    def is_worse(self) -> bool:
        """Whether anything is significantly worse, or fails that did not; costs only on the same machine."""
        counted = self.rows if self.same_machine else self.rows[~_of_costs(self.rows)]
        return bool(self.broken) or bool((counted["verdict"] == WORSE).any())

    @property
    def measures(self) -> list[Measure]:
        """What some pairs have: runs of older versions lack what is measured since."""
        paired = set(self.rows["measure"][self.rows["pairs"] > 0])
        return [measure for key, measure in measures().items() if key in paired]


def compare_runs(a: Run, b: Run, alpha: float = 0.05) -> RunComparison:
    """The trials that both runs have, compared; none of them gives no rows."""
    before, after = _by_question(a), _by_question(b)
    paired = [(before[question], after[question]) for question in before if question in after]
    headlines = a.info.suite.headline, b.info.suite.headline
    environments = [
        _environments(run, side) for run, side in zip((a, b), zip(*paired, strict=True), strict=False)
    ]
    environment = _changes(*environments) if paired else []
    return RunComparison(
        rows=_judged(_rows(paired, headlines, alpha), alpha),
        broken=[new for old, new in paired if old.status == "ok" != new.status],
        environment=environment,
        code=_changed_code(paired),
        same_machine=not any(line.partition(":")[0] in MACHINE for line in environment),
        names=(a.name, b.name),
    )


def _by_question(run: Run) -> dict[str, Record]:
    """The last record of each question."""
    return {record.question: record for record in run.records()}


def _rows(paired: Sequence[Pair], headlines: tuple[str, str], alpha: float) -> pd.DataFrame:
    groups: dict[tuple[str, str], dict[str, list[Pair]]] = {}
    for pair in paired:
        record = pair[0]
        places = groups.setdefault((record.detector.label, record.regime), {})
        places.setdefault(record.dataset.label, []).append(pair)
    known = {key: measure for key, measure in measures().items() if _is_known(measure, paired, headlines)}
    rows = []
    for (detector, regime), places in groups.items():
        together = {ALL: [pair for pairs in places.values() for pair in pairs]} if len(places) > 1 else {}
        for dataset, pairs in {**together, **places}.items():
            for key, measure in known.items():
                values = _values(pairs, measure, headlines)
                named = {"detector": detector, "regime": regime, "dataset": dataset, "measure": key}
                rows.append({**named, **_difference(values, measure, alpha)})
    columns = [
        "detector",
        "regime",
        "dataset",
        "measure",
        "pairs",
        "differ",
        "a",
        "b",
        "change",
        "low",
        "high",
        "balance",
        "p",
    ]
    return pd.DataFrame(rows, columns=columns)


def _is_known(measure: Measure, paired: Sequence[Pair], headlines: tuple[str, str]) -> bool:
    """Whether it may be compared: what only series have, where any trial has it."""
    if measure.quality is None or not measure.quality.metric.is_of_series:
        return True
    both = ((record, headline) for pair in paired for record, headline in zip(pair, headlines, strict=True))
    return any(measure.value(record, headline) is not None for record, headline in both)


def _values(pairs: Iterable[Pair], measure: Measure, headlines: tuple[str, str]) -> Any:
    """Values of shape (pairs, 2), NaN for what failed; pairs that lack the measure are left out."""
    found = [
        [_value(record, measure, headline) for record, headline in zip(pair, headlines, strict=True)]
        for pair in pairs
    ]
    return np.array([values for values in found if None not in values], dtype=float).reshape(-1, 2)


def _value(record: Record, measure: Measure, headline: str) -> float | None:
    """NaN for what did not end "ok"."""
    return measure.value(record, headline) if record.status == "ok" else float("nan")


def _difference(values: Any, measure: Measure, alpha: float) -> dict[str, float]:
    """How far B is from A, ``values`` of shape (pairs, 2); what failed is worst, but in no mean."""
    if measure.quality is None:
        known = values[(values > 0).all(axis=1)]
        changes = tested = np.log(known[:, 1] / known[:, 0])
    else:
        known = values[~np.isnan(values).any(axis=1)]
        changes = known[:, 1] - known[:, 0]
        tested = np.diff(np.nan_to_num(values, nan=measure.quality.metric.failure), axis=1)[:, 0]
    if not len(tested):
        return {"pairs": 0, "differ": 0}
    tested = without_rounding(tested)
    test = signed_rank(tested[:, None])
    found = {
        "pairs": len(tested),
        "differ": int(np.count_nonzero(tested)),
        "balance": float(test.balance[0]),
        "p": float(test.p_value[0]),
    }
    if len(known):
        low, high = student_interval(changes, alpha)
        a, b = known.mean(axis=0)
        scale = np.exp if measure.is_cost else float
        found |= {"a": a, "b": b, "change": float(scale(changes.mean())), "low": float(scale(low)),
                  "high": float(scale(high))}  # fmt: skip
    return found


def _judged(rows: pd.DataFrame, alpha: float) -> pd.DataFrame:
    """With p-values corrected by Holm, among quality and among costs, and verdicts.

    Quality is one question and costs another: what else a machine does moves seconds, and may not hide that a
    detector became worse. Rows where too few pairs differ to be significant take nothing from the others
    (Tarone, 1990): the test asks for signs given the sizes of the differences, which say nothing of signs.
    """
    testable = rows["differ"].map(lambda n: least_p_value(int(n)) <= alpha)
    p_values = rows["p"].where(testable)
    corrected = p_values.groupby(_of_costs(rows)).transform(lambda p: holm(p.to_numpy(float)))
    judged = rows.assign(p_holm=corrected)
    return judged.assign(verdict=[_verdict(row, alpha) for _, row in judged.iterrows()])


def _verdict(row: pd.Series, alpha: float) -> str:
    if row["pairs"] and not row["differ"]:
        return SAME
    if np.isnan(row["p_holm"]):
        return FEW
    if row["p_holm"] > alpha:
        return OPEN
    measure = measures()[row["measure"]]
    if measure.is_cost and 1 / (1 + SMALL_CHANGE) <= row["change"] <= 1 + SMALL_CHANGE:
        return OPEN
    return BETTER if (row["balance"] > 0) == measure.higher_is_better else WORSE


def _of_costs(rows: pd.DataFrame) -> pd.Series:
    return rows["measure"].isin([measure.key for measure in COSTS])


def _environments(run: Run, records: Iterable[Record]) -> list[Environment]:
    used = dict.fromkeys(record.environment for record in records)
    return [run.info.environments[key] for key in used if key in run.info.environments]


def _changes(before: Iterable[Environment], after: Iterable[Environment]) -> list[str]:
    """What differs between two sets of environments, a line each."""
    old, new = _facts(before), _facts(after)
    return [
        f"{name}: {' and '.join(old.get(name, ['none']))} -> {' and '.join(new.get(name, ['none']))}"
        for name in {**old, **new}
        if old.get(name) != new.get(name)
    ]


def _facts(environments: Iterable[Environment]) -> dict[str, list[str]]:
    """The values of each fact, libraries one by one."""
    found: dict[str, dict[str, None]] = {}
    for environment in environments:
        facts = msgspec.to_builtins(environment)
        libraries = facts.pop("libraries")
        for name, value in {**facts, **libraries}.items():
            found.setdefault(name, {})[str(value)] = None
    return {name: sorted(values) for name, values in found.items()}


def _changed_code(paired: Iterable[Pair]) -> list[str]:
    """Plugins whose file is another in run B, and datasets whose data are."""
    changed: dict[str, None] = {}
    for old, new in paired:
        for kind, name, what in (
            ("detector", old.detector.name, "its file"),
            ("dataset", old.dataset.name, "its file"),
            ("data", old.dataset.label, "its data"),
        ):
            if getattr(old.code, kind) != getattr(new.code, kind):
                changed[f"{name}: {what} changed"] = None
    return list(changed)
