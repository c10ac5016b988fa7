"""Of series: signal and scores over time, delay against false alarms, and quality by source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bench.analysis.qualities import ranked_by
from bench.evaluation.events import delays
from bench.evaluation.ranges import Layout, Ranges
from bench.report.page.figure import Figure
from bench.report.page.figures.drawing import (
    DIGITS,
    LINES,
    SCALE,
    axis,
    layout,
    limits,
    line,
    name_of,
    numbers,
    safe,
)
from bench.report.page.signals import outline
from bench.report.page.view import RegimeView
from bench.splits.arrays import Floats
from bench.splits.sources import related_group

# The largest number of datasets whose scores are drawn, the suite's first ones; places of a line; detectors
# whose lines are seen before the reader chooses.
DATASETS, PLACES, SEEN = 4, 1000, 2
# Channels of a signal that are drawn, one above the other, and how far apart they are, in ranges of each.
CHANNELS, APART = 3, 1.1
# Heights of the picture, and of its part with the scores where a signal is above them.
HEIGHT, TALL, SCORES = 420, 560, [0.0, 0.6]
# False alarms a day at which delays are drawn.
BUDGETS = (0.125, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
RANGE_COLOUR, SIGNAL_COLOUR = "rgba(213, 94, 0, 0.2)", "#7F7F7F"


@dataclass(frozen=True)
class _Scored:
    """The stored scores of the best detectors on a dataset, with what they are judged by.

    ``points``: those scored, shape (n, channels); None where they are not here.
    """

    dataset: str
    seed: int
    y: Any
    layout: Layout
    scores: dict[str, Floats]
    thresholds: dict[str, float]
    points: Floats | None = None


def figures(view: RegimeView) -> list[Figure]:
    """For each of the first datasets two, and one by source; none for other rows than points of series."""
    found = [f for place, each in enumerate(_scored(view)) for f in _of_dataset(view, each, place)]
    return [*_by_source(view), *found]


def _scored(view: RegimeView) -> list[_Scored]:
    frame = view.frame[(view.frame["status"] == "ok") & view.frame["detector"].isin(view.competing[:LINES])]
    found = []
    for dataset in frame["dataset"].unique():
        rows = frame[frame["dataset"] == dataset]
        rows = rows[rows["seed"] == rows["seed"].min()].set_index("detector")
        rows = rows.reindex([name for name in view.competing[:LINES] if name in rows.index])
        scores, thresholds, y, last = {}, {}, None, None
        for name, row in rows.iterrows():
            record = row["record"]
            kept = view.results.runs[row["run"]].scored_rows(record) if record.layout else None
            if kept is not None:
                scores[str(name)], y, last = kept[0], kept[1], record
                thresholds[str(name)] = record.thresholds.get(view.results.headline, np.nan)
        if last is not None:
            points = view.points(last)
            found.append(_Scored(str(dataset), last.seed, y, last.layout, scores, thresholds, points))
        if len(found) == DATASETS:
            break
    return found


def _of_dataset(view: RegimeView, found: _Scored, place: int) -> Iterator[Figure]:
    labelled = Ranges.of(found.y == 1, found.layout.starts)
    shown = list(found.scores)
    signal = [] if found.points is None else list(_signal(found.points))
    yield Figure(
        name_of("over-time", view, str(place)),
        f"{'Signal and scores' if signal else 'Scores'} over time on {found.dataset}, {view.regime}",
        f"{_in_words(found)}Share of the {len(found.y)} test points of {found.dataset}, seed {found.seed}, "
        f"that score lower than each point, for {len(shown)} detectors, of which "
        f"{' and '.join(shown[:SEEN])} are seen first; dashed: the threshold ({view.results.headline}). "
        f"{len(labelled.starts)} labelled ranges are shaded."
        f"{'' if signal else ' report --signals draws the signal, too, where the data are here.'}",
        [*signal, *(trace for at, name in enumerate(shown) for trace in _over_time(found, name, at))],
        layout(
            TALL if signal else HEIGHT,
            xaxis=axis("test point"),
            yaxis=axis(
                "share of points that score lower", range=[-0.02, 1.02], domain=SCORES if signal else [0, 1]
            ),
            **({"yaxis2": axis("signal", domain=[SCORES[1] + 0.05, 1])} if signal else {}),
            shapes=[_shade(int(a), int(b)) for a, b in zip(labelled.starts, labelled.stops, strict=True)],
        ),
    )
    yield Figure(
        name_of("delay", view, str(place)),
        f"Delay against false alarms on {found.dataset}, {view.regime}",
        f"Median delay of the first alarm in each of {len(labelled.starts)} labelled ranges, as a fraction "
        f"of its length, 1 where it is missed, against the false alarms a day that are put up with, of "
        f"{len(shown)} detectors on {found.dataset}, seed {found.seed}.",
        [_delay(found, name, at) for at, name in enumerate(shown)],
        layout(
            HEIGHT,
            xaxis=axis("false alarms a day (logarithmic)", type="log"),
            yaxis=axis("median delay, of the range's length", range=[-0.02, 1.02]),
        ),
    )


def _in_words(found: _Scored) -> str:
    """What is drawn of the signal, if any."""
    if found.points is None:
        return ""
    channels = found.points.shape[1]
    if channels == 1:
        return "Above, the signal. "
    first = f"the first {CHANNELS} of {channels}" if channels > CHANNELS else f"the {channels}"
    return f"Above, {first} channels, each by its own range. "


def _signal(points: Floats) -> Iterator[dict[str, Any]]:
    several = points.shape[1] > 1
    for at, channel in enumerate(points[:, :CHANNELS].T):
        size = float(np.ptp(channel)) or 1.0
        y = (channel - channel.min()) / size - APART * at if several else channel
        through = outline(y, PLACES)
        digits = int(DIGITS - np.floor(np.log10(1.0 if several else size)))
        yield {
            "type": "scatter",
            "mode": "lines",
            "name": f"channel {at}" if several else "signal",
            "x": through.tolist(),
            "y": np.round(y[through], digits).tolist(),
            "yaxis": "y2",
            "line": {"color": SIGNAL_COLOUR, "width": 1},
            "showlegend": False,
            "hovertemplate": "%{fullData.name}<br>point %{x}: %{y}<extra></extra>",
        }


def _over_time(found: _Scored, name: str, at: int) -> Iterator[dict[str, Any]]:
    scores = found.scores[name]
    ranks = np.searchsorted(np.sort(scores), scores) / max(1, len(scores) - 1)
    starts = np.unique(np.linspace(0, len(ranks), PLACES, endpoint=False).astype(int))
    style, seen = line(at)["line"], True if at < SEEN else "legendonly"
    common = {"type": "scatter", "mode": "lines", "visible": seen, "legendgroup": name,
              "meta": {"detector": name}}  # fmt: skip
    yield {
        **common,
        "name": safe(name),
        "x": starts.tolist(),
        # Of the points at one place the highest, so that no peak is lost.
        "y": numbers(np.maximum.reduceat(ranks, starts)),
        "line": {**style, "dash": "solid", "width": 1},
        "hovertemplate": "%{fullData.name}<br>from point %{x}: %{y:.3f}<extra></extra>",
    }
    threshold = found.thresholds[name]
    if np.isfinite(threshold):
        above = float((scores <= threshold).mean())
        yield {
            **common,
            "name": f"threshold of {safe(name)}",
            "x": [0, len(scores) - 1],
            "y": numbers([above, above]),
            "line": {"color": style["color"], "dash": "dash", "width": 1},
            "showlegend": False,
            "hovertemplate": f"threshold of {safe(name)}<extra></extra>",
        }


def _shade(start: int, stop: int) -> dict[str, Any]:
    return {"type": "rect", "x0": start - 0.5, "x1": stop - 0.5, "y0": 0, "y1": 1, "yref": "paper",
            "fillcolor": RANGE_COLOUR, "line": {"width": 0}, "layer": "below"}  # fmt: skip


def _delay(found: _Scored, name: str, at: int) -> dict[str, Any]:
    late = [delays(found.scores[name], found.y == 1, found.layout, budget) for budget in BUDGETS]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": safe(name),
        "x": list(BUDGETS),
        "y": numbers(np.median(each) for each in late),
        "customdata": numbers((each < 1).mean() for each in late),
        **line(at),
        "meta": {"detector": name},
        "hovertemplate": "%{fullData.name}<br>%{x} false alarms a day: delay %{y:.3f}, %{customdata:.0%} of "
                         "the ranges found<extra></extra>",
    }  # fmt: skip


def _by_source(view: RegimeView) -> list[Figure]:
    """A heat map of what ranks the boards; none for rows, and where there is one source."""
    quality = ranked_by(view.results.frame)
    table = view.by_dataset
    if not quality.metric.is_of_series or f"{quality.key}_mean" not in table:
        return []
    means = table[f"{quality.key}_mean"].unstack()
    groups = pd.Series([related_group(str(dataset)) for dataset in means.columns], means.columns)
    by_source = means.T.groupby(groups).mean().T.reindex(view.detectors)
    sizes = groups.value_counts()
    if by_source.shape[1] < 2:
        return []
    return [_heat_map(view, by_source, sizes, quality.title, limits(quality.metric, by_source))]


def _heat_map(
    view: RegimeView, means: pd.DataFrame, sizes: pd.Series, shown: str, bounds: Sequence[float]
) -> Figure:
    sources = list(means.columns)
    trace = {
        "type": "heatmap",
        "x": [f"{safe(source)} ({sizes[source]})" for source in sources],
        "y": [safe(name) for name in means.index],
        "z": [numbers(row) for row in means.to_numpy()],
        "zmin": bounds[0],
        "zmax": bounds[1],
        "colorscale": SCALE,
        "colorbar": {"title": {"text": shown}, "thickness": 12},
        "hovertemplate": f"%{{y}}<br>%{{x}}<br>{shown} %{{z:.3f}}<extra></extra>",
        "hoverongaps": False,
        "meta": {"detectors": list(means.index)},
    }
    return Figure(
        name_of("by-source", view),
        f"{shown} of each detector by source, {view.regime}",
        f"Heat map of {len(means)} detectors, the best by mean rank on top, and {len(sources)} sources with "
        f"the number of their series; each cell is the mean {shown} over series and seeds.",
        [trace],
        layout(
            190 + 17 * len(means),
            xaxis=axis("source (series)", type="category", tickangle=-90),
            yaxis=axis("detector", type="category", autorange="reversed", dtick=1, tickfont={"size": 10}),
        ),
    )
