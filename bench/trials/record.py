"""The record that a trial leaves: one type from the trial over the file to the tables.

What a field holds is said in docs/guide/records.md. A new one is an entry in its struct, with a default that
older records get; one of `RowCounts`, `Copies`, `Alone` or `Costs` is also a column of the data frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, structs

from bench.plugins.contract import Regime
from bench.splits.audit import Copies
from bench.trials.trial import Code, Contamination, Named, Trial

if TYPE_CHECKING:
    from bench.evaluation.entries import Scored
    from bench.evaluation.judging import Judgement
    from bench.splits.arrays import Floats, Labels

Status = Literal["ok", "failed", "timeout", "out-of-memory", "skipped"]

# Raised when a field is added to the record or to one of its parts.
VERSION = 3

# What a trial's seconds are made of, as its costs name them.
SECONDS = ("features_seconds", "stage_seconds", "fit_seconds", "score_seconds")


class Head(Struct, frozen=True, gc=False):
    """What of a record says whether its trial is to run again, read without the rest."""

    key: str
    question: str
    status: Status


class RowCounts(Struct, frozen=True, gc=False):
    """How many rows a trial saw, and their columns; None where the trial came to no scores."""

    train: int | None = None
    calibration: int | None = None
    holdout: int | None = None
    test: int | None = None
    test_anomalies: int | None = None
    columns: int | None = None
    unseen: int | None = None


class Costs(Struct, frozen=True, gc=False):
    """What a trial cost, in seconds and bytes; None where that was not measured."""

    fit_seconds: float | None = None
    score_seconds: float | None = None
    cold_seconds: float | None = None
    device: str | None = None
    features_seconds: float | None = None
    stage: str | None = None
    stage_seconds: float | None = None
    stage_batch: int | None = None
    peak_memory_bytes: int | None = None
    peak_device_memory_bytes: int | None = None
    total_seconds: float | None = None
    unseen_seconds: float | None = None

    @property
    def seconds(self) -> float:
        """Features, the shared stage, fitting, and scoring the test rows."""
        return sum(getattr(self, part) or 0.0 for part in SECONDS)


class Alone(Struct, frozen=True, gc=False):
    """Some test rows of a detector with the flaw "batch", scored among all test rows and one at a time.

    None where the detector has not the flaw, or for a ``reason`` that is said.
    """

    rows: int | None = None
    anomalies: int | None = None
    roc_auc_batch: float | None = None
    roc_auc_alone: float | None = None
    reason: str | None = None


class Slice(Struct, frozen=True, gc=False):
    """Where in a file of a run a trial's values lie: the offset in bytes, and how many there are."""

    offset: int
    count: int


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """What a trial left. Every field but ``alone``, ``costs`` and ``environment`` is the same whenever it is
    run.

    ``metrics`` are by policy and name, those that need no threshold under "ranking". Fields that a newer
    version has written are not here, but stay in the file, whatever is done to it.
    """

    key: str
    question: str
    status: Status
    reason: str
    detector: Named
    dataset: Named
    seed: int
    regime: Regime
    contamination: Contamination
    labels_used: int | None = None
    rows: RowCounts = RowCounts()
    audit: Copies = Copies()
    thresholds: dict[str, float] = {}
    unapplied: dict[str, str] = {}
    metrics: dict[str, dict[str, float]] = {}
    alone: Alone = Alone()
    costs: Costs = Costs()
    code: Code
    environment: str = ""
    scores: Slice | None = None
    labels: Slice | None = None
    version: int = 1  # of a record from before there was the field

    @classmethod
    def of(cls, trial: Trial, status: Status, reason: str = "", **known: Any) -> Record:
        """A trial's record. ``known``: further fields of it."""
        return cls(
            key=trial.key, question=trial.question, status=status, reason=reason,
            detector=trial.detector, dataset=trial.dataset,
            seed=trial.seed, regime=trial.regime, contamination=trial.contamination,
            code=trial.code, version=VERSION, **known,
        )  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """A record, and where there are any, the test rows' scores and labels, both of shape (n,).

    ``scored``: what its thresholds and metrics are still to be made of; None once that is done.
    """

    record: Record
    scores: Floats | None = None
    labels: Labels | None = None
    scored: Scored | None = None

    def judged(self, judgement: Judgement) -> Outcome:
        """The outcome with its thresholds and metrics."""
        thresholds, metrics = judgement
        record = structs.replace(self.record, thresholds=thresholds, metrics=metrics)
        return Outcome(record, self.scores, self.labels)
