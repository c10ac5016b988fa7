"""The CSV files that `recommend` writes of series: ranges to look at, and ranges to label."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import escaping
from bench.errors import BenchError
from bench.files import write_chosen
from bench.recommend.in_time import SeriesRecommendation
from bench.recommend.series import END, FIRST_ROW, LAST_ROW, START
from bench.recommend.table import LABEL


def write_ranges(found: SeriesRecommendation, file: Path) -> None:
    """Write a line for each range to look at, highest score first. BenchError where that cannot be done."""
    _write(
        [
            {
                **_described(found, slice(each.start, each.stop)),
                "peak": found.series.time_of(each.at),
                "score": each.score,
            }
            for each in found.first
        ],
        file,
    )


def write_ranges_to_label(found: SeriesRecommendation, file: Path, count: int, seed: int) -> int:
    """Write up to ``count`` ranges to label; returns how many. BenchError where none is left."""
    asked = found.to_label(count, seed)
    if not asked:
        raise BenchError("there is no range left without a label; there is nothing to ask for")
    _write([{LABEL: "", **_described(found, each)} for each in asked], file)
    return len(asked)


def _described(found: SeriesRecommendation, which: slice) -> dict[str, Any]:
    rows, last = found.series.table.points.row, which.stop - 1
    name = found.series.series_of(which.start)
    return {
        **({"series": name} if name else {}),
        START: found.series.time_of(which.start),
        END: found.series.time_of(last),
        FIRST_ROW: int(rows[which.start]),
        LAST_ROW: int(rows[last]),
        "points": which.stop - which.start,
    }


def _write(lines: Sequence[dict[str, Any]], file: Path) -> None:
    import pandas as pd

    write_chosen(file, escaping.csv(pd.DataFrame(lines)))
