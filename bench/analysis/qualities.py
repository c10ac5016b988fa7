"""Qualities: metrics as results have them, each under the threshold policy that it belongs to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from bench.analysis.results import column
from bench.evaluation.entries import Metric, Policy
from bench.evaluation.metrics import DECIDED_BY, METRICS, RANKED_BY, RANKING
from bench.evaluation.policies import POLICIES, STAND_IN


@dataclass(frozen=True)
class Quality:
    """How good a trial's result is by a metric: of scores alone, or of decisions under a policy.

    ``policy`` None is the suite's headline policy, and its stand-in where a detector has no threshold for it.
    """

    key: str
    title: str
    metric: Metric
    policy: Policy | None = None

    @property
    def heading(self) -> str:
        """The title as it begins a sentence or stands alone."""
        return self.title[0].upper() + self.title[1:]

    def values(self, frame: pd.DataFrame, headline: str) -> pd.Series:
        """A value for each trial of the frame, NaN where its record has none."""
        first, *others = self._columns(headline)
        found = column(frame, first)
        for other in others:
            found = found.fillna(column(frame, other))
        return found

    def of_record(self, metrics: Mapping[str, Mapping[str, float]], headline: str) -> float | None:
        """The value in a record's metrics."""
        found = (metrics.get(group, {}).get(self.metric.name) for group in self._groups(headline))
        return next((value for value in found if value is not None), None)

    def is_known(self, frame: pd.DataFrame, headline: str) -> bool:
        """Whether trials of the frame have it, as older records have not what is measured since.

        True where none ended "ok", as there is nothing to say otherwise, but for what only series have.
        """
        if not (frame["status"] == "ok").any():
            return not self.metric.is_of_series
        return any(name in frame and frame[name].notna().any() for name in self._columns(headline))

    def _groups(self, headline: str) -> tuple[str, ...]:
        if not self.metric.has_threshold:
            return (RANKING,)
        return tuple(dict.fromkeys((headline, STAND_IN.name))) if self.policy is None else (self.policy.name,)

    def _columns(self, headline: str) -> list[str]:
        return [f"{group}.{self.metric.name}" for group in self._groups(headline)]


def qualities() -> dict[str, Quality]:
    """All by their keys, in the order of tables; last that of decisions where the test labels are seen."""
    own = [Quality(name, metric.title, metric) for name, metric in METRICS.items()]
    bounds = [
        Quality(f"{name}_{DECIDED_BY.name}", f"{DECIDED_BY.title} ({name})", DECIDED_BY, policy)
        for name, policy in POLICIES.items()
        if policy.is_bound
    ]
    return {quality.key: quality for quality in [*own, *bounds]}


def board_qualities() -> dict[str, Quality]:
    """Those of leaderboards."""
    return {key: quality for key, quality in qualities().items() if quality.metric.shown != "records"}


def board_values(frame: pd.DataFrame, headline: str) -> pd.DataFrame:
    """The values of `board_qualities` for each trial of the frame, a column for each by its key."""
    return pd.DataFrame({key: each.values(frame, headline) for key, each in board_qualities().items()})


def main_qualities() -> dict[str, Quality]:
    """Those that are tested, compared and drawn, too."""
    return {
        key: quality
        for key, quality in qualities().items()
        if quality.metric.shown == "everywhere" and quality.policy is None
    }


def ranked_by(frame: pd.DataFrame) -> Quality:
    """What the leaderboards of a suite are ranked by: the first of `RANKED_BY` that each of its trials that
    ended "ok" has; the last where there is none.
    """
    ok = frame[frame["status"] == "ok"]
    whole = [each for each in RANKED_BY if len(ok) and column(ok, f"{RANKING}.{each.name}").notna().all()]
    metric = (*whole, RANKED_BY[-1])[0]
    return Quality(metric.name, metric.title, metric)
