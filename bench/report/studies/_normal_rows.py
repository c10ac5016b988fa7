"""recommend-normal.md: what a choice loses where training rows are known to be normal, and its figures."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pandas as pd

from bench.analysis.cells import NONE, Row, TableCell
from bench.analysis.kinds import sizes
from bench.analysis.results import SuiteResults
from bench.analysis.statistics.blocks import by_dataset_and_seed
from bench.analysis.statistics.intervals import FEWEST
from bench.recommend.candidates import DEFAULT, described
from bench.report.markdown import environment_lines, table
from bench.report.statistics import with_interval
from bench.report.studies._adengine import planned
from bench.report.studies._held_out import left_out_choices, mean_loss
from bench.spec import Spec, label
from bench.splits.sources import related_group

REGIME = "one-class"
METRICS = {"roc_auc": "ROC AUC", "adjusted_ap": "adjusted AP"}
DIGITS = 3
FOREST = "isolation_forest"
# The default of `recommend`, as records name it.
_SPEC = Spec.parse(DEFAULT)
TRUSTED = label(_SPEC.name, _SPEC.params)
# What is no choice: it knows nothing.
CHANCE = "random_score"

EXPLANATION = """\
Which detector should be used where all training rows are known to be normal, as those of a period without
incidents are, and nobody knows the anomalies that are to come? *Loss* is the metric of the detector that is
best on a table in hindsight minus that of the chosen one; what did not end `ok` counts as 0. {detectors}
detectors are fitted to the normal rows of each of {tables} tables and judged on other rows. Tables of one
source are no independent evidence: means are over {sources} sources, with Student's 95 % intervals, and a
choice that rests on other tables rests on the same metric on those of *other sources*. Where some training
rows are anomalous, [another study](recommend.md) asks the same."""
ADENGINE = """\
PyOD's ADEngine goes by the numbers of training rows and columns alone; what it uses alone is asked for. Its
detectors get standardised columns here, as all do; ADEngine itself takes columns as they are. The default of
`recommend`, for rows of which nothing is known, is the {default}."""
GAINS = """\
How much less is lost on the same tables by the detector that is best on the other sources. Where an interval
reaches 0, that it is no better is not excluded."""
RANKING = """\
What each detector loses by itself, on all tables, and on how many it is the best. With `--all-normal`
`recommend` and `fit` choose the first. On the other sources the best was, for so many tables: {chosen}."""
WAYS = {
    "single": "the detector that is best on the other sources",
    FOREST: "isolation forest",
    "adengine": "the detector that PyOD's ADEngine plans",
    "default": "the default of `recommend`",
    "random": "a detector drawn at random",
}


@dataclass(frozen=True)
class Losses:
    """Losses of a metric against the detector that is best on a table in hindsight.

    Frames have a row for each table, the mean over seeds. detectors: losses of each that can be chosen. ways:
    of each of `WAYS`, without those that were not run. chosen: for how many tables each detector is the best
    on the other sources.
    """

    detectors: pd.DataFrame
    ways: pd.DataFrame
    chosen: Counter[str]

    @property
    def sources(self) -> int:
        return len({related_group(str(name)) for name in self.ways.index})

    def ranking(self) -> pd.Series:
        """The mean loss of each detector over sources, the least first."""
        means = {str(name): mean_loss(own).mean for name, own in self.detectors.items()}
        return pd.Series(means, dtype=float).sort_values(kind="stable")

    def figures(self) -> dict[str, Any]:
        """What `recommend` says of the study; `bench.recommend.study` reads it."""
        mean, low, high = mean_loss(self.ways["single"])
        return {
            "tables": len(self.ways),
            "sources": self.sources,
            "loss": round(mean, DIGITS),
            "interval": [round(low, DIGITS), round(high, DIGITS)],
            "others": {
                way: round(mean_loss(self.ways[way]).mean, DIGITS) for way in self.ways if way != "single"
            },
            "ranking": {name: round(loss, DIGITS) for name, loss in self.ranking().items()},
        }


def measure(results: SuiteResults, metric: str) -> Losses:
    """What ways to choose without labels lose on each table."""
    values = by_dataset_and_seed(results, REGIME, metric, "zero").groupby("dataset", sort=False).mean()
    choices = values.drop(columns=[CHANCE, TRUSTED], errors="ignore")
    best = choices.max(axis="columns")
    losses = choices.rsub(best, axis="index")
    chosen = left_out_choices(losses)
    ways = {"single": pd.Series({name: losses.loc[name, detector] for name, detector in chosen})}
    if FOREST in losses:
        ways[FOREST] = losses[FOREST]
    plans = {name: planned(size.train, size.columns)[0] for name, size in sizes(results, REGIME).items()}
    if set(losses.index) <= set(plans) and set(plans.values()) <= set(losses):
        ways["adengine"] = pd.Series({name: losses.loc[name, plans[name]] for name in losses.index})
    if TRUSTED in values:
        ways["default"] = best - values[TRUSTED]
    ways["random"] = losses.mean(axis="columns")
    return Losses(losses, pd.DataFrame(ways), Counter(detector for _, detector in chosen))


def texts(results: SuiteResults) -> dict[str, str]:
    """The report and the figures, each by its file's name; none where there are too few tables."""
    frame = results.frame
    if frame["dataset"][frame["regime"] == REGIME].nunique() < FEWEST:
        return {}
    found = {metric: measure(results, metric) for metric in METRICS}
    figures = json.dumps(found["roc_auc"].figures(), indent=1) + "\n"
    return {"recommend-normal.md": markdown(results, found), "recommend-normal.json": figures}


