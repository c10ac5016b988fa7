"""tsb-ad-u.md: the figures of TSB-AD's table of univariate series beside ours."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from bench.analysis.results import MISSING, SuiteResults
from bench.errors import BenchError
from bench.report.markdown import environment_lines, table
from bench.report.reproduction import (
    HEADERS,
    NOT,
    NOT_RUN,
    REPRODUCED,
    UNKNOWN,
    VERDICTS,
    WITHIN_OURS,
    Comparison,
    PublishedFigure,
    table_rows,
)
from bench.report.studies import Published, Study
from bench.spec import Spec

SUITE = "tsb-ad-u"
# Liu and Paparrizos, The Elephant in the Room: Towards a Reliable Time-Series Anomaly Detection Benchmark,
# NeurIPS 2024, repository TheDatumOrg/TSB-AD (Apache-2.0), benchmark_eval_results: VUS-PR of each series and
# detector, of one seed. Here are the series that can be rebuilt from public files, and our detectors.
FILE = Path(__file__).with_suffix(".csv")
# In a folder of the published tables, as in that repository.
PUBLISHED_NAME = "uni_mergedTable_VUS-PR.csv"
METRIC, OURS = "vus_pr", "ranking.vus_pr"
# By the table's names, our detectors with TSB-AD's parameters. Its IForest reads single points: its code has
# windows of 100 points now, by which the published figures do not come out.
DETECTORS = {
    "IForest": "isolation_forest:max_features=1,n_estimators=200",
    "KMeansAD": "kmeans_ad:window=auto2",
    "LOF": "point_lof",
    "MatrixProfile": "matrix_profile:ends=lowest",
    "POLY": "poly:skipped=0.1",
    "SR": "spectral_residual",
    "Sub-HBOS": "hbos:normalize=true,window=auto",
    "Sub-IForest": "isolation_forest:max_features=1,n_estimators=150,normalize=true,window=auto",
    "Sub-KNN": "knn:n_neighbors=50,normalize=true,window=auto2",
    "Sub-LOF": "sub_lof:window=auto2",
    "Sub-PCA": "sub_pca",
}
# What draws at random, so that one seed of ours says little.
DRAWING = {"isolation_forest", "kmeans_ad"}
# Of these the one whose seed its code has fixed, as 0.
SEEDED = {"isolation_forest"}
# VUS-PR by TSB-AD's own code of 2024, run here on the same series, where ours gives another figure; for each
# of ten seeds where it fixes none. `tests/simulations/tsb_ad_own_code.py` made it.
OWN_CODE = FILE.with_name("tsb_ad_own_code.csv")
# What of its code makes the difference, where that gives the published figure here and ours does not: of what
# draws from a fixed seed, and of the others.
ITS_SEED = "from its seed, with the newest point of a window first"
ITS_SCALING = "it divides windows of one value by what rounding leaves of their deviation; here they are 0"
# Where its code gives another figure here than was published.
ELSEWHERE = "that is of another version or machine"
ONE_SEED = "one seed says little of it; run it with --seeds 10"
# In percent: a difference of 0.001 of VUS-PR. Of one series up to ten times as much may come of ties and of
# sums in another order.
TOLERANCE, LARGEST = 0.1, 1.0

EXPLANATION = """\
VUS-PR in percent. Published: of one run, with one seed. Ours: the mean over seeds, with TSB-AD's protocol and
parameters: the whole series is scored, and the window is the first peak of its autocorrelation. *Verdict*:
`reproduced` where the figures differ by 0.1 at most (by 1.0 where a detector draws nothing: ties are broken
otherwise), `within our range over seeds` where the published one lies between ours, three standard deviations
wider; else `not`. The reason is known where TSB-AD's own code, of November 2024, was run here on the series:
it gives the published figure, and the difference is in how it computes; or it does not give it either."""


def published_figures(_: str, file: Path | None = None) -> list[PublishedFigure]:
    """The figures in percent, from those that come along, a CSV file, or a folder with that of TSB-AD.

    Raises BenchError for a file that cannot be read.
    """
    file = file or FILE
    if file.is_dir():
        file /= PUBLISHED_NAME
    try:
        with file.open(encoding="utf-8", newline="") as content:
            rows = list(csv.DictReader(content))
        if not rows or "file" not in rows[0]:
            raise BenchError(f"{str(file)!r} is no table of TSB-AD: it has no column 'file'")
        return [
            PublishedFigure(METRIC, row["file"].removesuffix(".csv"), ours, 100 * float(row[theirs]), None)
            for row in rows
            for theirs, ours in DETECTORS.items()
            if row.get(theirs)
        ]
    except (OSError, ValueError) as error:
        raise BenchError(f"cannot read the published table {str(file)!r}: {error}") from None


def published_dataset(label: str) -> str:
    """What the table calls a series: its file."""
    return Spec.parse(label).bare or label


def compare(results: SuiteResults, figures: Sequence[PublishedFigure]) -> list[Comparison]:
    """Each published figure whose detector and series were planned, beside ours."""
    found: defaultdict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in results.frame.to_dict("records"):
        found[published_dataset(row["dataset"]), row["detector"]].append(row)
    return [
        _comparison(figure, found[figure.dataset, figure.detector])
        for figure in figures
        if (figure.dataset, figure.detector) in found
    ]


def _comparison(figure: PublishedFigure, rows: Sequence[Any]) -> Comparison:
    bad = next((row for row in rows if row["status"] != "ok"), None)
    if bad is not None:
        why = NOT_RUN if bad["status"] == MISSING else f"ours {bad['status']}: {bad['reason']}"
        return Comparison(figure, None, len(rows), NOT, why)
    values = [100 * float(row[OURS]) for row in rows]
    ours = round(fmean(values), 2)
    difference = abs(ours - figure.value)
    draws = Spec.parse(figure.detector).name in DRAWING
    spread = 3 * stdev(values) if len(values) > 1 else 0.0
    within = min(values) - spread <= figure.value <= max(values) + spread
    if difference <= TOLERANCE:
        verdict = REPRODUCED
    elif draws and len(values) > 1 and within:
        verdict = WITHIN_OURS
    elif not draws and difference <= LARGEST:
        verdict = REPRODUCED
    else:
        verdict = NOT
    why = ONE_SEED if draws and len(values) == 1 else _why(figure)
    return Comparison(figure, ours, len(rows), verdict, why if verdict == NOT else "")


def _why(figure: PublishedFigure) -> str:
    """The reason of a figure that is not reproduced, by what TSB-AD's own code gives here.

    It is known where that code gives the published figure, so that the difference lies in how it computes,
    and where it does not give it either, so that it is of another version or machine; else it is not.
    """
    theirs = _own_code().get((figure.dataset, figure.detector))
    if not theirs:
        return UNKNOWN
    shown = f"{theirs[0]:.2f}" if len(theirs) == 1 else f"{min(theirs):.2f} to {max(theirs):.2f} over seeds"
    if min(theirs) - TOLERANCE <= figure.value <= max(theirs) + TOLERANCE:
        how = ITS_SEED if Spec.parse(figure.detector).name in SEEDED else ITS_SCALING
        return f"its own code gives {shown} here: {how}"
    return f"its own code gives {shown} here, not the published figure either: {ELSEWHERE}"


@cache
def _own_code() -> dict[tuple[str, str], list[float]]:
    """In percent, by series and our name of the detector."""
    found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    with OWN_CODE.open(encoding="utf-8", newline="") as content:
        for row in csv.DictReader(content):
            found[row["file"], DETECTORS[row["detector"]]].append(100 * float(row["vus_pr"]))
    return dict(found)


def texts(results: SuiteResults, figures: Sequence[PublishedFigure]) -> dict[str, str]:
    """The suite's file, by its name; ``figures`` as for `compare`."""
    compared = compare(results, figures)
    return {f"{SUITE}.md": markdown(results, compared)} if compared else {}


