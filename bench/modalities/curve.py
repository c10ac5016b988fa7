"""Curves: rows whose values are measured one after another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.modalities import OF_EACH_GROUP, CataloguePicture, InspectPicture, Modality

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

    from bench.drawing import Sheet
    from bench.splits.split import Split

AXIS = "position (points)"
# Of each class in the catalogue, and of each group in `inspect`.
CURVES, ACROSS = 4, 4


def draw_split(panel: SubFigure, split: Split) -> None:
    """A few test curves of each class."""
    from bench.drawing import COLOURS, axes_by_class

    X, y = split.test
    for axes, label in axes_by_class(panel, sharey=True):
        axes.plot(X[y == label][:CURVES].T, color=COLOURS[label], linewidth=0.8, alpha=0.8)
        axes.set_xlabel(AXIS, fontsize=8)
        axes.tick_params(labelsize=7)
        if label == 0:
            axes.set_ylabel("value", fontsize=8)


def draw_sheet(sheet: Sheet) -> Figure:
    """A line for each row, and a dashed one for its reconstruction."""
    from bench.drawing import NEUTRAL

    figure, grid = sheet.grid(ACROSS, (1.9, 1.4), sharex=True, sharey=True)
    for axes, group, row in grid:
        axes.plot(sheet.X[row], color=sheet.colour(group), linewidth=1.2)
        axes.tick_params(labelbottom=True)
        if sheet.rebuilt is not None:
            axes.plot(sheet.rebuilt[row], color=NEUTRAL, linestyle="--", linewidth=0.8)
    figure.supxlabel(AXIS, x=0.98, ha="right", fontsize=9)  # the legend is on the left
    figure.supylabel("value", fontsize=9)
    if sheet.rebuilt is not None:
        _explain_lines(figure)
    return figure


def _explain_lines(figure: Figure) -> None:
    from matplotlib.lines import Line2D

    from bench.drawing import CLASSES, COLOURS, NEUTRAL

    lines = [Line2D([], [], color=COLOURS[label], label=f"{name} row") for label, name in CLASSES.items()]
    lines.append(Line2D([], [], color=NEUTRAL, linestyle="--", linewidth=0.8, label="reconstruction"))
    figure.legend(handles=lines, loc="outside lower left", ncols=len(lines))


MODALITY = Modality(
    name="curve",
    order=1,
    axis=AXIS,
    shape=(32,),
    wide_shape=(64,),
    catalogue=CataloguePicture(
        draw=draw_split,
        across=3,
        inches=(3.4, 2.1),
        alternative="a few normal curves in blue beside a few anomalous ones in orange",
    ),
    inspect=InspectPicture(
        draw=draw_sheet,
        kind="Curves",
        caption=f"{OF_EACH_GROUP} Each line is a row, from its first value to its last.",
        rebuilt_caption=f"{OF_EACH_GROUP} Rows are solid, their reconstructions dashed and black.",
    ),
)
