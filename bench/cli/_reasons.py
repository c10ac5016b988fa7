"""Why ``recommend`` recommends what it does, in sentences with the studies' figures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bench.recommend.candidates import DEFAULT, WEIGHTED, described
from bench.recommend.choosing import CONFIDENCE, MINIMUM_GAIN

if TYPE_CHECKING:
    from bench.recommend.choosing import Choice
    from bench.recommend.study import NormalRowsFigures, StudyFigures


def why_default(study: StudyFigures) -> str:
    """Why the default, where nothing is known of the rows."""
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


def why_for_normal_rows(study: NormalRowsFigures) -> str:
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


def why_chosen(choice: Choice, study: StudyFigures, labels: int) -> str:
    """Why what is chosen by labels."""
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


def percent(fraction: float) -> str:
    """A fraction as a whole percentage."""
    return f"{100 * fraction:.0f} %"
