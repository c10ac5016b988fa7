"""timing.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.analysis.results import SuiteResults
from bench.analysis.timing import timing
from bench.report.markdown import NONE, environment_lines, significant, table

EXPLANATION = """\
Means and standard deviations over all trials of a suite that ended `ok`. Times are warm: imports and
just-in-time compilation happen in a first fit on a few rows, which *cold* measures by itself. *Stage* is
the fitting of a piece that several detectors share, such as an autoencoder: it is fitted once and charged
in full to each of them. Where several *models* were fitted together, the time is each one's share.
*Features* is turning all rows, for training and for tests, into the features that a detector reads.
*Memory* is the highest growth of resident memory while fitting and scoring, a stage's apart. What earlier
trials freed goes back to the system before, so that each trial takes its own pages, as in a new process."""

HEADERS = [
    "detector",
    "regime",
    "device",
    "trials",
    "features s",
    "fit s",
    "stage s",
    "models",
    "score µs/row",
    "cold s",
    "memory MiB",
]
# Columns of words, which are set flush left.
LEFT = 3


def markdown(loaded: Sequence[SuiteResults]) -> str:
    """What each detector costs, a section for each suite."""
    parts = ["# Timing", EXPLANATION]
    for results in loaded:
        parts += [f"## {results.name}: {results.title}", *environment_lines(results)]
        parts.append(table(*timing_table(results), left=LEFT))
    return "\n\n".join(parts) + "\n"


def timing_table(results: SuiteResults) -> tuple[list[str], list[list[str]]]:
    """Headers and cells of a suite's table, a row for each detector and regime, the cheapest first.

    Columns that say nothing of any detector, such as that of features, are left out.
    """
    rows = [_row(detector, regime, row) for (detector, regime), row in _rows(results)]
    told = [i for i in range(len(HEADERS)) if not rows or any(row[i] != NONE for row in rows)]
    return [HEADERS[i] for i in told], [[row[i] for i in told] for row in rows]


def _row(detector: str, regime: str, row: Any) -> list[str]:
    return [
        detector,
        regime,
        row["device"],
        f"{row['trials']:.0f}",
        _spread(row, "features_seconds"),
        _spread(row, "fit_seconds"),
        _spread(row, "stage_seconds"),
        f"{row['stage_batch']:.0f}" if row["stage_batch"] else NONE,
        _spread(row, "score_microseconds"),
        significant(row["cold_seconds"]),
        significant(row["peak_memory_mib"]),
    ]


def _rows(results: SuiteResults) -> Any:
    return timing(results).iterrows()


def _spread(row: Any, cost: str) -> str:
    """A time with three significant digits and its spread with two; NONE for what was not needed."""
    mean, std = row[f"{cost}_mean"], row[f"{cost}_std"]
    if not mean > 0:
        return NONE
    return significant(mean) if std != std else f"{significant(mean)} ± {significant(std, 2)}"
