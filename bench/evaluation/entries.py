"""What an entry of the two registries is: a metric, and a threshold policy with what it may see."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from inspect import signature
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bench.evaluation.ranges import Layout

    Floats = NDArray[np.float64]
    Decisions = NDArray[np.bool_]

# What a metric is measured on: `ranking.Ranking` for scores alone, `decisions.Decisions` for a threshold; of
# points in time order, with labelled ranges, `series.Series` and `series.Alarms`.
Needs = Literal["scores", "threshold", "ranges", "alarms"]
# Where a metric is shown. "everywhere": statistics, comparison and pictures, too. Each place shows what those
# after it show.
Shown = Literal["everywhere", "leaderboard", "records"]


@dataclass(frozen=True)
class Metric:
    """A metric: all that records, tables and statistics need to know of it.

    ``name`` is its key in records and files, ``title`` heads its columns, ``explanation`` ends the sentence
    "TITLE is ...". ``function`` takes what it ``needs`` and returns a float within ``bounds``, which are
    finite: a trial that failed counts as worse than the worst there can be. It returns NaN where it has no
    value, and a record has none then. ``chance`` gives the value that scores have on average which know
    nothing, by the numbers of anomalies and of normal rows; None for decisions, whose value without knowledge
    rests on how many rows they call (`bench.evaluation.baselines`), and where it rests on more than that.
    ``from_others`` gives it to older records that lack it, from their other metrics and the fraction of
    anomalies; None where it cannot.
    """

    name: str
    title: str
    explanation: str
    function: Callable[[Any], float]
    needs: Needs
    shown: Shown = "records"
    higher_is_better: bool = True
    bounds: tuple[float, float] = (0, 1)
    chance: Callable[[int, int], float] | None = None
    from_others: Callable[[Mapping[str, float], float], float | None] | None = None

    def __post_init__(self) -> None:
        low, high = self.bounds
        if not -math.inf < low < high < math.inf:
            raise ValueError(
                f"metric {self.name!r}: bounds must be two rising finite numbers, not {self.bounds}"
            )

    @property
    def has_threshold(self) -> bool:
        """Whether it is of decisions, so that each threshold policy has a value."""
        return self.needs in ("threshold", "alarms")

    @property
    def is_of_series(self) -> bool:
        """Whether only trials on series have it."""
        return self.needs in ("ranges", "alarms")

    @property
    def worst(self) -> float:
        """The worst value that there can be."""
        return self.bounds[0 if self.higher_is_better else 1]

    @property
    def failure(self) -> float:
        """What a failure counts as: as far below the worst as the best is above it."""
        best = self.bounds[1 if self.higher_is_better else 0]
        return 2 * self.worst - best

    def oriented(self, values: Any) -> Any:
        """Values turned so that the higher is the better."""
        return values if self.higher_is_better else -values


@dataclass(frozen=True)
class Scored:
    """What there may be to set a threshold by; None for what there is not.

    own_threshold: the detector's own. unseen_scores, shape (u,): of training rows, by models that have not
    seen them. contamination: the fraction of training rows that is said to be anomalous. calibration_scores
    and calibration_labels, shape (c,): of rows that the detector has not learnt from. test_scores and
    test_labels, shape (m,). test_layout: how the test rows lie in series, where they do.
    """

    own_threshold: float | None = None
    unseen_scores: Floats | None = None
    contamination: float | None = None
    calibration_scores: Floats | None = None
    calibration_labels: NDArray[Any] | None = None
    test_scores: Floats | None = None
    test_labels: NDArray[Any] | None = None
    test_layout: Layout | None = None


MATERIAL = frozenset(field.name for field in fields(Scored))
LABELS = frozenset({"calibration_labels", "test_labels"})


@dataclass(frozen=True)
class Policy:
    """A threshold policy: how scores become decisions.

    ``function`` names, by its parameters, the fields of `Scored` that it sees, and is given those and nothing
    else; it is not asked where one of them is missing. It returns the threshold above which a row is
    predicted to be an anomaly, None where it has no answer, or the decisions themselves, shape (m,), if it
    works ``afterwards``. ``description`` ends the sentence "NAME is ...". ``headline``: whether the
    predictions on a board may be made by it, which no policy may that sees labels. ``afterwards``: whether it
    judges stored scores when asked, and not in each run. ``family``: those of one family share their
    description. ``order_matters``: whether the same scores in another order may get other decisions: where a
    file lists one class after the other, such a policy sees something of the labels.
    """

    name: str
    description: str
    function: Callable[..., float | Decisions | None]
    headline: bool = False
    afterwards: bool = False
    family: str = ""
    order_matters: bool = False

    def __post_init__(self) -> None:
        if unknown := self.sees - MATERIAL:
            raise ValueError(f"policy {self.name!r} sees {sorted(unknown)}; there is {sorted(MATERIAL)}")
        if self.headline and self.sees & LABELS:
            raise ValueError(f"policy {self.name!r} sees labels and can head no leaderboard")

    @cached_property
    def sees(self) -> frozenset[str]:
        """The fields of `Scored` that it is given."""
        return frozenset(signature(self.function).parameters)

    @property
    def is_bound(self) -> bool:
        """Whether it sees the test labels: it says what is possible, not what a detector does."""
        return "test_labels" in self.sees

    def __call__(self, scored: Scored) -> float | Decisions | None:
        """Its threshold or decisions; None where it does not apply."""
        seen = {name: getattr(scored, name) for name in self.sees}
        return None if any(value is None for value in seen.values()) else self.function(**seen)


class _Named(Protocol):
    @property
    def name(self) -> str: ...


Entry = TypeVar("Entry", bound=_Named)


def by_name(*entries: Entry) -> dict[str, Entry]:
    """A registry. Raises ValueError for a name that is there twice."""
    found = {entry.name: entry for entry in entries}
    if len(found) < len(entries):
        raise ValueError(f"a name is there twice among {[entry.name for entry in entries]}")
    return found
