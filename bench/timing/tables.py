"""timing-grid.md and timing-grid.csv."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from bench import escaping
from bench.analysis.cells import NONE, Row, number, significant
from bench.files import write_files
from bench.report.markdown import describe, table
from bench.timing.growth import fit_total, growth, score_total, speed_ups
from bench.timing.measuring import Timing
from bench.trials.environment import Environment

NO_CUDA = "no CUDA device: CPU columns only"
NO_PAIRS = "No detector was timed on both devices."
CPU_ONLY = "Not measured: no CUDA device was used, so there are CPU columns only."

EXPLANATION = """\
Seeded Gaussian rows, 5 % of them shifted; labels only for the detectors that need them. Detectors that take
no tables are given a series, a sine with noise, in *features* channels. As many rows are scored as are
trained on. Times are warm and the GPU is waited for: the median of so many *runs*, each of
them repeated by torch.utils.benchmark where it is short. One run means that more would not have fitted into
the limit, and the figure is that of the first warm fit. *Stage* is the fitting of a piece that detectors
share, fitted alone and charged in full to each. *Memory* is how far resident memory grew at its peak while
fitting and scoring for the first time, a stage's apart, *GPU memory* likewise."""

GROWTH = """\
Seconds grow with the number of rows to the power of the exponent: 1 is linear, 2 quadratic. Fitting
includes the stage; scoring is of as many rows as were trained on. A straight line through the logarithms,
at the largest number of features; with times of a few milliseconds it says more of overheads than of rows."""

SPEED_UP = """\
CPU time over GPU time of the same detector, with Spearman's rank correlation of the two score vectors."""


def markdown(timings: Sequence[Timing], environment: Environment) -> str:
    """All tables."""
    parts = [
        "# Timing grid",
        EXPLANATION,
        f"Measured on {escaping.markdown(describe(environment))}.",
        "## Costs",
        _costs(timings),
        "## Growth with the number of rows",
        GROWTH,
        _growth(timings),
        "## The GPU over the CPU",
        _speed_ups(timings) if any(timing.cell.device != "cpu" for timing in timings) else CPU_ONLY,
    ]
    return "\n\n".join(parts) + "\n"


def _costs(timings: Sequence[Timing]) -> str:
    headers = [
        "detector", "device", "features", "rows", "fit s", "stage s", "score µs/row", "memory MiB",
        "GPU memory MiB", "runs", "status",
    ]  # fmt: skip
    rows = [
        [
            timing.cell.detector,
            shown_device(timing),
            str(timing.cell.features),
            str(timing.cell.rows),
            significant(timing.fit_seconds),
            significant(timing.stage_seconds) if timing.stage_seconds else NONE,
            significant(timing.score_microseconds),
            significant(mebibytes(timing.memory_bytes)),
            significant(mebibytes(timing.device_memory_bytes)),
            str(timing.runs) if timing.runs else NONE,
            f"{timing.status}: {timing.reason}" if timing.reason else timing.status,
        ]
        for timing in by_detector(timings)
    ]
    return table(headers, rows, left=2)


def _growth(timings: Sequence[Timing]) -> str:
    rows = [
        [
            each.detector,
            each.device,
            str(each.features),
            ", ".join(map(str, each.rows)) or NONE,
            number(each.fit),
            number(each.score),
        ]
        for each in growth(by_detector(timings))
    ]
    return table(["detector", "device", "features", "rows", "fit exponent", "score exponent"], rows, left=2)


def _speed_ups(timings: Sequence[Timing]) -> str:
    rows: list[Row] = [
        [
            each.cpu.cell.detector,
            str(each.cpu.cell.features),
            str(each.cpu.cell.rows),
            significant(fit_total(each.cpu)),
            significant(fit_total(each.gpu)),
            significant(each.fit),
            significant(score_total(each.cpu)),
            significant(score_total(each.gpu)),
            significant(each.score),
            number(each.agreement, 4),
        ]
        for each in speed_ups(by_detector(timings))
    ]
    headers = [
        "detector", "features", "rows", "fit s CPU", "fit s GPU", "fit ×", "score s CPU", "score s GPU",
        "score ×", "agreement",
    ]  # fmt: skip
    return f"{SPEED_UP}\n\n{table(headers, rows)}" if rows else NO_PAIRS


def frame(timings: Sequence[Timing]) -> pd.DataFrame:
    """A row for each timing, figures in full."""
    return pd.DataFrame(
        [
            {
                "detector": timing.cell.detector,
                "regime": timing.cell.trial.regime,
                "device": timing.cell.device,
                "ran_on": timing.ran_on,
                "features": timing.cell.features,
                "rows": timing.cell.rows,
                "status": timing.status,
                "reason": timing.reason,
                "fit_seconds": timing.fit_seconds,
                "stage_seconds": timing.stage_seconds,
                "score_microseconds_per_row": timing.score_microseconds,
                "peak_memory_bytes": timing.memory_bytes,
                "peak_device_memory_bytes": timing.device_memory_bytes,
                "runs": timing.runs,
            }
            for timing in by_detector(timings)
        ]
    ).astype({"peak_memory_bytes": "Int64", "peak_device_memory_bytes": "Int64"})


def write(timings: Sequence[Timing], environment: Environment, results: Path, name: str) -> list[Path]:
    """Write ``timing-NAME.md`` and ``.csv`` into the folder ``results``; BenchError if that cannot be."""
    texts = {
        f"timing-{name}.md": markdown(timings, environment),
        f"timing-{name}.csv": escaping.csv(frame(timings)),
    }
    return write_files(texts, results)


def by_detector(timings: Sequence[Timing]) -> list[Timing]:
    """All timings of a detector together, detectors in alphabetical order."""
    return sorted(timings, key=lambda t: (t.cell.detector, t.cell.device, t.cell.features, t.cell.rows))


def shown_device(timing: Timing) -> str:
    """The device, and where it was not used, that it was not."""
    fell_back = timing.cell.device != "cpu" and timing.ran_on == "cpu"
    return f"{timing.cell.device} (ran on cpu)" if fell_back else timing.cell.device


def mebibytes(size: int | None) -> float | None:
    return None if size is None else size / 2**20
