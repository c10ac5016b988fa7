"""What is said of a recommendation, wherever it is shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from textwrap import shorten
from typing import TYPE_CHECKING

from bench.recommend.candidates import DEFAULT, WEIGHTED, described
from bench.recommend.choosing import CONFIDENCE, MINIMUM_GAIN
from bench.recommend.study import NormalRowsFigures, StudyFigures, load_figures, load_normal_figures
from bench.tables.chunks import MIDNIGHT
from bench.tables.columns import NUMBER, kind_of
from bench.tables.formats import numbers_rows

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from bench.recommend.choosing import Choice
    from bench.recommend.recommending import Recommendation

# Of columns that are kept, so many are shown, and so much of a cell; files have them all.
KEPT_SHOWN, CELL_WIDTH = 4, 30
# Numbers that are shown without decimals rather than as 1.42e+04, by which nobody finds a cell.
WHOLE_FROM, WHOLE_TO = 1e4, 1e12
# A column drives the scores where it is the first reason of this fraction of so many rows.
ROWS_DRIVEN, MOSTLY_DRIVEN = 10, 0.6


def what_is_known(found: Recommendation) -> str:
    """How many rows, columns and labels there are."""
    rows, columns = found.table.frame.shape
    known = known_labels(len(found.table.labelled), found.table.anomalous, rows)
    if found.table.all_normal:
        known = "All rows are known to be normal"
    return f"{rows:,} rows, {columns} columns. {known}."


def known_labels(labelled: int, anomalous: int, rows: int) -> str:
    """How many rows have a label, and say what."""
    if not labelled:
        return "No labels"
    none = f"; {rows - labelled:,} have none" if labelled < rows else ""
    return f"{labelled:,} rows have a label, {anomalous:,} say anomaly{none}"


def row_numbers(file: Path) -> str:
    """What the numbers of a file's rows are."""
    if numbers_rows(file):
        return "Rows have their numbers in the sheet."
    return "Rows are counted from 1, the line of names apart."


def why_chosen(found: Recommendation) -> list[str]:
    """What speaks for the choice, in paragraphs."""
    labels = len(found.table.labelled)
    if found.table.all_normal:
        return [_for_normal_rows(load_normal_figures())]
    if found.choice is not None:
        return [_by_labels(found.choice, load_figures(), labels)]
    said = []
    if labels:
        one = "a normal row" if found.table.anomalous else "an anomaly"
        said.append(f"There is not {one} among the labelled rows yet, so the choice cannot depend on labels.")
    return [*said, _without_labels(load_figures())]


def verdict(found: Recommendation) -> str:
    """What to use and where to look first, in a sentence."""
    if found.table.all_normal:
        return (
            f"Use {described(found.name)}, which lost least on tables whose training rows are all normal, "
            "and look for anomalies in other files."
        )
    row, reasons = found.explained[0], found.reasons[0]
    because = f", where {cells_in_words(found, row, reasons)}" if reasons else ""
    if found.choice is None:
        use = f"Use the {described(found.name)}, which lost least where there are no labels to choose by"
    else:
        chosen = found.choice.chosen
        use = (
            f"Use {described(found.name)}, whose ROC AUC is {chosen.auc:.2f} by your labels (95 % interval "
            f"{chosen.low:.2f} to {chosen.high:.2f})"
        )
    return f"{use}, and look first at row {found.table.rows[row]:,}{because}."


def what_drives(found: Recommendation) -> str:
    """Which text or date raises the scores of most of the highest rows most; empty where none does.

    It may be a rare remark, which is no reason to look at a row.
    """
    first = [next(iter(reasons), None) for reasons in found.reasons[:ROWS_DRIVEN]]
    name, rows = Counter(first).most_common(1)[0]
    if name is None or len(first) < ROWS_DRIVEN or rows < MOSTLY_DRIVEN * len(first):
        return ""
    if kind_of(found.table.frame[name]) == NUMBER:
        return ""
    return (
        f"In {rows} of the {len(first)} highest rows {name!r} raises the score most; if that is no reason to "
        "look at a row, leave the column out with --drop."
    )


def cells_in_words(found: Recommendation, row: int, names: Iterable[str]) -> str:
    """``amount = 4.2, country = at``: what stands in some columns of a row."""

    return ", ".join(f"{name} = {cell_in_words(found, row, name)}" for name in names) or "no column by itself"


