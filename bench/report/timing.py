"""timing.md."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bench.analysis.cells import NONE, Row, TableCell, TableColumn, count, joined, laid_out, significant
from bench.analysis.results import SuiteResults
from bench.analysis.timing import timing
from bench.report.markdown import environment_lines, heading, table

EXPLANATION = """\
Means and standard deviations over all trials of a suite that ended `ok`. Times are warm: imports and
just-in-time compilation happen in a first fit on a few rows, which *cold* measures by itself. *Stage* is
the fitting of a piece that several detectors share, such as an autoencoder: it is fitted once and charged
in full to each of them. Where several *models* were fitted together, the time is each one's share.
*Features* is turning all rows, for training and for tests, into the features that a detector reads.
*Memory* is the highest growth of resident memory while fitting and scoring, a stage's apart, in the trial
where it is highest. What earlier trials freed goes back to the system before, so that each trial takes its
own pages, as in a new process."""

# Columns of words, which are set flush left.
LEFT = 3


def section(results: SuiteResults) -> str:
    """What each detector of a suite costs."""
    parts = [heading(results), *environment_lines(results), table(*timing_table(results), left=LEFT)]
    return "\n\n".join(parts)


def timing_table(results: SuiteResults) -> tuple[list[str], list[Row]]:
    """Headers and cells of a suite's table, a row for each detector and regime, the cheapest first.

    Columns that say nothing of any detector, such as that of features, are left out.
    """
    costs = timing(results).reset_index().to_dict("records")
    headers, rows = laid_out(COLUMNS, costs)
    shown = [i for i in range(len(headers)) if not rows or any(row[i] != NONE for row in rows)]
    return [headers[i] for i in shown], [[row[i] for i in shown] for row in rows]


def _spread(cost: str) -> Callable[[Costs], TableCell]:
    """A time with three significant digits and its spread with two; a dash for what was not needed."""

    def cell(row: Costs) -> TableCell:
        mean, std = row[f"{cost}_mean"], row[f"{cost}_std"]
        return joined(significant(mean), significant(std, 2)) if mean > 0 else NONE

    return cell


Costs = Mapping[Any, Any]
COLUMNS = (
    TableColumn("detector", lambda row: str(row["detector"])),
    TableColumn("regime", lambda row: str(row["regime"])),
    TableColumn("device", lambda row: str(row["device"])),
    TableColumn("trials", lambda row: count(row["trials"])),
    TableColumn("features s", _spread("features_seconds")),
    TableColumn("fit s", _spread("fit_seconds")),
    TableColumn("stage s", _spread("stage_seconds")),
    TableColumn("models", lambda row: count(row["stage_batch"]) if row["stage_batch"] else NONE),
    TableColumn("score µs/row", _spread("score_microseconds")),
    TableColumn("cold s", lambda row: significant(row["cold_seconds"])),
    TableColumn("memory MiB", lambda row: significant(row["peak_memory_mib"])),
)
