"""article.md: the article's printed tables beside ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import median

from bench.analysis.article import Figure
from bench.analysis.results import SuiteResults
from bench.report.markdown import NONE, environment_lines, number, table

EXPLANATION = """\
The article's exact data, split, detectors and parameters; what it prints comes from one seed, ours from
several. The data are the same for each seed, so a detector without randomness gives one figure. *Verdict*:
`equal` in every seed, `inside` or `outside` the range over our seeds, after rounding to two decimals. A
figure outside the range of n seeds is one that the article's protocol gives less often than once in n runs.

The two forests behind the autoencoder are fitted, as in the article, on rows and labels that the other
detectors never see; *labels* counts those that each detector reads."""


def markdown(results: SuiteResults, figures: Sequence[Figure]) -> str:
    """A summary line for each detector, then every printed figure."""
    parts = ["# The article's tables", EXPLANATION, *environment_lines(results)]
    detectors = list(dict.fromkeys(figure.detector for figure in figures))
    labels = results.frame.groupby("detector")["labels_used"].first()
    summary = []
    for detector in detectors:
        own = [figure for figure in figures if figure.detector == detector]
        verdicts = Counter(figure.verdict for figure in own)
        f1 = next(figure for figure in own if (figure.row, figure.name) == ("anomaly", "f1-score"))
        summary.append(
            [
                detector,
                f"{f1.printed:.2f}",
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
            [f.row, f.name, f"{f.printed:.2f}", *_ours(f)[:2], f.verdict]
            for f in figures
            if f.detector == detector
        ]
        parts.append(table(["row", "figure", "printed", "ours, median", "range", "verdict"], rows, left=2))
    return "\n\n".join(parts) + "\n"


def _ours(figure: Figure) -> list[str]:
    """Median, range and number of our values."""
    if not figure.ours:
        return [NONE, NONE, "0"]
    low, high = min(figure.ours), max(figure.ours)
    return [f"{median(figure.ours):.2f}", f"{low:.2f} to {high:.2f}", str(len(figure.ours))]
