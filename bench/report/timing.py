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
*Memory* is the highest growth of resident memory while fitting and scoring."""

HEADERS = [
    "detector",
    "regime",
    "device",
    "trials",
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
        parts.append(table(HEADERS, timing_rows(results), left=LEFT))
    return "\n\n".join(parts) + "\n"


def timing_rows(results: SuiteResults) -> list[list[str]]:
    """The cells of a suite's table, a row for each detector and regime, the cheapest first."""
    return [
        [
            detector,
            regime,
            row["device"],
            f"{row['trials']:.0f}",
            _spread(row["fit_seconds_mean"], row["fit_seconds_std"]),
            _spread(row["stage_seconds_mean"], row["stage_seconds_std"])
            if row["stage_seconds_mean"]
            else NONE,
            f"{row['stage_batch']:.0f}" if row["stage_batch"] else NONE,
            _spread(row["score_microseconds_mean"], row["score_microseconds_std"]),
            significant(row["cold_seconds"]),
            significant(row["peak_memory_mib"]),
        ]
        for (detector, regime), row in _rows(results)
    ]


def _rows(results: SuiteResults) -> Any:
    return timing(results).iterrows()


def _spread(mean: float, std: float) -> str:
    """A time with three significant digits and its spread with two."""
    return significant(mean) if std != std else f"{significant(mean)} ± {significant(std, 2)}"
