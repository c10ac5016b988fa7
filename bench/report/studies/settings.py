"""settings.md: how far the figures of detectors rest on their parameters, and what defaults are worth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from bench import escaping
from bench.analysis.cells import Row, TableCell, TableColumn, count, laid_out, number, percent
from bench.analysis.results import MISSING, SuiteResults
from bench.analysis.settings import HIGH, LOW, Varied, compare_pairs, varied
from bench.analysis.statistics.intervals import mean_interval
from bench.files import plain_name
from bench.report.markdown import environment_lines, items, table
from bench.report.statistics import mean_with_interval
from bench.report.studies import Study
from bench.spec import Spec
from bench.splits.arrays import Floats

METRICS = {"adjusted_ap": "adjusted AP", "roc_auc": "ROC AUC"}
DIGITS = 3
EXPLANATION = """\
Figures are means over independent datasets (those of one source are one); what did not end `ok` counts as 0.
Intervals are 95 % bootstrap intervals over datasets. *Median*, *10 %* and *90 %* are quantiles of the
settings' means. *Oracle setting* takes on each dataset what is best there in hindsight, the default among it:
no user can, and a part of its lead is luck. *Rank* is that of the default among itself and its settings, 1
the best. *Sensitivity* is how far apart four fifths of the settings (10 to 90 % quantile) lie on
one dataset. *Failed* counts the settings' trials that did not end `ok`. Where a detector draws at random,
each setting has its own draws, and their luck is a part of the spread."""
PAIRS = """\
Two detectors are *closer than their settings* where their means by default differ by less than the means of
four fifths of the settings of one do, averaged over the two. *Told apart* are those that signed-rank tests
over datasets tell apart by default, corrected by Holm for all pairs. *Reversed* is how likely the one that is
ahead by default is behind if both are given a setting at random, averaged over pairs."""


def markdown(results: SuiteResults) -> str:
    """The study as tables; empty where too few settings or datasets were tried."""
    found = {regime: _by_metric(results, regime) for regime in results.regimes()} if results.settings else {}
    found = {regime: by_metric for regime, by_metric in found.items() if by_metric}
    if not found:
        return ""
    parts = [f"# {results.title}"]
    for regime, by_metric in found.items():
        main = next(iter(METRICS))
        parts += [f"## {regime}", items(sentences(by_metric[main], METRICS[main]))]
        for metric, detectors in by_metric.items():
            rows = [(each, _failed(results, regime, each.name)) for each in detectors]
            parts += [f"By {METRICS[metric]}:", table(*laid_out(COLUMNS, rows))]
        parts += ["Pairs of detectors:", table(*pair_cells(by_metric))] * (len(by_metric[main]) > 1)
    parts += ["## What the columns say", EXPLANATION, PAIRS, *environment_lines(results)]
    return "\n\n".join(parts) + "\n"


def sentences(detectors: Sequence[Varied], title: str) -> Iterator[str]:
    """What the figures come to, for detectors of which all have the same datasets."""
    reach = {each.name: each.reach for each in detectors}
    least, most = min(reach, key=reach.__getitem__), max(reach, key=reach.__getitem__)
    yield (
        f"Parameters: the mean {title} of four fifths of a detector's settings spans "
        f"{np.median(list(reach.values())):.{DIGITS}f} in the median of {len(detectors)} detectors, from "
        f"{reach[least]:.{DIGITS}f} ({escaping.markdown(least)}) to {reach[most]:.{DIGITS}f} "
        f"({escaping.markdown(most)})."
    )
    beaten = np.mean([each.beaten for each in detectors], axis=0)
    above = sum(each.default.mean() > np.median(each.means) for each in detectors)
    yield (
        f"Defaults: on a dataset the default is ahead of {_percent(beaten)} of the detector's settings, "
        f"where 50 % is no better than drawing one; by the mean over {len(beaten)} datasets it is above the "
        f"median setting for {above} of {len(detectors)} detectors."
    )
    if len(detectors) > 1:
        pairs = compare_pairs(detectors)
        told = f", {pairs.told_within} of them among the {pairs.told} that a test tells apart"
        yield (
            f"Rankings: of {pairs.pairs} pairs of detectors {pairs.within} "
            f"({percent(pairs.within / pairs.pairs)}) differ by default by less than the settings of one "
            f"detector do{told if pairs.told else ''}; with a setting at random each, the order of a pair is "
            f"reversed in {percent(pairs.reversed)} of cases."
        )


# Of a detector and its failed trials.
COLUMNS: Sequence[TableColumn] = (
    TableColumn("detector", lambda row: row[0].name),
    TableColumn("settings", lambda row: count(row[0].settings.shape[1])),
    TableColumn("default", lambda row: number(row[0].default.mean(), DIGITS)),
    TableColumn("median", lambda row: number(np.median(row[0].means), DIGITS)),
    TableColumn("10 %", lambda row: number(np.quantile(row[0].means, LOW), DIGITS)),
    TableColumn("90 %", lambda row: number(np.quantile(row[0].means, HIGH), DIGITS)),
    TableColumn("oracle setting", lambda row: number(row[0].oracle.mean(), DIGITS)),
    TableColumn("rank of the default", lambda row: _rank(row[0])),
    TableColumn("sensitivity", lambda row: mean_with_interval(row[0].sensitivity, DIGITS)),
    TableColumn("failed", lambda row: count(row[1])),
)


def pair_cells(by_metric: Mapping[str, Sequence[Varied]]) -> tuple[list[str], list[Row]]:
    """How many pairs of detectors are closer by default than their settings, by each metric."""
    rows: list[Row] = []
    for metric, detectors in by_metric.items():
        pairs = compare_pairs(detectors)
        rows.append([METRICS[metric], *map(str, (pairs.pairs, pairs.within, pairs.told, pairs.told_within)),
                     percent(pairs.reversed)])  # fmt: skip
    headers = ["by", "pairs", "closer than their settings", "told apart", "of these closer", "reversed"]
    return headers, rows


def _by_metric(results: SuiteResults, regime: str) -> dict[str, list[Varied]]:
    """The detectors by each metric; none where one has none."""
    found = {metric: varied(results, regime, metric) for metric in METRICS}
    return found if all(found.values()) else {}


def _failed(results: SuiteResults, regime: str, detector: str) -> int:
    """How many trials of a detector's settings ended, and not "ok"."""
    own = {label for label in results.settings if Spec.parse(label).name == detector}
    frame = results.frame
    is_own = (frame["regime"] == regime) & frame["detector"].isin(own)
    return int((is_own & ~frame["status"].isin(["ok", MISSING])).sum())


def _rank(each: Varied) -> TableCell:
    cell = mean_with_interval(each.ranks, 1)
    return TableCell(f"{cell} of {each.settings.shape[1] + 1}", cell.value)


def _percent(shares: Floats) -> str:
    low, high = mean_interval(shares)
    return f"{percent(float(shares.mean()))} [{percent(low)}, {percent(high)}]"


def texts(results: SuiteResults) -> dict[str, str]:
    """The file, where there is something to say."""
    text = markdown(results)
    name = "settings" if results.name == "settings" else f"settings-{plain_name(results.name)}"
    return {f"{name}.md": text} if text else {}


STUDY = Study(suites=None, texts=texts)
