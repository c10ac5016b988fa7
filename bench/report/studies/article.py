"""article.md: the article's printed classification reports beside what its protocol gives here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.analysis.cells import DASH, Row, number
from bench.analysis.results import SuiteResults
from bench.errors import BenchError
from bench.report.markdown import environment_lines, table
from bench.report.reproduction import (
    NOT,
    NOT_RUN,
    REPRODUCED,
    WITHIN_OURS,
    Comparison,
    PublishedFigure,
    read_figures,
)
from bench.report.studies import Published, Study

# The article prints its reports once, from one seed, to two decimals.
FILE = Path(__file__).with_suffix(".csv")
COLUMNS = ("detector", "row", "figure", "printed")
DECIMALS = 2
# The row and the figure of the summary.
HEADLINE = ("anomaly", "f1-score")

OUTSIDE = "published from one seed, and outside of the range over ours"
EXPLANATION = """\
The article's exact data, split, detectors and parameters; what it prints comes from one seed, ours from
several. The data are the same for each seed, so a detector without randomness gives one figure. *Verdict*:
`equal` in every seed, `inside` or `outside` the range over our seeds, after rounding to two decimals. A
figure outside the range of n seeds is one that the article's protocol gives less often than once in n runs.

The two forests behind the autoencoder are fitted, as in the article, on rows and labels that the other
detectors never see; *labels* counts those that each detector reads."""


@dataclass(frozen=True)
class Figure:
    """A printed figure and our values for it, one a seed, rounded as the article rounds."""

    printed: PublishedFigure
    ours: tuple[float, ...]

    @property
    def verdict(self) -> str:
        """``equal`` for each seed, ``inside`` or ``outside`` the range over seeds, or ``not run``."""
        if not self.ours:
            return "not run"
        if all(value == self.printed.value for value in self.ours):
            return "equal"
        return "inside" if min(self.ours) <= self.printed.value <= max(self.ours) else "outside"


def printed_figures(_suite: str, file: Path | None = None) -> list[PublishedFigure]:
    """Every figure that the article prints, or a CSV file with the columns `COLUMNS` holds.

    Raises BenchError for a file that cannot be read.
    """

    def figure(row: dict[str, str]) -> PublishedFigure:
        return PublishedFigure(row["figure"], row["row"], row["detector"], float(row["printed"]), None)

    file = file or FILE
    found = read_figures(file, COLUMNS, figure)
    headed = {each.detector for each in found if (each.dataset, each.metric) == HEADLINE}
    if lacking := {each.detector for each in found} - headed:
        raise BenchError(f"{str(file)!r} has no {' '.join(HEADLINE)} of {', '.join(sorted(lacking))}")
    return found


def with_ours(results: SuiteResults, printed: Sequence[PublishedFigure]) -> list[Figure]:
    """Each printed figure, with ours from the stored scores of the suite's runs."""
    ours: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    ok = results.frame[results.frame["status"] == "ok"]
    for run, record in zip(ok["run"], ok["record"], strict=True):
        if record.detector.label != record.detector.name or "native" not in record.thresholds:
            continue
        scored = results.runs[run].scored_rows(record)
        if scored is None:
            continue
        scores, labels = scored
        for row, name, value in classification_report(labels, scores > record.thresholds["native"]):
            ours[record.detector.name, row, name].append(round(value, DECIMALS))
    return [Figure(each, tuple(ours[each.detector, each.dataset, each.metric])) for each in printed]


def classification_report(labels: Any, predicted: Any) -> Iterator[tuple[str, str, float]]:
    """Row, name and value of each figure of scikit-learn's report; the rows are named as in our CSV.

    labels, predicted: shape (rows,), 1 or True for an anomaly.
    """
    from sklearn.metrics import classification_report as report

    names = {"0": "normal", "1": "anomaly"}
    found = report(labels, predicted.astype(int), output_dict=True, zero_division=0)
    for row, figures in found.items():
        if row == "accuracy":
            yield "accuracy", "accuracy", float(figures)
        else:
            for name, value in figures.items():
                yield names.get(row, row), name, float(value)


def compare(results: SuiteResults, printed: Sequence[PublishedFigure]) -> list[Comparison]:
    """Each printed figure beside the median of ours."""
    return [_comparison(figure) for figure in with_ours(results, printed)]


def _comparison(figure: Figure) -> Comparison:
    verdict = {"equal": REPRODUCED, "inside": WITHIN_OURS}.get(figure.verdict, NOT)
    ours = round(median(figure.ours), DECIMALS) if figure.ours else None
    reason = "" if verdict != NOT else NOT_RUN if ours is None else OUTSIDE
    return Comparison(figure.printed, ours, len(figure.ours), verdict, reason)


def texts(results: SuiteResults, printed: Sequence[PublishedFigure]) -> dict[str, str]:
    """The study's file, by its name."""
    return {"article.md": markdown(results, with_ours(results, printed))}


def markdown(results: SuiteResults, figures: Sequence[Figure]) -> str:
    """A summary line for each detector, then every printed figure."""
    parts = ["# The article's tables", EXPLANATION, *environment_lines(results)]
    detectors = list(dict.fromkeys(figure.printed.detector for figure in figures))
    labels = results.frame.groupby("detector")["labels_used"].first()
    summary: list[Row] = []
    for detector in detectors:
        own = [figure for figure in figures if figure.printed.detector == detector]
        verdicts = Counter(figure.verdict for figure in own)
        f1 = next(each for each in own if (each.printed.dataset, each.printed.metric) == HEADLINE)
        summary.append(
            [
                detector,
                f"{f1.printed.value:.2f}",
                *_ours(f1),
                number(labels.get(detector), 0),
                ", ".join(
                    f"{verdicts[word]} {word}"
                    for word in ("equal", "inside", "outside", "not run")
                    if verdicts[word]
                ),
            ]
        )
    parts.append(
        table(["detector", "F1 printed", "ours, median", "range", "seeds", "labels", "all figures"], summary)
    )
    for detector in detectors:
        parts.append(f"## {detector}")
        rows = [
            [f.printed.dataset, f.printed.metric, f"{f.printed.value:.2f}", *_ours(f)[:2], f.verdict]
            for f in figures
            if f.printed.detector == detector
        ]
        parts.append(table(["row", "figure", "printed", "ours, median", "range", "verdict"], rows, left=2))
    return "\n\n".join(parts) + "\n"


def _ours(figure: Figure) -> Row:
    """Median, range and number of our values."""
    if not figure.ours:
        return [DASH, DASH, "0"]
    low, high = min(figure.ours), max(figure.ours)
    return [f"{median(figure.ours):.2f}", f"{low:.2f} to {high:.2f}", str(len(figure.ours))]


STUDY = Study(
    suites=("article",),
    texts=lambda results: texts(results, printed_figures(results.name)),
    published=Published(printed_figures, compare, texts),
)
