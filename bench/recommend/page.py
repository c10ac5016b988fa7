"""A recommendation as a page: one file, which opens from disk and asks the network for nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup

from bench import escaping
from bench.evaluation.policies import train_quantile
from bench.files import write_chosen
from bench.recommend.candidates import described
from bench.recommend.drawing import Picture, curve, histogram, intervals
from bench.recommend.learning import label_curve
from bench.recommend.recommending import Recommendation
from bench.recommend.words import (
    KEPT_SHOWN,
    cell_in_words,
    kept_cells,
    row_numbers,
    verdict,
    what_drives,
    what_is_known,
    what_more_labels_do,
    why_chosen,
)
from bench.tables.readings import readings

ROWS_SHOWN = 20
LABELS = {1: "anomaly", 0: "normal", -1: ""}


@dataclass(frozen=True)
class _Reason:
    """A column that raises a row's score: its value there, what it contributes, and that as a percentage of
    the largest contribution of the row.
    """

    column: str
    value: str
    contribution: str
    percent: float


@dataclass(frozen=True)
class _Row:
    number: str
    score: str
    label: str
    kept: Sequence[str]
    reasons: Sequence[_Reason]


def write_page(
    found: Recommendation,
    file: Path,
    *,
    budget: float,
    written: Mapping[str, Path],
    commands: Sequence[str],
    code: str,
    kept: pd.DataFrame | None = None,
) -> None:
    """Write the page.

    budget: the fraction of rows above the threshold that is drawn. written: the files that belong to it, by
    what they hold, which it links to by their names. commands: lines for a shell that go on from here. code:
    the same in Python. kept: further columns to show, which has the rows of the table in their order. Raises
    BenchError for a file that cannot be written.
    """
    threshold = train_quantile(found.scores, budget)
    shown = pd.DataFrame(index=found.table.rows) if kept is None else kept
    page = escaping.templates("bench.recommend").get_template("page.html.j2").render(
        name=found.table.file.name,
        verdict=verdict(found),
        known=f"{what_is_known(found)} {row_numbers(found.table.file)} {what_drives(found)}".rstrip(),
        rows=[_row(found, at, shown) for at in range(min(ROWS_SHOWN, len(found.explained)))],
        kept=shown.columns[:KEPT_SHOWN].tolist(),
        has_labels=found.table.y is not None and not found.table.all_normal,
        scores=histogram(found, threshold),
        marked=f"{budget:.0%}",
        described=described(found.name),
        why=why_chosen(found),
        pictures=_of_labels(found),
        more=None if found.choice is None else what_more_labels_do(found.choice),
        missing=found.missing,
        readings=readings(found.table.frame, found.table.encoder),
        written={what: (_address(each, file), each.name) for what, each in written.items()},
        commands=commands,
        code=code,
        svg=_svg,
    )  # fmt: skip
    write_chosen(file, page)


def _row(found: Recommendation, at: int, kept: pd.DataFrame) -> _Row:
    row, named = found.explained[at], found.reasons[at]
    largest = max(named.values(), default=1.0)
    return _Row(
        f"{found.table.rows[row]:,}",
        f"{found.scores[row]:.4g}",
        "" if found.table.y is None else LABELS[int(found.table.y[row])],
        kept_cells(kept, row),
        [
            _Reason(name, cell_in_words(found, row, name), f"{value:.3g}", 100 * value / largest)
            for name, value in named.items()
        ],
    )


def _of_labels(found: Recommendation) -> list[Picture]:
    """The pictures that labels make possible."""
    if found.choice is None or found.evidence is None:
        return []
    learnt = label_curve(found.evidence)
    judged = intervals(found.choice.shown(), found.choice.name)
    return [judged, *([] if learnt is None else [curve(learnt)])]


def _svg(picture: Picture) -> Markup:
    """The drawing, whose texts were escaped when it was made."""
    return Markup(picture.svg)


def _address(file: Path, page: Path) -> str:
    """Where a file is, from a page."""
    return quote(Path(os.path.relpath(file.resolve(), page.resolve().parent)).as_posix())
