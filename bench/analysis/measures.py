"""What two runs are compared by: the main qualities, and costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.analysis.qualities import Quality, main_qualities
from bench.trials.record import Record


@dataclass(frozen=True)
class Measure:
    """What of two trials is compared: a quality by its difference, or a cost, which has none, by its ratio.

    ``value`` gives that of a record that ended "ok", by the headline policy of its suite; None for none.
    """

    key: str
    title: str
    value: Callable[[Record, str], float | None]
    quality: Quality | None = None

    @property
    def is_cost(self) -> bool:
        return self.quality is None

    @property
    def higher_is_better(self) -> bool:
        return self.quality is not None and self.quality.metric.higher_is_better


def _quality(quality: Quality) -> Measure:
    return Measure(
        quality.key,
        quality.title,
        lambda record, policy: quality.of_record(record.metrics, policy),
        quality,
    )


COSTS = (
    Measure("seconds", "seconds", lambda record, _: record.costs.seconds),
    Measure("memory", "memory", lambda record, _: record.costs.peak_memory_bytes),
)


def measures() -> dict[str, Measure]:
    """All that is compared, by keys."""
    return {each.key: each for each in (*map(_quality, main_qualities().values()), *COSTS)}