def markdown(results: SuiteResults, found: dict[str, Losses]) -> str:
    """The losses of each way to choose, how far they are apart, and each detector's own."""
    first = found["roc_auc"]
    explained = EXPLANATION.format(
        detectors=first.detectors.shape[1], tables=len(first.ways), sources=first.sources
    )
    chosen = ", ".join(f"{name} ({count})" for name, count in first.chosen.most_common())
    own = [f"loss of {title}" for title in METRICS.values()]
    best = [f"best on, {title}" for title in METRICS.values()]
    parts = [
        "# Choosing a detector where rows are known to be normal",
        explained,
        *environment_lines(results),
        "## Mean loss",
        table(["way to choose", *own], list(way_rows(found))),
        ADENGINE.format(default=described(DEFAULT)),
        "## Less lost than by others",
        GAINS,
        table(["than by", *METRICS.values()], list(gain_rows(found))),
        "## The ranking",
        RANKING.format(chosen=chosen),
        table(["detector", *chain.from_iterable(zip(own, best, strict=True))], list(ranking_rows(found))),
    ]
    return "\n\n".join(parts) + "\n"


def way_rows(found: dict[str, Losses]) -> Iterator[Row]:
    """What each way to choose loses."""
    for way, text in WAYS.items():
        if all(way in losses.ways for losses in found.values()):
            yield [text, *(_mean(losses.ways[way]) for losses in found.values())]


def gain_rows(found: dict[str, Losses]) -> Iterator[Row]:
    """How much less the detector that is best on the other sources loses than others."""
    for way, text in WAYS.items():
        if way != "single" and all(way in losses.ways for losses in found.values()):
            yield [text, *(_mean(losses.ways[way] - losses.ways["single"]) for losses in found.values())]


def ranking_rows(found: dict[str, Losses]) -> Iterator[Row]:
    """Each detector's own loss, and on how many tables it is the best, in the order of the first metric."""
    for name in next(iter(found.values())).ranking().index:
        row: list[TableCell | str] = [name]
        for losses in found.values():
            own = losses.detectors.get(name)
            row += [NONE, NONE] if own is None else [_mean(own), str(int((own == 0).sum()))]
        yield row


def _mean(by_table: pd.Series) -> TableCell:
    """The mean over sources with its interval."""
    mean, low, high = mean_loss(by_table)
    return with_interval(round(mean, DIGITS) + 0.0, low, high, DIGITS)
