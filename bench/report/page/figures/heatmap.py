"""Detectors by datasets as a heat map."""

from __future__ import annotations

import math

import pandas as pd

from bench.analysis.qualities import Quality
from bench.report.page.figure import Figure
from bench.report.page.figures.drawing import (
    SCALE,
    axis,
    axis_labels,
    layout,
    limits,
    name_of,
    numbers,
    rounded,
    safe,
)
from bench.report.page.view import RegimeView

ROW_HEIGHT, MARGINS = 17, 190
# The labels of this many datasets fit side by side.
FLAT = 8


def figures(view: RegimeView) -> list[Figure]:
    """One for each quality; none for one dataset, which the leaderboard shows, and where nothing ended ok."""
    if len(view.datasets) < 2 or not view.by_dataset["ok"].sum():
        return []
    return [_figure(view, quality) for quality in view.qualities]


def _figure(view: RegimeView, quality: Quality) -> Figure:
    table, datasets = view.by_dataset, view.datasets
    means = table[f"{quality.key}_mean"].unstack().reindex(columns=datasets)
    known = means.index[means.notna().any(axis="columns")]
    baselines = [name for name in view.baselines if name in known]
    order = [*baselines, *view.detectors]
    means = means.reindex(order)
    spread = table[f"{quality.key}_std"].unstack().reindex(order, columns=datasets)
    trials = table.apply(_trials, axis="columns").unstack().reindex(order, columns=datasets)
    shown = quality.title
    low, high = limits(quality.metric, means)
    hover = f"%{{y}}<br>%{{x}}<br>{shown} %{{z:.3f}} %{{customdata[0]}}<br>%{{customdata[1]}}"
    trace = {
        "type": "heatmap",
        "x": axis_labels(datasets),
        "y": [safe(name) for name in order],
        "z": [numbers(row) for row in means.to_numpy()],
        "customdata": [
            [[_plus_minus(std), str(count)] for std, count in zip(stds, counts, strict=True)]
            for stds, counts in zip(spread.to_numpy(), trials.to_numpy(), strict=True)
        ],
        "zmin": low,
        "zmax": high,
        "colorscale": SCALE,
        "colorbar": {"title": {"text": shown}, "thickness": 12},
        "hovertemplate": hover + "<extra></extra>",
        "hoverongaps": False,
        "meta": {"detectors": order},
    }
    goodness = quality.metric.oriented(means.loc[view.detectors].mean())
    hardest, easiest = goodness.idxmin(), goodness.idxmax()
    return Figure(
        name_of(f"heatmap-{quality.key.replace('_', '-')}", view),
        f"{quality.heading} of each detector on each dataset, {view.regime}",
        f"Heat map of {len(view.detectors)} detectors, the best by mean rank on top, and {len(datasets)} "
        f"datasets, below what knows nothing ({', '.join(baselines)}); each cell is the mean {shown} "
        f"over seeds, and is empty where no trial ended ok. On average {hardest} is the hardest dataset, "
        f"{easiest} the easiest.",
        [trace],
        layout(
            MARGINS + ROW_HEIGHT * len(order),
            xaxis=axis("dataset", type="category", tickangle=0 if len(datasets) <= FLAT else -90),
            yaxis=axis("detector", type="category", autorange="reversed", dtick=1, tickfont={"size": 10}),
        ),
    )


def _trials(row: pd.Series) -> str:
    """How many trials are behind a cell; nothing is run for baselines."""
    return "no trial" if math.isnan(row["planned"]) else f"{row['ok']:.0f} of {row['planned']:.0f} trials"


def _plus_minus(std: float) -> str:
    value = rounded(std)
    return "" if value is None else f"± {value:.3f}"
