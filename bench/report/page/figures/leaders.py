"""The detectors that are ahead, with the distances to the best that are not excluded."""

from __future__ import annotations

import pandas as pd

from bench.report.page.figure import Figure
from bench.report.page.figures.drawing import COLOURS, axis, layout, name_of, numbers, safe
from bench.report.page.view import RegimeView

# As many as a screen shows side by side, and pixels for each.
SHOWN, ROW_HEIGHT, MARGINS = 15, 22, 90


def figures(view: RegimeView) -> list[Figure]:
    """One; none where fewer than two detectors are compared over independent datasets."""
    return [_figure(view, view.lead.table.head(SHOWN))] if len(view.lead.table) else []


def _figure(view: RegimeView, table: pd.DataFrame) -> Figure:
    quality = view.ranked_by
    best = table["mean"].iloc[0]
    means = quality.metric.oriented(table["mean"])
    # The mean that a detector would have, were the best where it is seen: behind it by so much and so much.
    ends = quality.metric.oriented(best - table["low"]), quality.metric.oriented(best - table["high"])
    low, high = pd.concat(ends, axis=1).min(axis=1), pd.concat(ends, axis=1).max(axis=1)
    may_be_best = [name for name in view.lead.may_be_best if name in table.index]
    behind = [name for name in table.index if name not in may_be_best]
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": title,
            "x": numbers(means[names]),
            "y": [safe(str(name)) for name in names],
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": numbers((high - means)[names].clip(lower=0)),
                "arrayminus": numbers((means - low)[names].clip(lower=0)),
                "thickness": 1.5,
                "width": 4,
            },
            "marker": {"color": COLOURS[colour], "symbol": symbol, "size": 9},
            "meta": {"detectors": list(map(str, names))},
            "hovertemplate": f"%{{y}}<br>mean {quality.title} %{{x:.3f}}<extra></extra>",
        }
        for title, names, colour, symbol in (
            ("may be the best", may_be_best, 0, "circle"),
            ("is behind", behind, 7, "circle-open"),
        )
        if len(names)
    ]
    return Figure(
        name_of("leaders", view),
        f"Who is ahead by {quality.title}, {view.regime}",
        f"{len(table)} of {len(view.lead.table)} detectors, with the best means over independent datasets. A "
        "line reaches from the least to the largest distance to the best, whichever that is, that is not "
        f"excluded with 95 % confidence for all detectors together; {len(may_be_best)} of those shown may be "
        "the best.",
        traces,
        layout(
            MARGINS + ROW_HEIGHT * len(table),
            xaxis=axis(f"mean {quality.title} over independent datasets"),
            yaxis=axis(
                "detector",
                type="category",
                categoryorder="array",
                categoryarray=[safe(str(name)) for name in reversed(table.index)],
                dtick=1,
            ),
        ),
    )
