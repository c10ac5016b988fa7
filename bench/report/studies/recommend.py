"""recommend.md: the study behind `recommend`; and its figures, which the command quotes."""

from __future__ import annotations

import json
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

EXPLANATION = """\
Which detector should be used on a table of which nobody knows the anomalies, and how much do a few labels
help? {candidates} quick detectors are fitted to one half of each of {tables} labelled tables, without the
labels, and judged on the other half. *Loss* is the ROC AUC of the detector that is best on the table in
hindsight minus that of the chosen one, on average over tables; 0 is perfect, and below 0 is better than any
single detector. Without labels a choice is made for each table from all the *other* tables. Intervals are
Student's 95 % intervals over sources of tables, since tables of one source are no independent evidence.

Labels are drawn {draws} times for each table from one half of the judged rows: half of them at random, half
from the fifth of the rows on which the candidates' ranks differ most and the twentieth that the default finds
most suspicious. The loss is measured on the rest of the judged rows, which no label came from; small tables
have fewer rows to label than are asked for. Where labels of one class only are drawn, the choice is the
default. Ways that the labels do not change have one figure for all numbers of labels."""
TUNED = """\
The mean loss of the candidates weighted by labels, by where half of the labelled rows come from: all rows;
the disputed fifth, on which candidates differ most; the fifth that the default finds most suspicious; or the
disputed fifth and the most suspicious twentieth, as in `recommend`. And by the strength that keeps weights at
the default's, which is 10 in `recommend`. {draws} draws each."""
WAYS = {
    "pair": "mean rank of the pair of candidates that is best on the other tables",
    "default": "the default of recommend, on every table",
    "single": "the candidate that is best on the other tables",
    "five": "mean rank of five, the default of `rank_mean`",
    "isolation_forest": "isolation forest",
    "random": "a candidate drawn at random",
}
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
    explained = EXPLANATION.format(candidates=len(CANDIDATES), tables=len(found.blind), draws=DRAWS)
    parts = [
        "# Choosing a detector without labels, and with few",
        explained,
        *environment_lines(results),
        "## Mean loss by number of labels",
        _by_labels(found),
        _remarks(found),
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
        [text, _mean(found, found.blind[way]), *["" for _ in BUDGETS]] for way, text in WAYS.items()
    ]
    rows += [
        [text, _mean(found, found.blind["pair"]), *(_mean(found, found.labelled[n][way]) for n in BUDGETS)]
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
    pairs = "; ".join(f"{pair} ({count})" for pair, count in found.pairs.items())
    covered = ", ".join(f"{100 * found.covered[n]:.0f} % with {n} labels" for n in BUDGETS)
    return (
        f"{_gains(found)} The default is the {described(DEFAULT)}. The pair that is best on all tables but "
        f"one, and how often: {pairs}. The 95 % interval that `recommend` prints held the ROC AUC of the "
        f"chosen one in {covered}."
    )


def _tuning(found: Losses) -> str:
    means = found.tuning.groupby(["mix", "strength", "labels"], sort=False)["loss"].mean()
    ways = list(dict.fromkeys((mix, strength) for mix, strength, _ in means.index))
    rows: list[Row] = [
        [mix, f"{strength:.1f}", *(_loss(means[mix, strength, n]) for n in BUDGETS)] for mix, strength in ways
    ]
    rows.append(["chosen on the other tables", "", *(_loss(found.tuned(n)) for n in BUDGETS)])
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


def _mean(found: Losses, by_table: pd.Series) -> TableCell:
    """The mean loss with its interval."""
    return with_interval(round(float(by_table.mean()), 3) + 0.0, *found.interval(by_table), 3)


def _gains(found: Losses) -> str:
    """Which choices are not shown to lose less than isolation forest."""
    forest = found.blind["isolation_forest"]
    ways = {"without labels": found.blind["pair"], "by the default": found.blind["default"]}
    ways |= {f"with {n} labels": found.labelled[n]["choice"] for n in BUDGETS}
    said = []
    for way, losses in ways.items():
        low, high = found.interval(forest - losses)
        verdict = "" if low > 0 else ", which does not exclude that it is no better"
        said.append(
            f"{way} {number((forest - losses).mean(), 3)} [{number(low, 3)}, {number(high, 3)}]{verdict}"
        )
    return f"Less lost than by isolation forest on the same tables: {'; '.join(said)}."


def _loss(value: Any) -> TableCell:
    return number(round(float(value), 3) + 0.0, 3)  # no loss of -0.000


STUDY = studies.Study(suites=("recommend-study",), texts=texts)
