"""The unit of work, a trial, and the record that it leaves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from bench.plugin import Regime

if TYPE_CHECKING:
    from bench.split import Floats, Labels

Status = Literal["ok", "failed", "timeout", "out-of-memory", "skipped"]

# Raised when the harness itself starts to run trials in a way that gives other results.
PROTOCOL = 1


@dataclass(frozen=True)
class Named:
    """A detector or a dataset as a record names it; ``label`` leaves default parameters out."""

    name: str
    label: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class Trial:
    """What is to be run. ``contamination`` is what the train-quantile policy is told: a share or "known".

    ``code`` holds what else decides the result: hashes of the plugin files and of the data, and the
    versions of the libraries.
    """

    detector: Named
    dataset: Named
    seed: int
    regime: Regime
    contamination: float | Literal["known"]
    code: Mapping[str, Any]

    @cached_property
    def question(self) -> str:
        """What is asked, without the code that answers it; the same for a trial before and after a change."""
        return question_of(asdict(self))

    @cached_property
    def key(self) -> str:
        """A hash of everything that decides the result."""
        identity = json.dumps([PROTOCOL, self.question, self.code], sort_keys=True)
        return hashlib.sha256(identity.encode()).hexdigest()[:16]


def question_of(record: Mapping[str, Any]) -> str:
    """The question of a trial, from its record or from the trial's own fields."""
    detector, dataset = record["detector"], record["dataset"]
    parts = [detector["name"], detector["params"], dataset["name"], dataset["params"],
             record["seed"], record["regime"], record["contamination"]]  # fmt: skip
    return json.dumps(parts, sort_keys=True)


@dataclass
class Record:
    """What a trial left. Every field but ``costs`` and ``environment`` is the same whenever it is run."""

    key: str
    status: Status
    reason: str
    detector: dict[str, Any]
    dataset: dict[str, Any]
    seed: int
    regime: str
    contamination: float | str
    labels_used: int | None = None
    rows: dict[str, int] = field(default_factory=dict)
    thresholds: dict[str, float] = field(default_factory=dict)
    metrics: dict[str, dict[str, float]] = field(default_factory=dict)
    costs: dict[str, Any] = field(default_factory=dict)
    code: dict[str, Any] = field(default_factory=dict)
    environment: str = ""
    scores: dict[str, int] | None = None
    labels: dict[str, int] | None = None

    @classmethod
    def of(cls, trial: Trial, status: Status, reason: str = "") -> Record:
        return cls(
            key=trial.key, status=status, reason=reason,
            detector=asdict(trial.detector), dataset=asdict(trial.dataset),
            seed=trial.seed, regime=trial.regime, contamination=trial.contamination, code=dict(trial.code),
        )  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """A record, and where there are any, the test rows' scores and labels, both of shape (n,)."""

    record: Record
    scores: Floats | None = None
    labels: Labels | None = None
