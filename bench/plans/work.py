"""What of a plan is still to be run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from bench.plans.plan import Plan
from bench.trials.trial import Trial


@dataclass
class Work:
    """The trials of a plan that have not finished, counted without holding them.

    done: keys of the trials that have finished. by_detector: how many trials are pending, by the detector's
    label and the regime. first_on: the first pending trial on each dataset, by the dataset's label.
    """

    plan: Plan
    done: Collection[str]
    by_detector: Counter[tuple[str, str]] = field(default_factory=Counter)
    first_on: dict[str, Trial] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for trial in self:
            self.by_detector[trial.detector.label, trial.regime] += 1
            self.first_on.setdefault(trial.dataset.label, trial)

    def __iter__(self) -> Iterator[Trial]:
        return (trial for trial in self.plan if trial.key not in self.done)

    @property
    def pending(self) -> int:
        """How many trials are to be run."""
        return self.by_detector.total()
