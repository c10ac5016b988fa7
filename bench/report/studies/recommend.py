"""recommend.md: the study behind `recommend`; and its figures, which the command quotes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pandas as pd

from bench.analysis.cells import Row, TableCell, number
from bench.analysis.results import SuiteResults
from bench.errors import BenchError
from bench.recommend.candidates import CANDIDATES, DEFAULT, described
from bench.recommend.choosing import MINIMUM_GAIN
from bench.report import studies
from bench.report.markdown import environment_lines, table
from bench.report.statistics import with_interval
from bench.report.studies._choosing import BUDGETS, DRAWS, TUNING_DRAWS, Losses, measure
from bench.report.studies._held_out import mean_loss
from bench.splits.sources import related_group

EXPLANATION = """\
Which detector should be used on a table of which nobody knows the anomalies, and how much do a few labels
help? {candidates} quick detectors are fitted to one half of each of {tables} labelled tables, without the
labels, and judged on the other half. *Loss* is the ROC AUC of the candidate that is best on the table in
hindsight minus that of the chosen one; 0 is perfect, and below 0 is better than any single candidate. Tables
of one source are no independent evidence: means are over {sources} sources, with Student's 95 % intervals,
and a choice that rests on other tables rests on those of *other sources*. Where all rows of a file are known
to be normal, the choice is another: [what it loses](recommend-normal.md).

Labels are drawn {draws} times for each table from one half of the judged rows: half of them at random, half
from the fifth of the rows on which the candidates' ranks differ most and the twentieth that the default finds
most suspicious. The loss is measured on the rest of the judged rows, which no label came from; small tables
have fewer rows to label than are asked for. Where labels of one class only are drawn, the choice is the
default. Ways that the labels do not change have one figure for all numbers of labels."""
ADENGINE = """\
PyOD's ADEngine was asked with the numbers of training rows and of columns; its rules for tables read nothing
else. It plans, first what it uses alone: {}. Its detectors get standardised columns here, as all do; ADEngine
itself takes columns as they are."""
GAINS = """\
How much less is lost on the same tables than in ways that need neither labels nor this study. An interval
that reaches 0 does not exclude that the choice is no better."""
TUNED = """\
The mean loss of the candidates weighted by labels, by where half of the labelled rows come from: all rows;
the disputed fifth, on which candidates differ most; the fifth that the default finds most suspicious; or the
disputed fifth and the most suspicious twentieth, as in `recommend`. And by the strength that keeps weights at
the default's, which is 10 in `recommend`. {draws} draws each."""
WAYS = {
    "pair": "mean rank of the pair of candidates that is best on the other sources",
    "default": "the default of recommend, on every table",
    "single": "the candidate that is best on the other sources",
    "five": "mean rank of five, the default of `rank_mean`",
    "isolation_forest": "isolation forest",
    "adengine": "the detector that PyOD's ADEngine plans",
    "adengine_all": "mean rank of the three that PyOD's ADEngine plans",
    "random": "a candidate drawn at random",
}
# What a choice is held against.
RIVALS = ("isolation_forest", "adengine", "adengine_all", "random")
BY_LABELS = {
    "choice": "the choice of recommend",
    "ensemble": "candidates weighted by the labels, always",
    "single": "the candidate with the highest ROC AUC by the labels",
}


def texts(results: SuiteResults) -> dict[str, str]:
    """The report and the figures, each by its file's name; none where too few tables have been run."""
    try:
        found = measure(results)
    except BenchError:
        return {}
    figures = json.dumps(found.figures(), indent=1) + "\n"
    return {"recommend.md": markdown(results, found), "recommend.json": figures}


def markdown(results: SuiteResults, found: Losses) -> str:
    """The losses by number of labels, what they rest on, and each table's own."""
    sources = len({related_group(str(name)) for name in found.blind.index})
    explained = EXPLANATION.format(
        candidates=len(CANDIDATES), tables=len(found.blind), sources=sources, draws=DRAWS
    )
    parts = [
        "# Choosing a detector without labels, and with few",
        explained,
        *environment_lines(results),
        "## Mean loss by number of labels",
        _by_labels(found),
        _remarks(found),
        "## Less lost than by others",
        GAINS,
        _gains(found),
        "## What was chosen with care",
        _tuning(found),
        "## Each table",
        _tables(found),
    ]
    if found.left_out:
        parts.append(f"Left out, since a candidate failed: {', '.join(found.left_out)}.")
    return "\n\n".join(parts) + "\n"


