"""SUITE.md: the figures of a published table of PyOD's detectors beside ours."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

from bench.analysis.cells import NONE, Row, TableCell, number, with_spread
from bench.analysis.results import MISSING, SuiteResults
from bench.plans.suite import load_suite
from bench.plugins.decorators import snake_case
from bench.report.markdown import environment_lines, table
from bench.report.reproduction import (
    HEADERS,
    NOT,
    NOT_RUN,
    REPRODUCED,
    UNKNOWN,
    VERDICTS,
    WITHIN,
    Comparison,
    PublishedFigure,
    read_figures,
    table_rows,
)
from bench.report.studies import Published, Study
from bench.spec import Spec

# The suites, and what the table calls their protocol.
SETTINGS = {"dte-one-class": "one-class", "dte-unsupervised": "unsupervised"}

# Livernoche et al., On Diffusion Modeling for Anomaly Detection, ICLR 2024: the detectors of PyOD in the
# tables of the authors' repository, vicliv/DTE. Means and standard deviations over five seeds, in percent.
FILE = Path(__file__).with_suffix(".csv")
COLUMNS = ("setting", "metric", "dataset", "detector", "mean_percent", "std_percent")
METRICS = {
    "aucroc": "ranking.roc_auc",
    "aucpr": "ranking.average_precision",
    # As many rows are predicted positive as there are anomalies: F1, precision and recall are one number.
    "f1_oracle_k": "ranking.precision_at_n",
}
# The authors name the seeds 0 to 4. To the last digit, their figures are those of other seeds, but for the
# nearest neighbours where rows are drawn with replacement before training.
SEEDS = (0, 1, 2, 3, 6)
OTHER_SEEDS = {("dte-unsupervised", "knn"): (0, 1, 2, 3, 4)}
OUR_NAMES = {"IForest": "isolation_forest"}

# Both figures are rounded to hundredths of a percent; the last digit may differ by one.
TOLERANCE = 0.01

COUNTED_AS_CHANCE = "is 50.0 with zero spread: non-finite scores counted as chance"
# What is known of figures that come out otherwise. With the random draws of the publication, and the older
# rule of scikit-learn for signs, the four last ones gave the published figures to the last digit where tried;
# that of HBOS moved by up to ten points when rows were scaled by another factor.
DRAWS = "its random draws are not the publication's"
CAUSES = {
    "cblof": "k-means starts once by default since scikit-learn 1.4, and ten times before",
    "deep_svdd": "PyOD has rewritten it since, with PyTorch in the place of TensorFlow",
    "hbos": "values on the border of a bin fall on either side of it by rounding",
    "mcd": "scikit-learn corrects the covariance in another way since version 1.8",
    "feature_bagging": DRAWS,
    "isolation_forest": DRAWS,
    "loda": DRAWS,
    "pca": "the score depends on the signs of the components, chosen in another way since scikit-learn 1.5",
}

EXPLANATION = """\
Figures in percent. Published: mean and standard deviation over five seeds, as printed. Ours: the mean over
the seeds that theirs agree with, by the published protocol, with its random draws of rows. *Verdict*:
`reproduced` where the means differ by 0.01 at most, `within the published spread` by one published standard
deviation at most, else `not`, with the reason as far as it is known. The protocol is the publication's: a
table of fewer than 1000 rows is drawn with replacement before it is split, which no other dataset of this
harness does."""

# The table's name of a dataset, and our name of a detector.
Pair = tuple[str, str]


def published_figures(suite: str, file: Path | None = None) -> list[PublishedFigure]:
    """The figures of a suite in percent, from the built-in table or a CSV file with the columns `COLUMNS`.

    Raises BenchError for a file that cannot be read.
    """

    def figure(row: dict[str, str]) -> PublishedFigure | None:
        if row["setting"] != SETTINGS[suite] or row["metric"] not in METRICS:
            return None
        mean, spread = float(row["mean_percent"]), float(row["std_percent"])
        return PublishedFigure(row["metric"], row["dataset"], our_name(row["detector"]), mean, spread)

    return read_figures(file or FILE, COLUMNS, figure)


def published_dataset(label: str) -> str:
    """What the table calls a dataset: ``dte:7_Cardiotocography`` is cardiotocography."""
    file = Spec.parse(label).bare
    return label if file is None else re.sub(r"^\d+_", "", file).lower()


def our_name(published: str) -> str:
    """The detector that goes by another name in the table."""
    return OUR_NAMES.get(published, snake_case(published))


def compare(results: SuiteResults, figures: Sequence[PublishedFigure]) -> list[Comparison]:
    """Each published figure whose detector and dataset were planned, beside ours."""
    trials = _trials(results)
    as_chance = {_pair(figure) for figure in figures if is_chance(figure)}
    return [
        _comparison(figure, trials[_pair(figure)], results.name, _pair(figure) in as_chance)
        for figure in figures
        if _pair(figure) in trials
    ]


def is_chance(figure: PublishedFigure) -> bool:
    """Whether it is what the authors' code gives for scores that are not finite."""
    return figure.metric == "aucroc" and (figure.value, figure.spread) == (50.0, 0.0)


