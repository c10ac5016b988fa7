"""Detectors by datasets as a heat map."""

from __future__ import annotations

from bench.analysis.qualities import HEADLINE, Quality
from bench.report.page.figure import Figure
from bench.report.page.figures.drawing import (
    SCALE,
    axis,
    axis_labels,
    layout,
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
    nothing_ended_ok = view.by_dataset[f"{HEADLINE.key}_mean"].isna().all()
    if len(view.datasets) < 2 or nothing_ended_ok:
        return []
    return [_figure(view, quality) for quality in view.qualities]


def _figure(view: RegimeView, quality: Quality) -> Figure:
    table, order, datasets = view.by_dataset, view.detectors, view.datasets
    means = table[f"{quality.key}_mean"].unstack().reindex(order, columns=datasets)
    spread = table[f"{quality.key}_std"].unstack().reindex(order, columns=datasets)
    trials = (table["ok"].astype(str) + " of " + table["planned"].astype(str)).unstack()
    trials = trials.reindex(order, columns=datasets)
    shown = quality.title
    low, high = quality.metric.bounds
    hover = f"%{{y}}<br>%{{x}}<br>{shown} %{{z:.3f}} %{{customdata[0]}}<br>%{{customdata[1]}} trials"
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
    goodness = quality.metric.oriented(means.mean())
    hardest, easiest = goodness.idxmin(), goodness.idxmax()
    return Figure(
        name_of(f"heatmap-{quality.key.replace('_', '-')}", view),
        f"{shown} of each detector on each dataset, {view.regime}",
        f"Heat map of {len(order)} detectors, the best by mean rank on top, and {len(datasets)} datasets; "
        f"each cell is the mean {shown} over seeds, and is empty where no trial ended ok. On average "
        f"{hardest} is the hardest dataset, {easiest} the easiest.",
        [trace],
        layout(
            MARGINS + ROW_HEIGHT * len(order),
            xaxis=axis("dataset", type="category", tickangle=0 if len(datasets) <= FLAT else -90),
            yaxis=axis("detector", type="category", autorange="reversed", dtick=1, tickfont={"size": 10}),
        ),
    )


def _plus_minus(std: float) -> str:
    value = rounded(std)
    return "" if value is None else f"± {value:.3f}"
