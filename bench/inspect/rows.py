"""Pictures of a few test rows of each group: alone, or beside their reconstructions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.inspect.drawing import (
    ALONG,
    CLASSES,
    COLOURS,
    NEUTRAL,
    NotShown,
    Picture,
    colour_of,
    counts,
    diverging,
    new_figure,
    say_empty,
    spread,
)
from bench.inspect.inspection import GROUPS, Inspection
from bench.plugins.contract import Modality

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.splits.arrays import Floats

# How many rows of a group there is room for.
ROOM: dict[Modality, int] = {"table": 8, "curve": 4, "image": 5}
# Standardised values beyond are drawn as these.
CLIPPED = 4.0
CHOICE = "Of each group a few rows are shown, spread from its lowest score to its highest."
NO_REBUILDING = "it rebuilds no rows: neither the detector nor its stage has a method difference(X)"


def rows(inspection: Inspection) -> Picture:
    title = "Rows that were missed, caught, called falsely and passed"
    return Picture(
        "rows",
        title,
        f"{CHOICE} {WORDS[inspection.modality]}",
        f"{KINDS[inspection.modality]} of test rows, a few of each group: {counts(inspection)}.",
        _drawn(inspection, title, None),
    )


def rebuilt_rows(inspection: Inspection) -> Picture | NotShown:
    title = "Rows beside their reconstructions"
    if inspection.differences is None:
        return NotShown(title, NO_REBUILDING)
    squares = (inspection.differences**2).mean(axis=1)
    said = ", ".join(
        f"{group} {squares[places].mean():.3g}" for group, places in inspection.groups.items() if len(places)
    )
    return Picture(
        "reconstructions",
        title,
        f"{CHOICE} {REBUILT_WORDS[inspection.modality]}",
        f"{KINDS[inspection.modality]} of test rows, each beside its reconstruction. "
        f"Mean squared differences: {said}.",
        _drawn(inspection, title, inspection.X - inspection.differences),
    )


def _drawn(inspection: Inspection, title: str, rebuilt: Floats | None) -> Figure:
    return DRAW[inspection.modality](inspection, title, rebuilt)


def _curves(inspection: Inspection, title: str, rebuilt: Floats | None) -> Figure:
    figure, grid = _grid(inspection, title, (1.9, 1.4), sharex=True, sharey=True)
    for axes, group, place in grid:
        axes.plot(inspection.X[place], color=colour_of(group), linewidth=1.2)
        axes.tick_params(labelbottom=True)
        if rebuilt is not None:
            axes.plot(rebuilt[place], color=NEUTRAL, linestyle="--", linewidth=0.8)
    figure.supxlabel(ALONG["curve"], x=0.98, ha="right", fontsize=9)  # the legend is on the left
    figure.supylabel("value", fontsize=9)
    if rebuilt is not None:
        _explain_lines(figure)
    return figure


def _explain_lines(figure: Figure) -> None:
    from matplotlib.lines import Line2D

    lines = [Line2D([], [], color=COLOURS[label], label=f"{name} row") for label, name in CLASSES.items()]
    lines.append(Line2D([], [], color=NEUTRAL, linestyle="--", linewidth=0.8, label="reconstruction"))
    figure.legend(handles=lines, loc="outside lower left", ncols=len(lines))


def _images(inspection: Inspection, title: str, rebuilt: Floats | None) -> Figure:
    height, width = inspection.view.shape
    low, high = np.quantile(inspection.X, [0.001, 0.999])
    tall = 1.5 * min(2, height / width) / (1 if rebuilt is None else 2)
    figure, grid = _grid(inspection, title, (1.5, tall))
    for axes, _, place in grid:
        tile = inspection.X[place].reshape(height, width)
        if rebuilt is not None:
            gap = np.full((height, 1), np.nan)
            tile = np.hstack([tile, gap, rebuilt[place].reshape(height, width)])
        shown = axes.imshow(tile, cmap="gray", vmin=low, vmax=high)
        axes.set_axis_off()
    figure.supxlabel(f"images of {width} × {height} pixels", fontsize=9)
    figure.colorbar(shown, ax=figure.axes, label="value of a pixel", aspect=40)
    return figure


def _tables(inspection: Inspection, title: str, rebuilt: Floats | None) -> Figure:
    """Values as colours; with reconstructions, each in a line below its row."""
    from matplotlib.ticker import MaxNLocator

    lines_a_row = 1 if rebuilt is None else 2
    room = ROOM["table"] // lines_a_row
    chosen = {group: spread(inspection.groups[group], room) for group in GROUPS}
    lines = [max(1, len(places)) * lines_a_row for places in chosen.values()]
    figure = new_figure(inspection, title, 7.5, 1.8 + 0.17 * sum(lines))
    every = figure.subplots(len(GROUPS), 1, height_ratios=lines, sharex=True)
    mean, deviation = inspection.view.X.mean(axis=0), inspection.view.X.std(axis=0)
    deviation[deviation == 0] = 1
    shown: Any = None
    for axes, (group, places) in zip(every, chosen.items(), strict=True):
        axes.set_title(_heading(inspection, group), loc="left")
        if not len(places):
            say_empty(axes, group)
            continue
        names = [_name(inspection, place) for place in places]
        values = inspection.X[places]
        if rebuilt is not None:
            values = np.stack([values, rebuilt[places]], axis=1).reshape(-1, values.shape[1])
            names = [line for name in names for line in (name, "rebuilt")]
        shown = axes.imshow(
            (values - mean) / deviation,
            cmap=diverging(),
            vmin=-CLIPPED,
            vmax=CLIPPED,
            aspect="auto",
            interpolation="nearest",
        )
        axes.set_yticks(range(len(names)), names, fontsize=7)
        for border in range(lines_a_row, len(names), lines_a_row):
            axes.axhline(border - 0.5, color="white", linewidth=1.5)
    every[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.supxlabel(ALONG["table"], fontsize=9)
    bar = figure.colorbar(
        shown, ax=every, label="standard deviations from the training mean", extend="both", aspect=35
    )
    bar.ax.tick_params(labelsize=8)
    return figure


def _grid(
    inspection: Inspection, title: str, inches: tuple[float, float], **shared: Any
) -> tuple[Figure, list[tuple[Axes, str, int]]]:
    """A line of axes for each group, one for each of a few rows; with the group and the row's place."""
    room = ROOM[inspection.modality]
    figure = new_figure(inspection, title, 0.8 + inches[0] * room, 0.4 + (inches[1] + 0.6) * len(GROUPS))
    grid = []
    for line, group in zip(figure.subplots(len(GROUPS), room, **shared), GROUPS, strict=True):
        places = spread(inspection.groups[group], room)
        # In the first of three lines of titles; its width must not push the axes apart.
        line[0].set_title("\n\n")
        line[0].annotate(
            _heading(inspection, group), (0, 1), (0, 18), xycoords="axes fraction", textcoords="offset points"
        ).set_in_layout(False)
        for axes, place in zip(line, places, strict=False):
            axes.set_title("\n\n" + _name(inspection, place), fontsize=7)
            axes.tick_params(labelsize=7)
            grid.append((axes, group, place))
        for axes in line[len(places) :]:
            axes.set_axis_off()
    return figure, grid


def _heading(inspection: Inspection, group: str) -> str:
    label = int(GROUPS[group])
    every = (inspection.y == label).sum()
    return f"{group}: {len(inspection.groups[group])} of {every} {CLASSES[label]} rows"


def _name(inspection: Inspection, place: int) -> str:
    return f"row {place}, score {inspection.scores[place]:.3g}"


DRAW: dict[Modality, Callable[[Inspection, str, Floats | None], Figure]] = {
    "table": _tables,
    "curve": _curves,
    "image": _images,
}
KINDS: dict[Modality, str] = {"table": "Values, as colours,", "curve": "Curves", "image": "Images"}
WORDS: dict[Modality, str] = {
    "table": f"Values are standardised by the training rows; beyond {CLIPPED:g} colours are the same.",
    "curve": "Each line is a row, from its first value to its last.",
    "image": "Each tile is a row.",
}
REBUILT_WORDS: dict[Modality, str] = {
    "table": f"{WORDS['table']} Each row has its reconstruction below it.",
    "curve": "Rows are solid, their reconstructions dashed and black.",
    "image": "Each row has its reconstruction on its right.",
}
