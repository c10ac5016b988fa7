"""What the pictures share: colours, lines, axes, and text that is safe to show."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bench import escaping
from bench.evaluation.entries import Metric
from bench.report.page.view import RegimeView
from bench.spec import without_shared

# Told apart by the colour-blind (Okabe and Ito, 2008), each on a light and on a dark ground; a line has a
# dash and a symbol of its own, too, so that nothing hangs on colour alone.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6D31", "#7F7F7F")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "cross", "x", "star", "triangle-down")
SCALE = "Cividis"
# As many lines as a person can tell apart in one picture.
LINES = 8
DIGITS = 4


def safe(text: str) -> str:
    """Text as it stands: plotly reads some tags in names, titles and labels as markup."""
    return escaping.html(text)


def axis_labels(labels: Sequence[str]) -> list[str]:
    """Datasets' labels as an axis has room for: without what all share, each parameter in its own line."""
    short, _ = without_shared(labels)
    return [safe(label).replace(":", ":<br>", 1).replace(",", ",<br>") for label in short]


def numbers(values: Iterable[Any]) -> list[float | None]:
    """Values rounded, so that the page stays small; None for what is not a number."""
    return [rounded(value) for value in values]


def rounded(value: Any) -> float | None:
    if value is None or not math.isfinite(value):
        return None
    return float(f"{float(value):.{DIGITS}g}")


def line(place: int) -> dict[str, Any]:
    """Colour, dash and symbol of the line at a place."""
    colour = COLOURS[place % len(COLOURS)]
    return {
        "line": {"color": colour, "dash": DASHES[place % len(DASHES)], "width": 2},
        "marker": {"color": colour, "symbol": SYMBOLS[place % len(SYMBOLS)], "size": 7},
    }


def axis(title: str, **more: Any) -> dict[str, Any]:
    return {"title": {"text": title, "standoff": 12}, "automargin": True, "zeroline": False, **more}


def layout(height: int, **more: Any) -> dict[str, Any]:
    """A layout that leaves a narrow screen to the picture: the legend lies below it."""
    legend = {"orientation": "h", "y": -0.25, "yanchor": "top", "x": 0}
    return {"height": height, "margin": {"l": 10, "r": 10, "t": 10, "b": 10}, "legend": legend, **more}


def name_of(kind: str, view: RegimeView, *more: str) -> str:
    """A picture's name, which is the id of its element: letters, digits and hyphens."""
    text = "-".join((kind, view.results.name, view.regime, *more))
    return "".join(char if char.isalnum() else "-" for char in text)


def limits(
    metric: Metric, shown: pd.DataFrame | pd.Series, below: float = 0, above: float = 0
) -> list[float]:
    """The range of an axis: the metric's bounds, with such fractions of room below and above.

    Where values below 0 are possible, which mean worse than knowing nothing, from the lowest that is shown.
    """
    low, high = metric.bounds
    if low < 0:
        low = max(low, float(np.nanmin([0.0, *np.ravel(shown.to_numpy(float))])))
    return [low - below * (high - low), high + above * (high - low)]


def baseline(name: str, x: Sequence[float | None], y: Sequence[float | None]) -> dict[str, Any]:
    """The line of one of `bench.evaluation.baselines`: thin, grey and dotted, unlike that of a detector."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(x),
        "y": list(y),
        "line": {"color": "#7F7F7F", "dash": "dot", "width": 1.5},
        "hovertemplate": f"{name} %{{y:.3f}}<extra></extra>",
    }
