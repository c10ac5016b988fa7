"""Whether pairs of detectors differ in practice: intervals that hold for all of them together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from bench.analysis.cells import Row, TableCell
from bench.analysis.results import SuiteResults
from bench.analysis.statistics.behind import Gaps, all_gaps
from bench.analysis.statistics.blocks import all_blocks
from bench.analysis.statistics.intervals import PRACTICAL, in_practice
from bench.report.markdown import items, table
from bench.report.statistics import with_interval

METRICS = {"adjusted_ap": "adjusted AP", "roc_auc": "ROC AUC"}
DIGITS = 3
# So many detectors, the best by the first of the metrics, are shown pair by pair.
LEADERS = 5
PAIRS = f"""\
Mean differences of all pairs of detectors, with intervals that hold for all of them together with 95 %
confidence; what did not end `ok` counts as 0. In practice a pair is *equal* where its interval lies within
{PRACTICAL:g} to both sides of 0, one is *better* or *worse* where it lies beyond, else it is *open*. Of the
{LEADERS} best detectors stands below how far the first of a pair is ahead of the second."""


def pair_parts(results: SuiteResults, regime: str) -> Iterator[str]:
    """How many pairs differ in practice, and the pairs of the first detectors."""
    names, gaps = all_pairs(results, regime)
    yield "## Pairs in practice"
    yield PAIRS
    yield items(pair_counts(gaps))
    yield table(["first", "second", *_pair_headers()], list(pair_rows(names, gaps)), left=2)


def all_pairs(results: SuiteResults, regime: str) -> tuple[list[str], dict[str, Gaps]]:
    """The detectors, the best by the first metric first, and how far each is ahead of each by each metric."""
    values = {metric: all_blocks(results, regime, metric, "zero")[0].complete for metric in METRICS}
    first = next(iter(values.values()))
    names = list(first.mean().sort_values(ascending=False, kind="stable").index)
    gaps = {metric: all_gaps(each[names].to_numpy(float)) for metric, each in values.items()}
    return list(map(str, names)), gaps


def pair_counts(by_metric: Mapping[str, Gaps]) -> Iterator[str]:
    """By each metric how many pairs are equal in practice, of how many one is better, how many are open."""
    for metric, gaps in by_metric.items():
        pairs = combinations(range(len(gaps.mean)), 2)
        found = Counter(in_practice(gaps.low[pair], gaps.high[pair]) for pair in pairs)
        yield (
            f"By {METRICS[metric]}, of {found.total()} pairs one is better in "
            f"{found['better'] + found['worse']}; equal: {found['equal']}; open: {found['open']}."
        )


def pair_rows(names: Sequence[str], by_metric: Mapping[str, Gaps]) -> Iterator[Row]:
    """The pairs of the first detectors: how far the first of a pair is ahead by each metric."""
    for pair in combinations(range(min(LEADERS, len(names))), 2):
        row: list[TableCell | str] = [names[place] for place in pair]
        for gaps in by_metric.values():
            mean, low, high = (float(limits[pair]) for limits in gaps)
            row += [with_interval(mean, low, high, DIGITS), in_practice(low, high)]
        yield row


def _pair_headers() -> list[str]:
    return [text for title in METRICS.values() for text in (title, "in practice")]
