"""Series: rows that are points in time, one after another, of one channel or several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.modalities import CataloguePicture, InspectPicture, Modality

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure

    from bench.drawing import Sheet
    from bench.splits.arrays import Floats, Labels
    from bench.splits.split import Split

SERIES = "series"
AXIS = "channel (counted from 0)"
# Channels that are drawn, and points of the catalogue's pictures.
CHANNELS, POINTS = 3, 600
CAPTION = "Above the test points with the labelled ranges shaded, below their scores; dashed: the threshold."


def draw_split(panel: SubFigure, split: Split) -> None:
    """The test points around the first labelled range."""
    import numpy as np

    X, y = split.test
    first = int(np.argmax(y == 1))
    start = max(0, min(first - POINTS // 2, len(X) - POINTS))
    axes = panel.subplots()
    draw_signal(axes, X[start : start + POINTS], y[start : start + POINTS], start)
    axes.set_xlabel("point", fontsize=8)
    axes.tick_params(labelsize=7)


def draw_signal(axes: Axes, X: Floats, y: Labels, start: int = 0) -> None:
    """Channels over time, one above the other, labelled ranges behind them. ``start``: the first point."""
    import numpy as np

    from bench.drawing import BLUE, ORANGE

    time = start + np.arange(len(X))
    step = 0.0
    for channel in X.T[:CHANNELS]:
        axes.plot(time, channel - step, color=BLUE, linewidth=0.7)
        step += float(np.ptp(channel)) * 1.1 or 1.0
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (y == 1).astype(int), [0]])))
    for a, b in edges.reshape(-1, 2).tolist():
        axes.axvspan(start + a - 0.5, start + b - 0.5, color=ORANGE, alpha=0.25, linewidth=0)


def draw_sheet(sheet: Sheet) -> Figure:
    """The signal with its labelled ranges, above the scores."""
    from bench.drawing import NEUTRAL

    figure = sheet.figure(8.0, 3.6)
    above, below = figure.subplots(2, 1, sharex=True)
    draw_signal(above, sheet.X, sheet.y)
    above.set_ylabel("value")
    below.plot(sheet.scores, color=NEUTRAL, linewidth=0.7)
    below.axhline(sheet.threshold, color=NEUTRAL, linewidth=0.8, linestyle="--")
    below.set_ylabel("score")
    below.set_xlabel("test point")
    return figure


MODALITY = Modality(
    name=SERIES,
    order=3,
    axis=AXIS,
    shape=(1,),
    wide_shape=(64,),
    one_column=True,
    in_time=True,
    catalogue=CataloguePicture(
        draw=draw_split,
        across=3,
        inches=(3.4, 2.1),
        alternative="test points in blue, the labelled ranges shaded in orange",
    ),
    inspect=InspectPicture(
        draw=draw_sheet,
        kind="Points",
        caption=CAPTION,
        rebuilt_caption=CAPTION,
    ),
)
