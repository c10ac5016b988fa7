"""The text that ``recommend --time`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.api._own_data import code_of
from bench.cli._output import table
from bench.cli._recommendation import Printer, estimates_table
from bench.recommend.choosing import CONFIDENCE, MINIMUM_GAIN
from bench.recommend.in_time import FEWEST_RANGES, INDEPENDENT, RANDOM, STUDY, STUDY_SERIES
from bench.recommend.words import what_more_labels_do

if TYPE_CHECKING:
    from bench.api._given import Given
    from bench.cli._output import Columns
    from bench.recommend.in_time import SeriesRecommendation

RANGES_SHOWN = 10
TO_START_WITH = 20


def print_series_recommendation(found: SeriesRecommendation, out: Printer, given: Given) -> None:
    """Print what is recommended and why, the ranges to look at first, and what to do next."""
    _print_choice(found, out, given)
    out.heading("Ranges to look at first")
    if found.first:
        out.table(_ranges(found))
        out.say(
            "A range is the stretch around a peak of the scores that is above half of its height over their "
            "median; 'higher than': the share of all points with a lower score than the peak."
        )
    else:
        out.say("No score stands out from the others.")
    _print_next(found, out, given)
    out.heading("In Python")
    out.as_it_is(_code(found, given))


def _print_choice(found: SeriesRecommendation, out: Printer, given: Given) -> None:
    points, channels = found.series.X.shape
    count = len(found.series.table.series)
    kinds = f"{count} series, " if count > 1 else ""
    stretches = len(found.series.segments)
    cut = f" in {stretches} stretches without a gap" if stretches > count else ""
    named = "1 channel" if channels == 1 else f"{channels} channels"
    out.say(f"{given.file.name}: {kinds}{points:,} points{cut}, {named}. {_known(found)}")
    out.heading(f"Recommended: {found.name}")
    if found.choice is None:
        out.say(_why_default(found.name, channels))
        if found.series.y is not None:
            out.say(
                f"The labels do not decide yet: that takes {FEWEST_RANGES} anomalous ranges, and stretches "
                "of normal points as long."
            )
    else:
        default = next(name for name in STUDY if name not in found.missing)
        out.say(_why_chosen(found, default))
        out.table(estimates_table(found.choice, default))
        out.say(what_more_labels_do(found.choice))
    if found.missing:
        out.say("Left out: " + "; ".join(f"{name} ({why})" for name, why in found.missing.items()) + ".")


def _known(found: SeriesRecommendation) -> str:
    if found.series.y is None:
        return "No labels."
    known = int((found.series.y != -1).sum())
    ranges = "1 anomalous range" if found.labelled == 1 else f"{found.labelled:,} anomalous ranges"
    return f"{known:,} points have a label, with {ranges}."


def _why_default(name: str, channels: int) -> str:
    others = ", ".join(f"{other} {vus:.2f}" for other, vus in STUDY.items() if other != name)
    several = " They are of single channels; for several of them that says little." if channels > 1 else ""
    return (
        f"Its mean VUS-PR over {STUDY_SERIES} labelled series of NAB, SMAP and the UCR archive, of which "
        f"{INDEPENDENT} are independent, is {STUDY[name]:.2f}; the others have: {others}, and random scores "
        f"{RANDOM:.2f}. Which is best differs from series to series, so label a few ranges.{several}"
    )


def _why_chosen(found: SeriesRecommendation, default: str) -> str:
    assert found.choice is not None
    chosen = found.choice.chosen
    auc = f"its ROC AUC is {chosen.auc:.2f} (95 % interval {chosen.low:.2f} to {chosen.high:.2f})"
    of = "of labelled ranges against stretches of normal points as long, by the highest score in each"
    if found.name == default:
        return (
            f"It is the one recommended without labels, and no other is better by {MINIMUM_GAIN} or more "
            f"with a probability above {100 * CONFIDENCE:.0f} %. By your labels {auc}, {of}."
        )
    return (
        f"By your labels {auc}, {of}; it is better by {MINIMUM_GAIN} or more than {default}, which is "
        f"recommended without labels, with a probability above {100 * CONFIDENCE:.0f} %."
    )


def _ranges(found: SeriesRecommendation) -> Columns:
    several = len(found.series.table.series) > 1
    rows = []
    for each in found.first[:RANGES_SHOWN]:
        lower = float((found.scores < each.score).mean())
        name = [found.series.series_of(each.start)] if several else []
        rows.append(
            [
                *name,
                found.series.time_of(each.start),
                found.series.time_of(each.stop - 1),
                f"{each.stop - each.start:,}",
                f"{each.score:.4g}",
                f"{100 * lower:.2f} %",
            ]
        )
    headers = [*(["series"] if several else []), "start", "end", "points", "score", "higher than"]
    return table(headers, rows, right=range(len(headers) - 3, len(headers)))


def _print_next(found: SeriesRecommendation, out: Printer, given: Given) -> None:
    if given.out is not None or given.asked is not None:
        out.heading("Written")
    if given.out is not None:
        out.say(f"{given.out}: {len(found.first):,} ranges, the highest score first")
    if given.asked is not None:
        out.say(
            f"{given.asked}: ranges to label. Fill in the column 'label' with 1 (something in it is "
            "anomalous) or 0 (all is normal), leave it empty where you do not know, and run"
        )
        out.as_it_is(f"  {given.command('--labels', str(given.asked))}")
    elif found.choice is None:
        out.heading("To do better, label a few ranges")
        out.as_it_is(given.command("--ask", str(TO_START_WITH)))


def _code(found: SeriesRecommendation, given: Given) -> str:
    options = [repr(str(given.file)), f"time={given.time!r}"]
    options += [f"series={given.series!r}"] if given.series else []
    drop = [*given.drop, *([given.label] if given.label else [])]
    options += [f"drop={drop!r}"] if drop else []
    options += [f"dialect={code_of(given.dialect)}"] if given.dialect.given() else []
    return (
        f"from bench import {'Dialect, ' if given.dialect.given() else ''}load_detector, load_series\n"
        f"series = load_series({', '.join(options)})\n"
        f"scores = load_detector({found.name!r}).fit_score(series.X, segments=series.segments)"
    )