def texts(results: SuiteResults, figures: Sequence[PublishedFigure]) -> dict[str, str]:
    """The suite's file, by its name; ``figures`` as for `compare`."""
    return {f"{results.name}.md": markdown(results, compare(results, figures))}


def markdown(results: SuiteResults, compared: Sequence[Comparison]) -> str:
    """How the figures of each detector came out, those that were not reproduced, and all of them."""
    parts = [f"# {results.name}: a published table beside ours", results.title, EXPLANATION]
    parts += environment_lines(results)
    verdicts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for each in compared:
        verdicts[each.published.detector][each.verdict] += 1
    used = [verdict for verdict in VERDICTS if any(counted[verdict] for counted in verdicts.values())]
    parts.append(
        table(
            ["figures of", *used], [[d, *(str(n[verdict]) for verdict in used)] for d, n in verdicts.items()]
        )
    )
    missed = [each for each in compared if each.verdict == NOT]
    if missed:
        parts += ["## Not reproduced", table(HEADERS, table_rows(missed), left=3)]
    headers = [f"{metric}{which}" for metric in METRICS for which in ("", ", ours")]
    parts += ["## All figures", table(["dataset", "detector", *headers], _wide(compared), left=2)]
    return "\n\n".join(parts) + "\n"


def _pair(figure: PublishedFigure) -> Pair:
    return figure.dataset, figure.detector


def _trials(results: SuiteResults) -> dict[Pair, dict[int, Any]]:
    """The suite's own trials by seed; a run may have added others to it."""
    suite = load_suite(results.name)
    wanted = Spec.parse(suite.grids[0].datasets[0])
    found: dict[Pair, dict[int, Any]] = {}
    for row in results.frame.to_dict("records"):
        variant = Spec.parse(row["dataset"])
        if row["detector"] in suite.detectors and replace(variant, bare=wanted.bare) == wanted:
            pair = published_dataset(row["dataset"]), Spec.parse(row["detector"]).name
            found.setdefault(pair, {})[row["seed"]] = row
    return found


def _comparison(
    figure: PublishedFigure, by_seed: Mapping[int, Any], suite: str, counted_as_chance: bool
) -> Comparison:
    seeds = OTHER_SEEDS.get((suite, figure.detector), SEEDS)
    rows = [by_seed[seed] for seed in seeds if seed in by_seed]
    bad = next((row for row in rows if row["status"] != "ok"), None)
    if bad is None:
        ours = round(100 * fmean(row[METRICS[figure.metric]] for row in rows), 2)
        difference = round(abs(ours - figure.value), 2)
        spread = figure.spread or 0.0
        verdict = REPRODUCED if difference <= TOLERANCE else WITHIN if difference <= spread else NOT
        why = CAUSES.get(figure.detector, UNKNOWN)
    else:
        ours, verdict = None, NOT
        why = NOT_RUN if bad["status"] == MISSING else f"ours {bad['status']}: {bad['reason']}"
    if counted_as_chance:
        why = f"published {'value' if is_chance(figure) else 'ROC AUC'} {COUNTED_AS_CHANCE}"
    return Comparison(figure, ours, len(rows), verdict, why if verdict == NOT else "")


def _wide(compared: Sequence[Comparison]) -> list[Row]:
    """A row for each dataset and detector: published and ours for each metric."""
    found: defaultdict[Pair, dict[str, list[TableCell]]] = defaultdict(dict)
    for each in compared:
        figures = [with_spread(each.published.value, each.published.spread), number(each.ours)]
        found[_pair(each.published)][each.published.metric] = figures
    return [
        [*pair, *(text for metric in METRICS for text in by_metric.get(metric, [NONE, NONE]))]
        for pair, by_metric in sorted(found.items())
    ]


STUDY = Study(
    suites=tuple(SETTINGS),
    texts=lambda results: texts(results, published_figures(results.name)),
    published=Published(published_figures, compare, texts, published_dataset, metric="aucroc"),
)