def markdown(results: SuiteResults, compared: Sequence[Comparison]) -> str:
    """How the figures of each detector came out, and all of them."""
    parts = [f"# {SUITE}: a published table beside ours", results.title, EXPLANATION]
    parts += environment_lines(results)
    parts.append(
        table(["detector", "series", "mean difference", "largest", *VERDICTS], _by_detector(compared))
    )
    parts += ["## All figures", table(HEADERS, table_rows(compared), left=3)]
    return "\n\n".join(parts) + "\n"


def _by_detector(compared: Sequence[Comparison]) -> list[list[str]]:
    by_detector: defaultdict[str, list[Comparison]] = defaultdict(list)
    for each in compared:
        by_detector[each.published.detector].append(each)
    rows = []
    for detector, comparisons in by_detector.items():
        counted = Counter(each.verdict for each in comparisons)
        differences = [abs(each.difference) for each in comparisons if each.difference is not None]
        figures = [f"{fmean(differences):.2f}", f"{max(differences):.2f}"] if differences else ["", ""]
        rows.append([detector, str(len(comparisons)), *figures, *(str(counted[v]) for v in VERDICTS)])
    return rows


STUDY = Study(
    suites=(SUITE,),
    texts=lambda results: texts(results, published_figures(SUITE)),
    published=Published(published_figures, compare, texts, published_dataset),
)
