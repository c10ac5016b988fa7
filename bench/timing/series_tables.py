"""timing-series.md and timing-series.csv."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import pandas as pd

from bench import escaping
from bench.analysis.cells import NONE, Row, number, significant
from bench.files import write_files
from bench.report.markdown import describe, table
from bench.timing.grid import PERIOD
from bench.timing.growth import exponent
from bench.timing.series import ONCE, SeriesTiming
from bench.timing.tables import mebibytes
from bench.trials.environment import Environment

EXPLANATION = f"""\
A seeded series of one channel, a sine with a period of {PERIOD} points and noise. A detector learns from all
of its points and scores them, by what it learnt from the others where it can leave a point out, as
`recommend --time` does. Where a detector has a *window*, in points, its name says so. Each cell is measured
in a process of its own, after a short series has made it ready. *Seconds* are those of the processor, the
median of so many *runs*: one where it takes longer than {ONCE:g} s. *Memory* is the peak of what is resident
of the whole process, with the interpreter and all libraries. Where a cell ran into the limit of time or
memory, that is stated, with the memory that it had taken by then, and longer series are left out."""
GROWTH = """\
Seconds grow with the number of points to the power of the exponent: 1 is linear, 2 quadratic. It is the
slope of a straight line through the logarithms of all lengths, and of the two longest: short series say
more of overheads than of points."""


def markdown(timings: Sequence[SeriesTiming], environment: Environment) -> str:
    """Both tables."""
    parts = [
        "# Timing of series",
        EXPLANATION,
        f"Measured on {escaping.markdown(describe(environment))}.",
        "## Costs",
        table(
            ["detector", "points", "seconds", "seconds per million points", "memory MiB", "runs", "status"],
            [_cost(timing) for timing in by_detector(timings)],
        ),
        "## Growth with the number of points",
        GROWTH,
        table(
            ["detector", "points", "exponent", "of the two longest"],
            [growth_row(name, list(own)) for name, own in groupby(by_detector(timings), _detector)],
            left=2,
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _cost(timing: SeriesTiming) -> Row:
    return [
        timing.cell.detector,
        str(timing.points),
        significant(timing.seconds),
        significant(timing.seconds_per_million),
        significant(mebibytes(timing.memory_bytes)),
        str(timing.runs) if timing.runs else NONE,
        f"{timing.status}: {timing.reason}" if timing.reason else timing.status,
    ]


def growth_row(name: str, timings: Sequence[SeriesTiming]) -> Row:
    """The exponents of a detector, from the lengths that ended "ok"; shortest first."""
    done = [(each.points, each.seconds) for each in timings if each.seconds is not None]
    points, seconds = [size for size, _ in done], [spent for _, spent in done]
    longest = exponent(points[-2:], seconds[-2:])
    return [name, ", ".join(map(str, points)) or NONE, number(exponent(points, seconds)), number(longest)]


def frame(timings: Sequence[SeriesTiming]) -> pd.DataFrame:
    """A row for each timing, figures in full."""
    return pd.DataFrame(
        [
            {
                "detector": timing.cell.detector,
                "points": timing.points,
                "status": timing.status,
                "reason": timing.reason,
                "seconds": timing.seconds,
                "peak_memory_bytes": timing.memory_bytes,
                "runs": timing.runs,
            }
            for timing in by_detector(timings)
        ]
    ).astype({"peak_memory_bytes": "Int64"})


def write(timings: Sequence[SeriesTiming], environment: Environment, results: Path) -> list[Path]:
    """Write both files into the folder ``results``; BenchError if it cannot be written."""
    texts = {
        "timing-series.md": markdown(timings, environment),
        "timing-series.csv": escaping.csv(frame(timings)),
    }
    return write_files(texts, results)


def line(timing: SeriesTiming) -> str:
    """A timing in a line."""
    what = f"{timing.cell.detector} {timing.points}"
    if timing.status != "ok":
        return f"{what}: {timing.status}: {timing.reason}"
    memory = significant(mebibytes(timing.memory_bytes))
    return f"{what}: {significant(timing.seconds)} s, {memory} MiB"


def by_detector(timings: Sequence[SeriesTiming]) -> list[SeriesTiming]:
    """All timings of a detector together, detectors in alphabetical order, short series first."""
    return sorted(timings, key=lambda timing: (timing.cell.detector, timing.points))


def _detector(timing: SeriesTiming) -> str:
    return timing.cell.detector