def _by_labels(found: Losses) -> str:
    rows: list[Row] = [
        [text, _mean(found.blind[way]), *["" for _ in BUDGETS]]
        for way, text in WAYS.items()
        if way in found.blind
    ]
    rows += [
        [text, _mean(found.blind["pair"]), *(_mean(found.labelled[n][way]) for n in BUDGETS)]
        for way, text in BY_LABELS.items()
    ]
    rows.append(
        [
            f"share of tables or draws within {MINIMUM_GAIN} of the best",
            number((found.blind["default"] < MINIMUM_GAIN).mean()),
            *(number(found.labelled[n]["within"].mean()) for n in BUDGETS),
        ]
    )
    return table(["way to choose", "no labels", *(f"{n} labels" for n in BUDGETS)], rows)


def _remarks(found: Losses) -> str:
    covered = ", ".join(f"{100 * found.covered[n]:.0f} % with {n} labels" for n in BUDGETS)
    said = (
        f"The default is the {described(DEFAULT)}. The pair that is best on the other sources, and for how "
        f"many tables: {_counted(found.pairs)}. The 95 % interval that `recommend` prints held the ROC AUC "
        f"of the chosen one in {covered}."
    )
    return said if "adengine" not in found.blind else f"{said}\n\n{ADENGINE.format(_counted(found.plans))}"


def _counted(names: Mapping[str, int]) -> str:
    return "; ".join(f"{name} ({count})" for name, count in names.items())


def _gains(found: Losses) -> str:
    """How much less the choices lose than those that need neither labels nor this study."""
    ways = {"the pair, without labels": found.blind["pair"], "the default": found.blind["default"]}
    ways |= {f"the choice by {n} labels": found.labelled[n]["choice"] for n in BUDGETS}
    rivals = [way for way in RIVALS if way in found.blind]
    rows: list[Row] = [
        [way, *(_mean(found.blind[rival] - losses) for rival in rivals)] for way, losses in ways.items()
    ]
    return table(["choice", *(f"than {WAYS[rival]}" for rival in rivals)], rows)


def _tuning(found: Losses) -> str:
    losses = {n: found.by_tuning(n) for n in BUDGETS}
    ways = dict.fromkeys(zip(found.tuning["mix"], found.tuning["strength"], strict=True))
    rows: list[Row] = [
        [mix, f"{strength:.1f}", *(_loss(mean_loss(losses[n][mix, strength]).mean) for n in BUDGETS)]
        for mix, strength in ways
    ]
    rows.append(["chosen on the other sources", "", *(_loss(found.tuned(n)) for n in BUDGETS)])
    built = table(["rows to label", "strength", *(f"{n} labels" for n in BUDGETS)], rows)
    return f"{TUNED.format(draws=TUNING_DRAWS)}\n\n{built}"


def _tables(found: Losses) -> str:
    headers = ["table", "best candidate", "isolation forest", "default", *(f"{n} labels" for n in BUDGETS)]
    rows = [_row(found, name) for name in found.blind.index]
    return table(headers, rows, left=2)


def _row(found: Losses, name: str) -> Row:
    return [
        name,
        str(found.candidates.loc[name].idxmin()),
        _loss(found.blind["isolation_forest"][name]),
        _loss(found.blind["default"][name]),
        *(_loss(found.labelled[n]["choice"][name]) for n in BUDGETS),
    ]


def _mean(by_table: pd.Series) -> TableCell:
    """The mean over sources with its interval."""
    mean, low, high = mean_loss(by_table)
    return with_interval(round(mean, 3) + 0.0, low, high, 3)


def _loss(value: Any) -> TableCell:
    return number(round(float(value), 3) + 0.0, 3)  # no loss of -0.000


STUDY = studies.Study(suites=("recommend-study",), texts=texts)
