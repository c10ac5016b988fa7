"""The unit of work, a trial, and the record that it leaves."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from bench.plugins.contract import Regime

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

Status = Literal["ok", "failed", "timeout", "out-of-memory", "skipped"]

Place = tuple[str, str, str]

# Raised when the harness itself starts to run trials in a way that gives other results.
PROTOCOL = 2


@dataclass(frozen=True)
class Named:
    """A detector or a dataset as a record names it; ``label`` leaves default parameters out."""

    name: str
    label: str
    params: Mapping[str, Any]

    # By hand, since every trial pays for it: `dataclasses.asdict` copies everything deeply.
    @property
    def described(self) -> dict[str, Any]:
        """What a record says of it."""
        return {"name": self.name, "label": self.label, "params": dict(self.params)}

    @cached_property
    def canonical(self) -> str:
        """Name and parameters as text, the same in whatever order the parameters were given."""
        return canonical([self.name, self.params])


@dataclass(frozen=True)
class Code:
    """What besides parameters and seed decides a trial's result: hashes of the plugin files and of the
    data, and the versions of the libraries.
    """

    detector: str
    dataset: str
    data: str
    libraries: Mapping[str, str]

    @property
    def described(self) -> dict[str, Any]:
        """What a record says of it."""
        return {
            "detector": self.detector, "dataset": self.dataset, "data": self.data,
            "libraries": dict(self.libraries),
        }  # fmt: skip

    @cached_property
    def canonical(self) -> str:
        """The code as text."""
        return canonical(self.described)


@dataclass(frozen=True)
class Trial:
    """What is to be run. ``contamination`` is what the train-quantile policy is told: a share or "known"."""

    detector: Named
    dataset: Named
    seed: int
    regime: Regime
    contamination: float | Literal["known"]
    code: Code

    @property
    def place(self) -> Place:
        """Detector, variant and regime by the names that reports use: the trial but for its seed."""
        return self.detector.label, self.dataset.label, self.regime

    # The parts of the two hashes are put together by hand: a plan of a million trials asks for each.
    @property
    def question(self) -> str:
        """A hash of what is asked, the same before and after a change of the code that answers it."""
        return _hash(self._asked)

    @property
    def key(self) -> str:
        """A hash of everything that decides the result."""
        return _hash(f"[{PROTOCOL},{self._asked},{self.code.canonical}]")

    @property
    def _asked(self) -> str:
        return (
            f'[{self.detector.canonical},{self.dataset.canonical},{self.seed},"{self.regime}",'
            f'"{self.contamination}"]'
        )


def canonical(value: Any) -> str:
    """JSON without spaces, with sorted keys."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass
class Record:
    """What a trial left. Every field but ``costs`` and ``environment`` is the same whenever it is run.

    The first three fields come first on disk, too, where they are read without the rest.
    """

    key: str
    question: str
    status: Status
    reason: str
    detector: dict[str, Any]
    dataset: dict[str, Any]
    seed: int
    regime: str
    contamination: float | str
    labels_used: int | None = None
    rows: dict[str, int] = field(default_factory=dict)
    audit: dict[str, float] = field(default_factory=dict)
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
            key=trial.key, question=trial.question, status=status, reason=reason,
            detector=trial.detector.described, dataset=trial.dataset.described,
            seed=trial.seed, regime=trial.regime, contamination=trial.contamination,
            code=trial.code.described,
        )  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """A record, and where there are any, the test rows' scores and labels, both of shape (n,)."""

    record: Record
    scores: Floats | None = None
    labels: Labels | None = None
