"""scaling.md: what it does to detectors that columns are brought to another scale than the usual one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from bench.analysis.cells import NONE, Row, TableCell, number
from bench.analysis.results import SuiteResults
from bench.analysis.statistics.blocks import all_blocks
from bench.analysis.statistics.intervals import FEWEST
from bench.analysis.statistics.rank_tests import signed_rank
from bench.plugins.harness.scaling import SCALERS, SCALING
from bench.report.markdown import environment_lines, table
from bench.report.statistics import mean_with_interval
from bench.report.studies import Study
from bench.report.studies._pairs import DIGITS, METRICS
from bench.spec import Spec, label

STANDARD = "standard"
# A pair that much is written about.
PAIR = ("knn", "isolation_forest")
EXPLANATION = """\
Each detector reads columns standardised, as the harness does where a dataset says nothing else, and on
another scale that the training rows give: from 0 to 1 (minmax), by median and quartiles (robust), the share
of the training rows that are below (rank), the normal deviate of that (normal), uncorrelated components of
variance 1 (whiten). The first figure is the mean over independent tables of a collection on standardised
columns; the others are how much higher it is on the other scale, with a 95 % interval. What did not end `ok`
counts as 0."""
PAIRED = """\
How far {} is ahead of {} where both read columns on one scale: the mean difference with a 95 % interval, the
p-value of a signed-rank test, and on how many tables it is ahead."""


def markdown(results: SuiteResults) -> str:
    """The study as tables; empty where no collection has enough tables, or no detector is on two scales."""
    [regime] = results.regimes()[:1] or [""]
    parts: list[str] = []
    for collection, part in by_collection(results).items():
        found = {metric: by_scale(part, regime, metric) for metric in METRICS}
        values = {metric: each for metric, each in found.items() if each is not None}
        if len(values) == len(METRICS):
            parts += collection_parts(f"`{collection}`, {regime}", values)
    if not parts:
        return ""
    return "\n\n".join([f"# {results.title}", *environment_lines(results), EXPLANATION, *parts]) + "\n"


def by_collection(results: SuiteResults) -> dict[str, SuiteResults]:
    """The results on the tables of each dataset plugin."""
    names = results.frame["dataset"].map(lambda text: Spec.parse(text).name)
    return {
        str(name): replace(results, frame=part) for name, part in results.frame.groupby(names, sort=False)
    }


def collection_parts(title: str, values: dict[str, pd.DataFrame]) -> Iterator[str]:
    """The section of one collection."""
    tables = min(len(each) for each in values.values())
    for metric, each in values.items():
        yield f"## {title}: {METRICS[metric]} on {tables} tables"
        yield table(["detector", STANDARD, *SCALERS], scale_rows(each))
    yield f"## {title}: one pair"
    yield PAIRED.format(*map("`{}`".format, PAIR))
    headers = ["scale", *(text for name in METRICS.values() for text in (name, "p", "ahead on"))]
    yield table(headers, pair_rows(values))


def by_scale(results: SuiteResults, regime: str, metric: str) -> pd.DataFrame | None:
    """The metric by independent table, in rows, and by detector and scale, the columns' two levels.

    None where there are too few tables, or no detector on standardised columns and another scale.
    """
    blocks = all_blocks(results, regime, metric, "zero")
    if not blocks or blocks[0].unit != "dataset" or len(blocks[0].values) < FEWEST:
        return None
    values = blocks[0].complete
    read = {name: _detector_and_scale(str(name)) for name in values.columns}
    others = {name for name, scale in read.values() if scale != STANDARD}
    on_two = others & {name for name, scale in read.values() if scale == STANDARD}
    kept = [name for name, (detector, _) in read.items() if detector in on_two]
    values = values[kept].set_axis(pd.MultiIndex.from_tuples([read[name] for name in kept]), axis="columns")
    return values if on_two else None


def _detector_and_scale(name: str) -> tuple[str, str]:
    spec = Spec.parse(name)
    others = {key: value for key, value in spec.params.items() if key != SCALING}
    return label(spec.name, others), str(spec.params.get(SCALING, STANDARD))


def scale_rows(values: pd.DataFrame) -> Iterator[Row]:
    """Each detector on standardised columns, the best first, and how much more it has on other scales."""
    means = values.mean().xs(STANDARD, level=1)
    for name in pd.Series(means).sort_values(ascending=False, kind="stable").index:
        usual = values[name, STANDARD]
        yield [
            str(name),
            number(float(usual.mean()), DIGITS),
            *(_gain(values[name, scale] - usual) if (name, scale) in values else NONE for scale in SCALERS),
        ]


def _gain(gaps: pd.Series) -> TableCell:
    return mean_with_interval(gaps.to_numpy(float), DIGITS)


def pair_rows(by_metric: dict[str, pd.DataFrame]) -> Iterator[Row]:
    """How far the first of the pair is ahead on each scale."""
    for scale in (STANDARD, *SCALERS):
        row: list[TableCell | str] = [scale]
        for values in by_metric.values():
            if not {(name, scale) for name in PAIR} <= set(values.columns):
                break
            first, second = (values[name, scale] for name in PAIR)
            gaps = (first - second).to_numpy(float)
            [p] = signed_rank(gaps[:, None]).p_value
            row += [mean_with_interval(gaps, DIGITS), f"{p:.2g}", f"{(gaps > 0).sum()} of {len(gaps)}"]
        else:
            yield row


def texts(results: SuiteResults) -> dict[str, str]:
    """The file, where there is something to say."""
    text = markdown(results)
    return {"scaling.md": text} if text else {}


STUDY = Study(suites=("scaling",), texts=texts)
