"""ROC and precision-recall curves from stored scores."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bench.evaluation.ranking import counts_from_the_top
from bench.report.page.figure import Figure
from bench.report.page.figures.drawing import LINES, axis, baseline, layout, line, name_of, numbers, safe
from bench.report.page.view import RegimeView

# The largest number of datasets with curves, the suite's first ones, and of points on a curve.
DATASETS = 3
POINTS = 100
UNIT = [-0.02, 1.02]


def figures(view: RegimeView) -> list[Figure]:
    """Two for each of the first datasets; none for runs whose raw scores were dropped."""
    best = view.competing[:LINES]
    frame = view.frame
    kept = frame[(frame["status"] == "ok") & frame["detector"].isin(best)]
    has_scores = [record.scores is not None for record in kept["record"]]
    kept = kept[pd.Series(has_scores, index=kept.index, dtype=bool)]
    found: list[Figure] = []
    for place, dataset in enumerate(list(kept["dataset"].unique())[:DATASETS]):
        rows = kept[kept["dataset"] == dataset]
        first = rows[rows["seed"] == rows["seed"].min()].set_index("detector")
        found += _of_dataset(view, dataset, place, first.reindex(best).dropna(subset=["run"]))
    return found


def _of_dataset(view: RegimeView, dataset: str, place: int, rows: pd.DataFrame) -> Iterator[Figure]:
    roc, precision, share, seed = [], [], 0.0, int(rows["seed"].iloc[0])
    kept = [view.results.runs[row["run"]].scored_rows(row["record"]) for _, row in rows.iterrows()]
    rows = rows[[found is not None for found in kept]]
    if rows.empty:
        return
    for at, ((name, row), (scores, y)) in enumerate(zip(rows.iterrows(), filter(None, kept), strict=True)):
        share = float((y == 1).mean())
        _, true_positives, predicted = counts_from_the_top(scores, y)
        false_positives = predicted - true_positives
        recall = np.append(0, true_positives) / true_positives[-1]
        false_positive_rate = np.append(0, false_positives) / false_positives[-1]
        exact = np.append(1, true_positives / predicted)
        roc.append(_trace(str(name), at, false_positive_rate, recall, row["ranking.roc_auc"], "linear"))
        precision.append(_trace(str(name), at, recall, exact, row["ranking.average_precision"], "vh"))
    leader = rows.iloc[0]
    said = f"of the {len(rows)} best detectors on {dataset}, seed {seed}. {rows.index[0]} has"
    yield Figure(
        name_of("roc", view, str(place)),
        f"ROC curves on {dataset}, {view.regime}",
        f"Recall against the false positive rate {said} a ROC AUC of {leader['ranking.roc_auc']:.3f}; random "
        "scores give the diagonal, 0.5.",
        [*roc, baseline("chance", [0, 1], [0, 1])],
        layout(
            480,
            xaxis=axis("false positive rate", range=UNIT),
            yaxis=axis("recall", range=UNIT),
        ),
    )
    yield Figure(
        name_of("precision-recall", view, str(place)),
        f"Precision-recall curves on {dataset}, {view.regime}",
        f"Precision against recall {said} an average precision of {leader['ranking.average_precision']:.3f}; "
        f"chance is the share of anomalies, {share:.3f}.",
        [*precision, baseline("chance", [0, 1], numbers([share, share]))],
        layout(
            480,
            xaxis=axis("recall", range=UNIT),
            yaxis=axis("precision", range=UNIT),
        ),
    )


def _trace(name: str, place: int, x: Any, y: Any, value: float, shape: str) -> dict[str, Any]:
    kept = thinned(x, y, POINTS)
    style = line(place)
    return {
        "type": "scatter",
        "mode": "lines",
        "name": f"{safe(name)} ({value:.3f})",
        "x": numbers(x[kept]),
        "y": numbers(y[kept]),
        "line": {**style["line"], "shape": shape},
        "meta": {"detector": name},
        "hovertemplate": "%{fullData.name}<br>%{x:.3f}, %{y:.3f}<extra></extra>",
    }


def thinned(x: Any, y: Any, most: int) -> Any:
    """Places of points that draw the same curve: its ends and corners. Of more corners than ``most``, those
    at even distances along it, which draw nearly the same.
    """
    dx, dy = np.diff(x), np.diff(y)
    turns = np.abs(dx[:-1] * dy[1:] - dx[1:] * dy[:-1]) > np.finfo(float).eps
    corners = np.concatenate(([0], np.flatnonzero(turns) + 1, [len(x) - 1]))
    if len(corners) <= most:
        return corners
    along = np.append(0, np.cumsum(np.abs(np.diff(x[corners])) + np.abs(np.diff(y[corners]))))
    evenly = np.searchsorted(along, np.linspace(0, along[-1], most)).clip(max=len(corners) - 1)
    return corners[np.unique(evenly)]
