"""How far scores and alerts change with another seed, or with other training rows, on ADBench's tables.

BENCH_DATA_DIR=FOLDER python tests/simulations/stability.py results

writes stability.md and stability.csv into the folder that is named.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from math import ceil
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench import Floats, Labels, Split, load_detector
from bench.data import npz_names
from bench.evaluation.ranking import Ranking, roc_auc
from bench.plugins.registry import Registry, load_registry
from bench.report.markdown import table
from bench.spec import Spec
from bench.splits.scaling import Standard
from bench.trials.split_cache import make_split

DETECTORS = (
    "isolation_forest", "isolation_forest:n_estimators=300", "inne", "loda",
    "sampling", "k_means", "cblof", "gaussian_mixture", "nystroem_one_class_svm", "one_class_svm", "hbos",
    "ecod", "copod", "pca", "mahalanobis", "kde", "knn", "knn:n_neighbors=20", "dte_np", "lof",
    "lof:n_neighbors=50", "histogram_neighbour_density",
    # The default of `recommend`.
    "rank_mean:of=hbos+knn:n_neighbors=20",
)  # fmt: skip
CHANCE = "scores drawn at random"
# Of a table, at random: half of them are learnt from, and three tenths are scored.
MOST_ROWS = 1000
FITS, LEARNT, ALERTS = 5, 0.9, 0.05
TEXT = """\
# How stable scores and alerts are

A detector is fitted {fits} times without labels, and each time scores the same test rows: fitted to the same
training rows with another *seed*, and with the same seed to *other rows*, {learnt:.0f} % of the training rows
drawn anew. *Rank correlation* is Spearman's, of the scores of two fits; *same alerts*, the part of the
{alerts:.0f} % of rows that score highest in one that do so in the other; both the mean over pairs of fits.
*ROC AUC ±* is its standard deviation over fits. Each figure is the median over {tables} of ADBench's tables,
and in brackets that of the least stable one. One split of each table, of {rows:,} rows at most, half of them
training rows; the smallest table has {fewest} test rows, of which {alerts:.0f} % are {few}. Detectors are in
the order of the alerts that stay with other rows. All figures: `stability.csv`.
"""

Fit = Callable[[Floats, int], Callable[[Floats], Floats]]
"""Makes of rows, of zero mean and unit variance, and a seed what scores other rows."""


class Change(NamedTuple):
    """How far scores of the same rows change from fit to fit.

    ``correlation``: of ranks; ``overlap``: of alerts; both the mean over pairs of fits. ``spread``: the
    standard deviation of ROC AUC.
    """

    correlation: float
    overlap: float
    spread: float


def change(scores: Floats, y: Labels) -> Change:
    """Of scores of shape (fits, rows). ValueError where a fit gives all rows the same score."""
    if (np.ptp(scores, axis=1) == 0).any():
        raise ValueError("all rows have the same score")
    correlations = np.corrcoef(rankdata(scores, axis=1))
    alerts = [shares_of_alerts(each, number_of_alerts(len(y))) for each in scores]
    pairs = list(combinations(range(len(scores)), 2))
    return Change(
        float(np.mean([correlations[pair] for pair in pairs])),
        float(np.mean([overlap(alerts[i], alerts[j]) for i, j in pairs])),
        float(np.std([roc_auc(Ranking(each, y)) for each in scores], ddof=1)),
    )


def number_of_alerts(rows: int) -> int:
    return ceil(ALERTS * rows)


def shares_of_alerts(scores: Floats, alerts: int) -> Floats:
    """How far each row is among the ``alerts`` highest: rows that tie share the last places."""
    last = np.sort(scores)[-alerts]
    above, tied = scores > last, scores == last
    shares: Floats = above + tied * (alerts - above.sum()) / tied.sum()
    return shares


def overlap(first: Floats, second: Floats) -> float:
    """The fraction of one fit's alerts that are another's."""
    return float(np.minimum(first, second).sum() / first.sum())


def changes(split: Split, fit: Fit) -> dict[str, Change]:
    """With other seeds, and with other training rows."""

    def scores(rows: Floats, seed: int) -> Floats:
        scale = Standard(rows)
        return fit(scale.transform(rows), seed)(scale.transform(split.X_test))

    rng, n = np.random.default_rng(0), len(split.X_train)
    parts = [np.sort(rng.permutation(n)[: round(LEARNT * n)]) for _ in range(FITS)]
    found = {
        "seed": [scores(split.X_train, seed) for seed in range(FITS)],
        "rows": [scores(split.X_train[part], 0) for part in parts],
    }
    return {what: change(np.stack(each), split.y_test) for what, each in found.items()}


def measured(
    names: Sequence[str], detectors: Sequence[str], registry: Registry
) -> Iterator[dict[str, object]]:
    """A row for each table and detector; of what fails the reason goes to standard error."""

    def fits() -> dict[str, Fit]:
        drawn = np.random.default_rng(0)
        found: dict[str, Fit] = {each: by(each) for each in detectors}
        return found | {CHANCE: lambda rows, seed: lambda X: drawn.random(len(X))}

    def by(detector: str) -> Fit:
        return lambda rows, seed: load_detector(detector, seed=seed, registry=registry).fit(rows).score

    for place, name in enumerate(names):
        print(f"{place + 1}/{len(names)} {name}", file=sys.stderr)
        plugin, params = registry.dataset(Spec.parse(f"adbench:{name},rows={MOST_ROWS}"))
        split = make_split(plugin, params, seed=0)
        for detector, fit in fits().items():
            try:
                found = changes(split, fit)
            except Exception as error:
                print(f"{detector} on {name}: {error}", file=sys.stderr)
                continue
            row: dict[str, object] = {"detector": detector, "table": name, "test_rows": len(split.y_test)}
            for what, each in found.items():
                row |= {f"{what}_{key}": value for key, value in each._asdict().items()}
            yield row


def summary(frame: pd.DataFrame) -> str:
    """A row for each detector, those whose alerts change least with other rows first."""
    shown = (
        ("correlation", "rank correlation", 2, min),
        ("overlap", "same alerts", 2, min),
        ("spread", "ROC AUC ±", 3, max),
    )
    kinds = {"seed": "seed", "rows": "other rows"}
    headers = [f"{kind}: {title}" for kind in kinds.values() for _, title, _, _ in shown]
    by_detector = frame.groupby("detector")
    rows = []
    order = by_detector["rows_overlap"].median().sort_values(ascending=False, kind="stable")
    for detector in order.index:
        of = by_detector.get_group(detector)
        cells = [
            f"{of[f'{kind}_{key}'].median():.{digits}f} ({worst(of[f'{kind}_{key}']):.{digits}f})"
            for kind in kinds
            for key, _, digits, worst in shown
        ]
        rows.append([detector, *cells, len(of)])
    return table(["detector", *headers, "tables"], rows)


def main(folder: Path) -> None:
    names = npz_names()
    if not names:
        sys.exit("there are no tables: BENCH_DATA_DIR is to be a folder of ADBench's npz files")
    with threadpool_limits(1):
        frame = pd.DataFrame(measured(names, DETECTORS, load_registry(())))
    frame.round(4).to_csv(folder / "stability.csv", index=False)
    fewest = frame["test_rows"].min()
    text = TEXT.format(
        fits=FITS, learnt=100 * LEARNT, alerts=100 * ALERTS, tables=len(names), rows=MOST_ROWS,
        fewest=fewest, few=number_of_alerts(fewest),
    )  # fmt: skip
    (folder / "stability.md").write_text(f"{text}\n{summary(frame)}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
