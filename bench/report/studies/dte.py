"""SUITE.md: a published table's figures beside ours."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from bench.analysis.article import compare_with_article
from bench.analysis.reproduction import ARTICLE, METRICS, NOT, VERDICTS, Comparison, Line, compare
from bench.analysis.results import SuiteResults
from bench.report.markdown import NONE, environment_lines, number, table, with_spread
from bench.report.studies import article

EXPLANATION = """\
Figures in percent. Published: mean and standard deviation over five seeds, as printed. Ours: the mean over
the seeds that theirs agree with, by the published protocol, with its random draws of rows. *Verdict*:
`reproduced` where the means differ by 0.01 at most, `within the published spread` by one published standard
deviation at most, else `not`, with the reason as far as it is known. The protocol is the publication's: a
table of fewer than 1000 rows is drawn with replacement before it is split, which no other dataset of this
harness does."""

HEADERS = ["detector", "dataset", "metric", "published", "ours", "seeds", "difference", "verdict", "reason"]


def texts(results: SuiteResults, lines: Sequence[Line]) -> dict[str, str]:
    """The file of a suite's reproduction, by its name; ``lines`` as for `compare`."""
    if results.name == ARTICLE:
        text = article.markdown(results, compare_with_article(results))
    else:
        text = markdown(results, compare(results, lines))
    return {f"{results.name}.md": text}


def markdown(results: SuiteResults, compared: Sequence[Comparison]) -> str:
    """How the figures of each detector came out, those that were not reproduced, and all of them."""
    parts = [f"# {results.name}: a published table beside ours", results.title, EXPLANATION]
    parts += environment_lines(results)
    verdicts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in compared:
        verdicts[each.detector][each.verdict] += 1
    used = [verdict for verdict in VERDICTS if any(counted[verdict] for counted in verdicts.values())]
    parts.append(
        table(
            ["figures of", *used], [[d, *(str(n[verdict]) for verdict in used)] for d, n in verdicts.items()]
        )
    )
    missed = [each for each in compared if each.verdict == NOT]
    if missed:
        parts += ["## Not reproduced", table(HEADERS, rows(missed), left=3)]
    headers = [f"{metric}{which}" for metric in METRICS for which in ("", ", ours")]
    parts += ["## All figures", table(["dataset", "detector", *headers], _wide(compared), left=2)]
    return "\n\n".join(parts) + "\n"


def _wide(compared: Sequence[Comparison]) -> list[list[str]]:
    """A row for each dataset and detector: published and ours for each metric."""
    found: defaultdict[tuple[str, str], dict[str, list[str]]] = defaultdict(dict)
    for each in compared:
        figures = [with_spread(each.published, each.spread), number(each.ours)]
        found[each.dataset, each.detector][each.metric] = figures
    return [
        [*place, *(text for metric in METRICS for text in by_metric.get(metric, [NONE, NONE]))]
        for place, by_metric in sorted(found.items())
    ]


def main_metric(compared: Sequence[Comparison]) -> list[Comparison]:
    """The figures of the table's first metric; all of the article's."""
    return [each for each in compared if each.metric not in METRICS or each.metric == next(iter(METRICS))]


def rows(compared: Sequence[Comparison]) -> list[list[str]]:
    """A row of text for each figure, under `HEADERS`."""
    return [
        [
            each.detector,
            each.dataset,
            each.metric,
            with_spread(each.published, each.spread),
            number(each.ours),
            str(each.seeds),
            NONE if each.difference is None else f"{each.difference:+.2f}",
            each.verdict,
            each.reason,
        ]
        for each in compared
    ]


def summary(compared: Sequence[Comparison]) -> list[str]:
    """A line for each metric: how many figures have which verdict."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in compared:
        counts[each.metric][each.verdict] += 1
    return [
        f"{metric}: " + ", ".join(f"{counted[verdict]} {verdict}" for verdict in VERDICTS if counted[verdict])
        for metric, counted in counts.items()
    ]
