"""Quality against cost, with the detectors that no other beats in both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from bench.analysis.qualities import Quality
from bench.analysis.timing import trial_seconds
from bench.evaluation.entries import Metric
from bench.report.page.figure import Figure
from bench.report.page.figures.drawing import (
    COLOURS,
    axis,
    baseline,
    layout,
    limits,
    name_of,
    numbers,
    safe,
)
from bench.report.page.view import RegimeView

COST = "seconds a trial, with features and shared stage (median, logarithmic)"


def figures(view: RegimeView, qualities: Sequence[Quality]) -> list[Figure]:
    """One for each quality; none where fewer than three detectors have both."""
    table = view.board.assign(seconds=_seconds(view))
    in_competition = table.loc[view.competing]
    found = []
    for quality in qualities:
        both = in_competition.dropna(subset=["seconds", f"{quality.key}_mean"])
        if len(both) > 2:
            found.append(
                _figure(view, quality, both, table.loc[view.baselines, f"{quality.key}_mean"].dropna())
            )
    return found


def pareto_front(seconds: pd.Series, quality: pd.Series) -> list[str]:
    """The names, cheapest first, of those that are better than all that cost no more."""
    order = pd.DataFrame({"seconds": seconds, "quality": -quality}).sort_values(["seconds", "quality"]).index
    front: list[str] = []
    for name in order:
        if not front or quality[name] > quality[front[-1]]:
            front.append(str(name))
    return front


def _seconds(view: RegimeView) -> pd.Series:
    frame = view.frame
    ok = frame[frame["status"] == "ok"]
    median: pd.Series = trial_seconds(ok).groupby(ok["detector"]).median()
    return median[median > 0]


def _figure(view: RegimeView, quality: Quality, table: pd.DataFrame, baselines: pd.Series) -> Figure:
    values, shown = table[f"{quality.key}_mean"], quality.title
    metric = quality.metric
    whole = table[table["ok"] == table["planned"]]
    front = pareto_front(whole["seconds"], metric.oriented(values[whole.index]))
    others = [name for name in table.index if name not in front]
    hover = f"%{{customdata}}<br>{shown} %{{y:.3f}}<br>%{{x:.3g}} s<extra></extra>"
    traces = [
        {
            **_points(table, others, values),
            "mode": "markers",
            "name": "others",
            "marker": {"color": COLOURS[5], "symbol": "circle-open", "size": 8},
            "hovertemplate": hover,
        },
        {
            **_points(table, front, values),
            "mode": "lines+markers+text",
            "name": "Pareto front",
            "text": _names(table["seconds"][front], values[front]),
            # Below the staircase lie those that the front beats; above it there is room.
            "textposition": ["top right", *["top left"] * (len(front) - 1)],
            "cliponaxis": False,
            "marker": {"color": COLOURS[1], "symbol": "diamond", "size": 10},
            "line": {"color": COLOURS[1], "shape": "hv", "width": 1.5},
            "hovertemplate": hover,
        },
    ]
    seconds = table["seconds"]
    ends = numbers([seconds.min(), seconds.max()])
    traces += [baseline(str(name), ends, numbers([value] * 2)) for name, value in baselines.items()]
    without = ", ".join(f"{name} {value:.2f}" for name, value in baselines.items())
    steps = ", ".join(f"{name} ({values[name]:.2f} at {seconds[name]:.2g} s)" for name in front)
    return Figure(
        name_of(f"cost-{quality.key.replace('_', '-')}", view),
        f"{quality.heading} against cost, {view.regime}",
        f"Scatter plot of {len(table)} detectors, mean {shown} over datasets against seconds a trial. The "
        f"Pareto front, from the cheapest on, of those that finished every trial: {steps}."
        f"{f' Without knowing anything: {without}.' if without else ''}",
        traces,
        layout(
            460,
            xaxis=axis(COST, type="log", dtick=1),
            yaxis=axis(f"mean {shown} over datasets", range=_range(metric, values)),
            hovermode="closest",
        ),
    )


def _range(metric: Metric, values: pd.Series) -> list[float]:
    """From what knows nothing, or worse, to the best that is there, with room for names."""
    low, _ = limits(metric, values, 0.02)
    high = float(values.max())
    return [low, high + 0.12 * (high - low)]


def _names(seconds: pd.Series, quality: pd.Series) -> list[str]:
    """The names to be written beside the front's points; none where it would lie on the one before."""
    shown: list[str] = []
    last = ""
    for name in map(str, seconds.index):
        near = last and seconds[name] < 1.5 * seconds[last] and quality[name] - quality[last] < 0.05
        shown.append("" if near else safe(name))
        last = last if near else name
    return shown


def _points(table: pd.DataFrame, names: list[str], values: pd.Series) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": numbers(table["seconds"][names]),
        "y": numbers(values[names]),
        "customdata": [safe(name) for name in names],
        "meta": {"detectors": names},
    }
