"""The options that say how scores become alarms, and what is printed of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from bench.pipeline.decisions import FalseAlarms
    from bench.pipeline.pipeline import Pipeline

PANEL = "Which rows are alarms"
Budget = Annotated[
    str | None,
    typer.Option(
        help="A fraction of rows like those fitted to; `fit` takes '1%' where none of these is given.",
        rich_help_panel=PANEL,
    ),
]
Alerts = Annotated[
    str | None,
    typer.Option(
        help="A number of rows: '20' of each file, or '20/day', which needs --time.", rich_help_panel=PANEL
    ),
]
Cost = Annotated[
    str | None,
    typer.Option(
        help="What a missed anomaly and a false alarm cost: '50:1'. Needs labels.", rich_help_panel=PANEL
    ),
]


def expectation(expected: FalseAlarms, rows: int, model: Pipeline) -> str:
    """How many false alarms to expect of so many rows, and by what."""
    number = f"{expected.expected:,.0f}" if expected.expected >= 10 else f"{expected.expected:.2g}"
    whose = model.trained_on_["file"]
    if expected.by_labels:
        by = (
            f"by the scores of {expected.of:,} rows of {whose} that are labelled normal, each by a fit "
            "without it, and if as many rows are normal"
        )
    else:
        counted = "all of them count as normal, so it is fewer by as many as are not"
        known = "all of them are known to be normal" if model.known_.all_normal else counted
        by = f"by the scores of {expected.of:,} rows of {whose}, each by a fit without it; {known}"
    return (
        f"False alarms to expect of {rows:,} rows like those of {whose}: {number} "
        f"(95 % interval {expected.low:,} to {expected.high:,}), {by}."
    )