def cell_in_words(found: Recommendation, row: int, name: str) -> str:
    """What stands in a column of a row; a clock's time without its days, a day without its time."""
    cell = found.table.frame[name].iloc[row]
    if isinstance(cell, float):
        return f"{cell:.0f}" if WHOLE_FROM <= abs(cell) < WHOLE_TO else f"{cell:.4g}"
    return str(cell).removeprefix("0 days ").removesuffix(MIDNIGHT)


def kept_cells(kept: pd.DataFrame, row: int) -> list[str]:
    """What is shown of the columns that are kept of a row."""
    return [shorten(cell, CELL_WIDTH, placeholder="…") for cell in kept.iloc[row, :KEPT_SHOWN].fillna("")]


def _without_labels(study: StudyFigures) -> str:
    helped = ", ".join(
        f"{_signed(loss)} with {labels} labels" for labels, loss in study.loss.items() if labels
    )
    forest = f"{study.others['isolation_forest']:.3f}{_no_better(study, 0)}"
    return (
        "One reads each column by itself, the other all columns together. In our study of "
        f"{study.tables} labelled tables this way of choosing lost {study.loss[0]:.3f} of ROC AUC on average "
        f"({_interval(study.interval[0])}) against the best of {study.candidates} detectors, which is "
        f"unknown without labels. Isolation forest lost {forest}, "
        f"a detector drawn at random {study.others['random']:.3f}. "
        f"Labels help: the loss was {helped}{_below_zero(study.loss.values())}."
    )


def _for_normal_rows(study: NormalRowsFigures) -> str:
    """Why the detector that is chosen where all rows are normal."""
    low, high = study.interval
    others = study.others
    return (
        f"Anomalies are sought in other files. On {study.tables} tables of {study.sources} sources, whose "
        f"training rows are all normal, the detector that lost least on the other sources lost "
        f"{study.loss:.3f} of ROC AUC on average (95 % interval {low:.3f} to {high:.3f}) against the best of "
        f"{len(study.ranking)} detectors. Isolation forest lost {others['isolation_forest']:.3f}, what "
        f"PyOD's ADEngine plans {others['adengine']:.3f}, our choice for rows of which nothing is known "
        f"{others['default']:.3f}, a detector drawn at random {others['random']:.3f}."
    )


def _by_labels(choice: Choice, study: StudyFigures, labels: int) -> str:
    chosen = choice.chosen
    auc = f"its ROC AUC is {chosen.auc:.2f} (95 % interval {chosen.low:.2f} to {chosen.high:.2f})"
    if choice.name != WEIGHTED:
        return (
            f"By your labels {auc}, and it is better by {MINIMUM_GAIN} or more than the weighted candidates, "
            f"with a probability above {percent(CONFIDENCE)}."
        )
    budget = study.budget_for(labels)
    loss = study.loss[budget]
    return (
        f"It starts from the {described(DEFAULT)} and gives weight to the detectors that your labels "
        f"support. By your labels {auc}, cross-validated. Against the best of {study.candidates} detectors "
        f"its loss was {_signed(loss)} on average over {study.tables} tables with {budget} labels "
        f"({_interval(study.interval[budget])}){_below_zero([loss])}; isolation forest lost "
        f"{study.others['isolation_forest']:.3f}{_no_better(study, budget)}."
    )


def _interval(limits: tuple[float, float]) -> str:
    return f"95 % interval {_signed(limits[0])} to {_signed(limits[1])}"


def _no_better(study: StudyFigures, budget: int) -> str:
    """What the study does not exclude; empty where the choice lost less than isolation forest for certain."""
    low, high = study.gain[budget]
    more = f"{_signed(low)} to {_signed(high)} more, so that it may be no worse"
    return f" ({more})" if low <= 0 else ""


def _signed(loss: float) -> str:
    return f"{loss:.3f}".replace("-", "−")


def _below_zero(losses: Iterable[float]) -> str:
    return " (below 0: better than each detector by itself)" if min(losses) < 0 else ""


def what_more_labels_do(choice: Choice) -> str:
    """What the column 'better?' says, and whether more labels could change the choice."""
    explained = f"'better?': the probability to be better than the recommended one by {MINIMUM_GAIN} or more."
    if not choice.rivals:
        return f"{explained} More labels would hardly change the choice: no probability is above 5 %."
    likely = max(choice.rivals, key=lambda each: each.probability_better)
    return (
        f"{explained} More labels could still change the choice: the probability of {described(likely.name)} "
        f"is {percent(likely.probability_better)}."
    )


def percent(fraction: float) -> str:
    """``12 %``."""
    return f"{100 * fraction:.0f} %"
