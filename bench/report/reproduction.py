"""Published figures beside ours: what the studies of published tables share, and `reproduce` prints."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from bench.analysis.cells import DASH, Row, number, with_spread
from bench.errors import BenchError

REPRODUCED = "reproduced"
WITHIN = "within the published spread"
WITHIN_OURS = "within our range over seeds"
NOT = "not"
VERDICTS = (REPRODUCED, WITHIN, WITHIN_OURS, NOT)

# Reasons of a figure that is not reproduced which explain nothing.
UNKNOWN, NOT_RUN = "for an unknown reason", "not run yet"

HEADERS = ["detector", "dataset", "metric", "published", "ours", "seeds", "difference", "verdict", "reason"]


class PublishedFigure(NamedTuple):
    """A figure as printed; the detector by our name for it.

    ``dataset`` is the table's name of a dataset, or a row of a printed report; ``spread`` is the published
    standard deviation, None where one run was published.
    """

    metric: str
    dataset: str
    detector: str
    value: float
    spread: float | None


@dataclass(frozen=True)
class Comparison:
    """A published figure and ours, in the same unit.

    ``ours`` is over ``seeds`` seeds, and None where a trial did not end well or none was run.
    """

    published: PublishedFigure
    ours: float | None
    seeds: int
    verdict: str
    reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is not reproduced and nothing says why."""
        return self.verdict == NOT and self.reason in (UNKNOWN, NOT_RUN)

    @property
    def difference(self) -> float | None:
        """Ours less the published figure."""
        return None if self.ours is None else round(self.ours - self.published.value, 2)


def read_figures(
    file: Path, columns: Sequence[str], figure: Callable[[dict[str, str]], PublishedFigure | None]
) -> list[PublishedFigure]:
    """The figures of a CSV file: ``figure`` gives that of a row, or None for a row that is left out.

    Raises BenchError where the file cannot be read, lacks one of ``columns``, or has text for a number.
    """
    try:
        with file.open(encoding="utf-8", newline="") as content:
            reader = csv.DictReader(content)
            missing = [name for name in columns if name not in (reader.fieldnames or ())]
            if missing:
                raise BenchError(
                    f"{str(file)!r} is no published table: it has no column {', '.join(missing)}"
                )
            return [found for row in reader if (found := figure(row)) is not None]
    except (OSError, ValueError) as error:
        raise BenchError(f"cannot read the published table {str(file)!r}: {error}") from None


def table_rows(compared: Sequence[Comparison]) -> list[Row]:
    """A row of text for each figure, under `HEADERS`."""
    return [
        [
            each.published.detector,
            each.published.dataset,
            each.published.metric,
            with_spread(each.published.value, each.published.spread),
            number(each.ours),
            str(each.seeds),
            DASH if each.difference is None else f"{each.difference:+.2f}",
            each.verdict,
            each.reason,
        ]
        for each in compared
    ]


def summary(compared: Sequence[Comparison]) -> list[str]:
    """A line for each metric: how many figures have which verdict."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in compared:
        counts[each.published.metric][each.verdict] += 1
    return [
        f"{metric}: " + ", ".join(f"{counted[verdict]} {verdict}" for verdict in VERDICTS if counted[verdict])
        for metric, counted in counts.items()
    ]
