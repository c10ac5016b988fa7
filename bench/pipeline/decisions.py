"""Decisions: from scores to 0 and 1, by how many alarms someone can look at or by what errors cost.

The expected number of false alarms comes from rows whose scores are by models that had not seen them:
training rows without labels, of which each counts as normal, or those that are labelled normal. Of m such
rows and a new one drawn alike, the new one is equally likely to have any rank. Where k of the m score above
the threshold, the number above it of N new rows is therefore beta-binomial with k + 1 and m − k.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from bench.errors import BenchError
from bench.evaluation.policies import train_quantile
from bench.evaluation.ranking import counts_from_the_top

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

DEFAULT = "1%"
INTERVAL = 0.95


@dataclass(frozen=True)
class Known:
    """Scores of training rows by models that had not seen them, shape (m,), and their labels, -1 without one.

    ``rows_per_day``: of the training file, where its time is known.
    """

    scores: Floats
    y: Labels
    rows_per_day: float | None = None

    @property
    def by_labels(self) -> bool:
        """Whether false alarms are known by labels."""
        return bool((self.y == 0).any() and (self.y == 1).any())

    @property
    def all_normal(self) -> bool:
        """Whether all rows are labelled normal."""
        return not self.y.any()

    @property
    def normal(self) -> Floats:
        """The scores of the rows that false alarms are counted among."""
        return self.scores[self.y == 0] if self.by_labels else self.scores

    def false_alarms(self, threshold: float, rows: int) -> FalseAlarms:
        """What to expect of ``rows`` new rows, of which as many are normal as of the training rows."""
        from scipy.stats import betabinom

        normal = self.normal
        if self.by_labels:
            rows = round(rows * len(normal) / int((self.y >= 0).sum()))
        above = int((normal > threshold).sum())
        a, b = above + 1, max(len(normal) - above, 1)
        low, high = betabinom.interval(INTERVAL, rows, a, b) if rows else (0, 0)
        return FalseAlarms(rows * a / (a + b), int(low), int(high), self.by_labels, len(normal))


@dataclass(frozen=True)
class FalseAlarms:
    """The expected number of false alarms, with a 95 % interval.

    ``by_labels``: whether from rows labelled normal, or else from training rows that all count as normal.
    ``of``: how many such rows.
    """

    expected: float
    low: int
    high: int
    by_labels: bool
    of: int


@dataclass(frozen=True)
class Given:
    """What a threshold may be set by: what is known of training, and of the file that is scored, if any.

    ``scores``: of all its rows, shape (n,). ``rows_per_day``: where its time is known.
    """

    known: Known
    scores: Floats | None = None
    rows_per_day: float | None = None


class Decision(Protocol):
    """How a threshold is set. ``text``: as a person wrote it, option and all."""

    @property
    def text(self) -> str: ...
    @property
    def of_file(self) -> bool:
        """Whether each file has a threshold of its own, by its scores."""
        ...

    def threshold(self, given: Given) -> float:
        """The score above which a row is an alarm."""
        ...


@dataclass(frozen=True)
class Budget:
    """A fraction of rows like those of training."""

    share: float
    of_file = False

    @classmethod
    def parse(cls, text: str) -> Budget:
        found = re.fullmatch(r"(\d+(?:\.\d+)?|\.\d+)\s*(%?)", text.strip())
        share = float(found[1]) / (100 if found[2] else 1) if found else 0.0
        if not 0 < share < 1:
            raise BenchError(f"--budget {text!r} is not a fraction of the rows; write '1%' or 0.01")
        return cls(share)

    @property
    def text(self) -> str:
        return f"--budget {100 * self.share:g}%"

    def threshold(self, given: Given) -> float:
        return train_quantile(given.known.scores, self.share)


@dataclass(frozen=True)
class Alerts:
    """A number of alarms: for each file, or on a day with as many rows as it usually has."""

    count: int
    per_day: bool

    @classmethod
    def parse(cls, text: str) -> Alerts:
        found = re.fullmatch(r"(\d+)\s*(/\s*day)?", text.strip())
        if not found or not int(found[1]):
            raise BenchError(f"--alerts {text!r} is not a number of alarms; write '20' (a file) or '20/day'")
        return cls(int(found[1]), bool(found[2]))

    @property
    def text(self) -> str:
        return f"--alerts {self.count}{'/day' if self.per_day else ''}"

    @property
    def of_file(self) -> bool:
        return not self.per_day

    def threshold(self, given: Given) -> float:
        if self.per_day:
            rows_per_day = given.rows_per_day or given.known.rows_per_day
            if rows_per_day is None:
                raise BenchError(f"{self.text} needs to know the rows of a day: name a column with --time")
            share = self.count / rows_per_day
            return -math.inf if share >= 1 else train_quantile(given.known.scores, share)
        if given.scores is None or self.count >= len(given.scores):
            return -math.inf
        return float(np.partition(given.scores, -self.count - 1)[-self.count - 1])


@dataclass(frozen=True)
class Cost:
    """The least total cost on the labelled rows, where a missed anomaly costs so many false alarms."""

    missed: float
    false_alarm: float
    of_file = False

    @classmethod
    def parse(cls, text: str) -> Cost:
        found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*:\s*(\d+(?:\.\d+)?)", text.strip())
        if not found or not float(found[1]) or not float(found[2]):
            raise BenchError(
                f"--cost {text!r} is not what a missed anomaly and a false alarm cost; write '50:1'"
            )
        return cls(float(found[1]), float(found[2]))

    @property
    def text(self) -> str:
        return f"--cost {self.missed:g}:{self.false_alarm:g}"

    def threshold(self, given: Given) -> float:
        known = given.known
        if not known.by_labels:
            raise BenchError(
                f"{self.text} needs training rows with labels of both kinds: fit with --label or --labels"
            )
        labelled = known.y >= 0
        values, true_positives, predicted = counts_from_the_top(known.scores[labelled], known.y[labelled])
        missed = np.r_[true_positives[-1], true_positives[-1] - true_positives]
        false_alarms = np.r_[0, predicted - true_positives]
        best = int(np.argmin(self.missed * missed + self.false_alarm * false_alarms))
        # The next score below the lowest alarm; the highest of all where there is no alarm.
        return float([*values, -math.inf][best])


# By the option's name, in the order in which they are shown.
DECISIONS: dict[str, Any] = {"budget": Budget, "alerts": Alerts, "cost": Cost}


def parse_decision(**given: str | float | None) -> Decision | None:
    """The decision that one of the options asks for; None where none is given. BenchError for two."""
    asked = {name: value for name, value in given.items() if value is not None}
    if len(asked) > 1:
        raise BenchError(f"give one of {' and '.join(f'--{name}' for name in asked)}, not both")
    return next((DECISIONS[name].parse(str(value)) for name, value in asked.items()), None)
