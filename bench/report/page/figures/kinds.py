"""Who is ahead on which kind of dataset."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bench.analysis.kinds import KINDS, sizes
from bench.analysis.qualities import ranked_by
from bench.report.page.figure import Figure
from bench.report.page.figures.drawing import SCALE, axis, layout, name_of, numbers, safe
from bench.report.page.view import RegimeView
from bench.splits.sources import related_group

SHOWN, ROW_HEIGHT, MARGINS = 15, 22, 170
# Independent datasets: in all, and of a kind, from which on they are shown.
FEWEST, FEWEST_OF_KIND = 10, 3


def figures(view: RegimeView) -> list[Figure]:
    """One; none for few independent datasets."""
    quality = ranked_by(view.results.frame)
    key = f"{quality.key}_mean"
    if key not in view.by_dataset:
        return []
    means = view.by_dataset[key].unstack()
    means = means.reindex(view.competing[:SHOWN])
    # What did not end "ok" counts as zero, as in the means that say who is ahead.
    low, high = quality.metric.bounds
    zero = 0.0 if quality.metric.higher_is_better and low <= 0 < high else quality.metric.worst
    found = _by_kind(view, means.fillna(zero))
    return [_figure(view, found)] if found.shape[1] > 1 else []


def _by_kind(view: RegimeView, means: pd.DataFrame) -> pd.DataFrame:
    """Means over the independent datasets of each kind, detectors in rows; no column for few datasets."""
    known = {label: size for label, size in sizes(view.results, view.regime).items() if label in means}
    group = pd.Series({label: related_group(label) for label in known}, dtype=object)
    if group.nunique() < FEWEST:
        return pd.DataFrame()
    columns: dict[tuple[str, str], pd.Series] = {}
    for kind in KINDS:
        words = pd.Series({label: kind.word(size) for label, size in known.items()})
        of_kind = {}
        for word in kind.words:
            labels = list(words.index[words == word])
            sources = means[labels].T.groupby(group[labels]).mean()
            if len(sources) >= FEWEST_OF_KIND:
                of_kind[kind.title, f"{word} ({len(sources)})"] = sources.mean()
        if len(of_kind) > 1:  # else it is all there are, or nearly
            columns |= of_kind
    return pd.DataFrame(columns)


def _figure(view: RegimeView, found: pd.DataFrame) -> Figure:
    quality = ranked_by(view.results.frame)
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
