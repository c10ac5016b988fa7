"""The record that a trial leaves: one type from the trial over the file to the tables.

What a field holds is said in docs/guide/records.md. A new one is an entry in its struct, with a default that
older records get; one of `RowCounts`, `Copies`, `Alone` or `Costs` is also a column of the data frames.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict

from msgspec import Meta, Struct, defstruct, field, structs

from bench.evaluation.metrics import METRICS
from bench.evaluation.ranges import Layout
from bench.plugins.contract import Regime
from bench.splits.audit import Copies, Share
from bench.trials.trial import Code, Contamination, Named, Trial

if TYPE_CHECKING:
    from bench.evaluation.entries import Scored
    from bench.evaluation.judging import Judgement
    from bench.splits.arrays import Floats, Labels

Status = Literal["ok", "failed", "timeout", "out-of-memory", "skipped"]

# Raised when a field is added to the record or to one of its parts.
VERSION = 4

# What a trial's seconds are made of, as its costs name them.
SECONDS = ("features_seconds", "stage_seconds", "fit_seconds", "score_seconds")

# What a field may hold; a value beyond is damage, and is refused when a record is read. Whole numbers stay
# below what a float holds exactly, seconds below three centuries.
Count = Annotated[int, Meta(ge=0, le=2**53)]
Seconds = Annotated[float, Meta(ge=0, le=1e10)]
# By how much a metric may lie beyond its bounds: sums of floats do.
ROUNDING = 1e-9
# What lies between these is within the bounds of every metric: nearly all that there is.
WITHIN_ALL = (
    max(metric.bounds[0] for metric in METRICS.values()),
    min(metric.bounds[1] for metric in METRICS.values()),
)


class RowCounts(Struct, frozen=True, gc=False):
    """How many rows a trial saw, and their columns; None where the trial came to no scores."""

    train: Count | None = None
    calibration: Count | None = None
    holdout: Count | None = None
    test: Count | None = None
    test_anomalies: Count | None = None
    columns: Count | None = None
    unseen: Count | None = None


class Costs(Struct, frozen=True, gc=False):
    """What a trial cost, in seconds and bytes; None where that was not measured."""

    fit_seconds: Seconds | None = None
    score_seconds: Seconds | None = None
    cold_seconds: Seconds | None = None
    device: str | None = None
    features_seconds: Seconds | None = None
    stage: str | None = None
    stage_seconds: Seconds | None = None
    stage_batch: Count | None = None
    peak_memory_bytes: Count | None = None
    peak_device_memory_bytes: Count | None = None
    total_seconds: Seconds | None = None
    unseen_seconds: Seconds | None = None

    @property
    def seconds(self) -> float:
        """Features, the shared stage, fitting, and scoring the test rows."""
        return sum(getattr(self, part) or 0.0 for part in SECONDS)


class Alone(Struct, frozen=True, gc=False):
    """Some test rows of a detector with the flaw "batch", scored among all test rows and one at a time.

    None where the detector has not the flaw, or for a ``reason`` that is said.
    """

    rows: Count | None = None
    anomalies: Count | None = None
    roc_auc_batch: Share | None = None
    roc_auc_alone: Share | None = None
    reason: str | None = None


class Slice(Struct, frozen=True, gc=False):
    """Where in a file of a run a trial's values lie: the offset in bytes, and how many there are."""

    offset: Count
    count: Count


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """What a trial left. What is not in ``alone``, ``costs``, ``environment`` and ``written`` is the same
    whenever it is run.

    ``metrics`` are by policy and name, those that need no threshold under "ranking", each within the bounds
    of its entry in `METRICS`. Fields that a newer version has written are not here, but stay in the file,
    whatever is done to it.
    """

    key: str
    question: str
    status: Status
    reason: str
    detector: Named
    dataset: Named
    seed: Count
    regime: Regime
    contamination: Contamination
    labels_used: Count | None = None
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
    layout: Layout | None = None
    written: Seconds = 0.0  # since 1970; 0 in a record from before there was the field
    version: Count = 1  # of a record from before there was the field

    @property
    def trial(self) -> Trial:
        """The trial that it is of. Its key is the record's, unless that was made by another protocol."""
        return Trial(self.detector, self.dataset, self.seed, self.regime, self.contamination, self.code)

    def check(self) -> None:
        """Raise ValueError for a metric beyond its bounds, and for series of other points than those tested.

        A metric that is not in `METRICS` may be anything.
        """
        if self.layout is not None and sum(self.layout.lengths) != self.rows.test:
            raise ValueError(f"its series have {sum(self.layout.lengths)} points, of {self.rows.test} tested")
        low, high = WITHIN_ALL
        for figures in self.metrics.values():
            for value in figures.values():
                if not low <= value <= high:
                    self._check_each()

    def _check_each(self) -> None:
        for policy, figures in self.metrics.items():
            for name, value in figures.items():
                low, high = METRICS[name].bounds if name in METRICS else (value, value)
                if not low - ROUNDING <= value <= high + ROUNDING:
                    what = f"Expected a value from {low} to {high}, got {value}"
                    raise ValueError(f"{what} - at `$.metrics.{policy}.{name}`")

    @classmethod
    def of(cls, trial: Trial, status: Status, reason: str = "", **known: Any) -> Record:
        """A trial's record. ``known``: further fields of it."""
        return cls(
            key=trial.key, question=trial.question, status=status, reason=reason,
            detector=trial.detector, dataset=trial.dataset,
            seed=trial.seed, regime=trial.regime, contamination=trial.contamination,
            code=trial.code, version=VERSION, **known,
        )  # fmt: skip


def _bounded() -> type[Record]:
    """Records whose metrics are checked while they are decoded, and are those of `METRICS` alone.

    That takes a third of the time of `Record.check`, where a store of a million is asked what has finished.
    """
    figures = {
        name: Annotated[float, Meta(ge=metric.bounds[0] - ROUNDING, le=metric.bounds[1] + ROUNDING)]
        for name, metric in METRICS.items()
    }
    kinds: dict[str, Any] = {
        "metrics": dict[str, TypedDict("Figures", figures, total=False)]  # type: ignore[misc, operator]
    }
    make_field: Any = field  # its types know of one of the two defaults at a time
    found: Any = defstruct(
        "BoundedRecord",
        [
            (
                each.name,
                kinds.get(each.name, each.type),
                make_field(default=each.default, default_factory=each.default_factory),
            )
            for each in structs.fields(Record)
        ],
        kw_only=True,
        gc=False,
    )
    bounded: type[Record] = found
    return bounded


BoundedRecord = _bounded()


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
