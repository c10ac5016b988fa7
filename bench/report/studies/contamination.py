"""contamination-SUITE.md: what it costs to state contamination wrong, where raw scores are kept."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from bench.analysis.cells import Row, TableCell, number
from bench.analysis.contamination import FACTORS, METRICS, by_source, perfect
from bench.analysis.results import SuiteResults
from bench.analysis.statistics.blocks import unit_count
from bench.analysis.statistics.intervals import FEWEST
from bench.evaluation.metrics import METRICS as ALL_METRICS
from bench.files import plain_name
from bench.report.markdown import environment_lines, table
from bench.report.statistics import mean_with_interval
from bench.report.studies import Study

DIGITS = 3
EXPLANATION = """\
What a detector is told of contamination moves its threshold, not the order of its scores. Here so many of the
judged rows are called, those with the highest scores, as there would be anomalies if the share that is *told*
were true: 0.25 to 4 times the true share, all rows at the most. Of tied rows some are called, the mean of
all choices; half a row is half of the next one. Figures are means over detectors, over trials whose raw
scores are kept, with 95 % bootstrap intervals over independent datasets. *Lost* is how much higher F1 is with
the true share. *Perfect ranking* is the F1 of scores that tell all anomalies from all normal rows."""
BY_DETECTOR = "F1 of each detector by the share that it is told, the best with the true one first:"


def markdown(results: SuiteResults) -> str:
    """The study as tables; empty where too few independent datasets have raw scores."""
    parts = []
    for regime in results.regimes() if results.runs else ():
        if unit_count(results, regime)["independent"] < FEWEST:
            continue
        found = by_source(results, regime)
        if found.index.unique("source").size < FEWEST:
            continue
        detectors, sources = (found.index.unique(name).size for name in ("detector", "source"))
        parts += [f"## {regime}", f"{detectors} detectors on {sources} independent datasets."]
        parts.append(table(_headers(), stated_rows(found)))
        parts += [BY_DETECTOR, table(["detector", *map(_times, FACTORS)], detector_rows(found))]
    if not parts:
        return ""
    title = f"# Contamination stated wrong: {results.title}"
    return "\n\n".join([title, *environment_lines(results), EXPLANATION, *parts]) + "\n"


def stated_rows(found: pd.DataFrame) -> Iterator[Row]:
    """For each factor the means over detectors, and what of F1 is lost."""
    means = found.groupby("source", sort=False).mean()
    for factor in FACTORS:
        lost = means["f1", 1.0] - means["f1", factor]
        yield [
            _times(factor),
            *(_mean(means[metric, factor]) for metric in METRICS),
            _mean(lost),
            number(perfect(factor), DIGITS),
        ]


def detector_rows(found: pd.DataFrame) -> Iterator[Row]:
    """F1 of each detector by factor."""
    means = found["f1"].groupby("detector").mean()
    ordered = means[1.0].sort_values(ascending=False, kind="stable").index
    for name, row in means.loc[ordered].iterrows():
        yield [str(name), *(number(row[factor], DIGITS) for factor in FACTORS)]


def _headers() -> list[str]:
    return ["told", *(ALL_METRICS[metric].title for metric in METRICS), "lost", "perfect ranking"]


def _times(factor: float) -> str:
    return f"{factor:g} ×"


def _mean(values: pd.Series) -> TableCell:
    return mean_with_interval(values.to_numpy(float), DIGITS)


def texts(results: SuiteResults) -> dict[str, str]:
    """The file, where there is something to say."""
    text = markdown(results)
    return {f"contamination-{plain_name(results.name)}.md": text} if text else {}


STUDY = Study(suites=None, texts=texts)
