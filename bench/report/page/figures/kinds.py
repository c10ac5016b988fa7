"""Who is ahead on which kind of dataset."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bench.analysis.kinds import by_kind
from bench.report.page.figure import Figure
from bench.report.page.figures.drawing import SCALE, axis, layout, name_of, numbers, safe
from bench.report.page.view import RegimeView

SHOWN, ROW_HEIGHT, MARGINS = 15, 22, 170
# Independent datasets: in all, and of a kind, from which on they are shown.
FEWEST, FEWEST_OF_KIND = 10, 3


def figures(view: RegimeView) -> list[Figure]:
    """One; none for few independent datasets."""
    if view.lead.blocks < FEWEST:
        return []
    found = _by_kind(view)
    return [_figure(view, found)] if found.shape[1] else []


def _by_kind(view: RegimeView) -> pd.DataFrame:
    """Means over the independent datasets of each kind, detectors in rows; no column for few datasets."""
    columns: dict[str, dict[tuple[str, str], pd.Series]] = {}
    for title, word, blocks in by_kind(view.results, view.regime):
        count = len(blocks.values)
        if count >= FEWEST_OF_KIND:
            means = view.ranked_by.metric.oriented(blocks.complete.mean())
            columns.setdefault(title, {})[title, f"{word} ({count})"] = means
    # What is of one kind alone is all there is, or nearly.
    told = {key: means for own in columns.values() if len(own) > 1 for key, means in own.items()}
    return pd.DataFrame(told).reindex(view.competing).dropna().head(SHOWN)


def _figure(view: RegimeView, found: pd.DataFrame) -> Figure:
    quality = view.ranked_by
    values = found.to_numpy(float)
    best = quality.metric.oriented(found).idxmax()
    firsts = "; ".join(f"{kind} {word}: {name}" for (kind, word), name in best.items())
    return Figure(
        name_of("kinds", view),
        f"Who is ahead where, by {quality.title}, {view.regime}",
        f"Heat map of the first {len(found)} detectors by kind of dataset, with the number of independent "
        f"datasets: mean {quality.title}. The best of those shown, "
        f"which may be so by luck: {firsts}.",
        [
            {
                "type": "heatmap",
                "x": [[safe(text) for text in level] for level in zip(*found.columns, strict=True)],
                "y": [safe(str(name)) for name in found.index],
                "z": [numbers(row) for row in values],
                "text": [[f"{value:.2f}" for value in row] for row in values],
                "texttemplate": "%{text}",
                "zmin": float(np.floor(values.min() * 20) / 20),
                "zmax": float(np.ceil(values.max() * 20) / 20),
                "colorscale": SCALE,
                "colorbar": {"title": {"text": quality.title}, "thickness": 12},
                "hovertemplate": f"%{{y}}<br>%{{x}}<br>mean {quality.title} %{{z:.3f}}<extra></extra>",
                "meta": {"detectors": list(map(str, found.index))},
            }
        ],
        layout(
            MARGINS + ROW_HEIGHT * len(found),
            xaxis=axis("kind of dataset (independent ones)", type="multicategory"),
            yaxis=axis("detector", type="category", autorange="reversed", dtick=1),
        ),
    )
