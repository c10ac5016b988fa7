"""Published tables beside what their protocol gives here."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import fmean, median
from typing import Any, NamedTuple

from bench.analysis.article import DECIMALS, Figure, compare_with_article
from bench.analysis.results import MISSING, SuiteResults
from bench.errors import BenchError
from bench.plans.suite import load_suite
from bench.plugins.decorators import snake_case
from bench.spec import Spec

ARTICLE = "article"
# The suites that repeat a published table, and what the table calls their protocol.
SETTINGS = {"dte-one-class": "one-class", "dte-unsupervised": "unsupervised"}
SUITES = (ARTICLE, *SETTINGS)

# Livernoche et al., On Diffusion Modeling for Anomaly Detection, ICLR 2024: the detectors of PyOD in the
# tables of the authors' repository, vicliv/DTE. Means and standard deviations over five seeds, in percent.
PUBLISHED = Path(__file__).parent / "published" / "dte2023.csv"
COLUMNS = ("setting", "metric", "dataset", "detector", "mean_percent", "std_percent")
METRICS = {
    "aucroc": "ranking.roc_auc",
    "aucpr": "ranking.average_precision",
    # As many rows are called anomalous as there are anomalies: F1, precision and recall are one number.
    "f1_oracle_k": "ranking.precision_at_n",
}
# The authors name the seeds 0 to 4. To the last digit, their figures are those of other seeds, but for the
# nearest neighbours where rows are drawn with replacement before training.
SEEDS = (0, 1, 2, 3, 6)
OTHER_SEEDS = {("dte-unsupervised", "knn"): (0, 1, 2, 3, 4)}
OUR_NAMES = {"IForest": "isolation_forest"}

# Both figures are rounded to so many hundredths of a percent; the last digit may differ by one.
TOLERANCE = 0.01

REPRODUCED = "reproduced"
WITHIN = "within the published spread"
WITHIN_OURS = "within our range over seeds"
NOT = "not"
VERDICTS = (REPRODUCED, WITHIN, WITHIN_OURS, NOT)
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
OUTSIDE = "published from one seed, and outside of the range over ours"

Place = tuple[str, str]


class Line(NamedTuple):
    """A published figure, in percent; the detector by our name for it."""

    metric: str
    dataset: str
    detector: str
    mean: float
    std: float

    @property
    def place(self) -> Place:
        return self.dataset, self.detector

    @property
    def is_chance(self) -> bool:
        return self.metric == "aucroc" and (self.mean, self.std) == (50.0, 0.0)


@dataclass(frozen=True)
class Comparison:
    """A published figure and ours, both as printed: in percent, or as the article has it.

    ``dataset`` is the table's name of a variant, or a row of the article's reports; ``spread`` is the
    published standard deviation, None where one run was published; ``ours`` is over so many ``seeds``, and
    None where a trial did not end well.
    """

    detector: str
    dataset: str
    metric: str
    published: float
    spread: float | None
    ours: float | None
    seeds: int
    verdict: str
    reason: str = ""

    @property
    def difference(self) -> float | None:
        return None if self.ours is None else round(self.ours - self.published, 2)


def published_lines(suite: str, file: Path | None = None) -> list[Line]:
    """The published figures of a suite, from the built-in table or from a file with the columns `COLUMNS`.

    None for the article, whose reports have another form. Raises BenchError for a file that cannot be read.
    """
    if suite not in SETTINGS:
        return []
    file = file or PUBLISHED
    try:
        with file.open(encoding="utf-8", newline="") as content:
            reader = csv.DictReader(content)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            if missing:
                raise BenchError(
                    f"{str(file)!r} is no published table: it has no column {', '.join(missing)}"
                )
            return [
                Line(row["metric"], row["dataset"], our_name(row["detector"]), float(row["mean_percent"]),
                     float(row["std_percent"]))
                for row in reader
                if row["setting"] == SETTINGS[suite] and row["metric"] in METRICS
            ]  # fmt: skip
    except (OSError, ValueError) as error:
        raise BenchError(f"cannot read the published table {str(file)!r}: {error}") from None


def published_dataset(label: str) -> str:
    """What the table calls a variant: ``dte:7_Cardiotocography`` is cardiotocography."""
    file = Spec.parse(label).bare
    return label if file is None else re.sub(r"^\d+_", "", file).lower()


def our_name(published: str) -> str:
    """The detector that goes by another name in the table."""
    return OUR_NAMES.get(published, snake_case(published))


def compare(results: SuiteResults, lines: Sequence[Line]) -> list[Comparison]:
    """Each published figure whose detector and dataset were planned, beside ours.

    ``lines`` are those that `published_lines` gives for the suite.
    """
    if results.name == ARTICLE:
        return [_article_comparison(figure) for figure in compare_with_article(results)]
    trials = _trials(results)
    as_chance = {line.place for line in lines if line.is_chance}
    return [
        _comparison(line, trials[line.place], results.name, line.place in as_chance)
        for line in lines
        if line.place in trials
    ]


def _trials(results: SuiteResults) -> dict[Place, dict[int, Any]]:
    """The suite's own trials by seed; a run may have added others to it."""
    suite = load_suite(results.name)
    wanted = Spec.parse(suite.grids[0].datasets[0])
    found: dict[Place, dict[int, Any]] = {}
    for row in results.frame.to_dict("records"):
        variant = Spec.parse(row["dataset"])
        if row["detector"] in suite.detectors and replace(variant, bare=wanted.bare) == wanted:
            place = published_dataset(row["dataset"]), Spec.parse(row["detector"]).name
            found.setdefault(place, {})[row["seed"]] = row
    return found


def _comparison(line: Line, by_seed: Mapping[int, Any], suite: str, is_chance: bool) -> Comparison:
    seeds = OTHER_SEEDS.get((suite, line.detector), SEEDS)
    rows = [by_seed[seed] for seed in seeds if seed in by_seed]
    bad = next((row for row in rows if row["status"] != "ok"), None)
    if bad is None:
        ours = round(100 * fmean(row[METRICS[line.metric]] for row in rows), 2)
        difference = round(abs(ours - line.mean), 2)
        verdict = REPRODUCED if difference <= TOLERANCE else WITHIN if difference <= line.std else NOT
        why = CAUSES.get(line.detector, "for an unknown reason")
    else:
        ours, verdict = None, NOT
        why = "not run yet" if bad["status"] == MISSING else f"ours {bad['status']}: {bad['reason']}"
    if is_chance:
        why = f"published {'value' if line.is_chance else 'ROC AUC'} {COUNTED_AS_CHANCE}"
    reason = why if verdict == NOT else ""
    return Comparison(
        line.detector, line.dataset, line.metric, line.mean, line.std, ours, len(rows), verdict, reason
    )


def _article_comparison(figure: Figure) -> Comparison:
    verdict = {"equal": REPRODUCED, "inside": WITHIN_OURS}.get(figure.verdict, NOT)
    ours = round(median(figure.ours), DECIMALS) if figure.ours else None
    reason = "" if verdict != NOT else "not run yet" if ours is None else OUTSIDE
    printed = figure.detector, figure.row, figure.name, figure.printed, None
    return Comparison(*printed, ours, len(figure.ours), verdict, reason)
