"""What pictures share: the colours and names of the classes, and figures that say what they show."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bench import escaping

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure, SubFigure
    from numpy.typing import NDArray

    from bench.splits.arrays import Floats, Labels

    Indices = NDArray[np.intp]

# Told apart by the colour-blind (Okabe and Ito, 2008).
BLUE, ORANGE = "#0072B2", "#D55E00"
NEUTRAL = "black"
# By label.
COLOURS = {0: BLUE, 1: ORANGE}
CLASSES = {0: "normal", 1: "anomalous"}


def new_figure(about: str, title: str, width: float, height: float) -> Figure:
    """An empty figure, sizes in inches, that says what it shows and of what."""
    from matplotlib.figure import Figure

    lines = textwrap.wrap(escaping.plot(about), int(width * 12))
    figure = Figure(figsize=(width, height + 0.2 * len(lines)), layout="constrained")
    figure.suptitle("\n".join([title, *lines]), fontsize=10, x=0.01, ha="left")
    return figure


def diverging() -> Any:
    """Colours from below zero, blue, to above, orange."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("diverging", [BLUE, "white", ORANGE])


def say_empty(axes: Axes, group: str) -> None:
    """Write into axes that a group has no rows."""
    axes.text(0.5, 0.5, f"no rows: {group}", transform=axes.transAxes, ha="center", va="center")
    axes.set_yticks([])


def axes_by_class(panel: SubFigure, **options: Any) -> list[tuple[Axes, int]]:
    """Axes side by side, titled with the class's name, each with its label: normal rows, anomalous rows."""
    every = panel.subplots(1, 2, **options)
    for axes, name in zip(every, CLASSES.values(), strict=True):
        axes.set_title(name, fontsize=8)
    return list(zip(every, CLASSES, strict=True))


def spread(rows: Indices, count: int) -> Indices:
    """At most ``count`` of some rows, evenly chosen in their order."""
    return rows[np.unique(np.linspace(0, len(rows) - 1, count).round().astype(int))] if len(rows) else rows


@dataclass(frozen=True)
class Sheet:
    """Test rows that `inspect` shows, in groups by what became of them, and what is written beside them.

    about: the trial. X: the test rows, shape (n, d). rebuilt: their reconstructions, of the same shape, or
    None. X_train: the training rows, shape (m, d). shape: of what a row holds. y, scores: of the test rows,
    shape (n,). threshold: above which a row is called anomalous. groups: by name, the indices of test rows
    from the lowest score to the highest. group_labels: the label that all rows of a group have.
    """

    about: str
    title: str
    X: Floats
    rebuilt: Floats | None
    X_train: Floats
    shape: tuple[int, ...]
    y: Labels
    scores: Floats
    threshold: float
    groups: Mapping[str, Indices]
    group_labels: Mapping[str, int]

    def figure(self, width: float, height: float) -> Figure:
        """An empty figure, sizes in inches, with its headings."""
        return new_figure(self.about, self.title, width, height)

    def chosen(self, group: str, count: int) -> Indices:
        """At most ``count`` rows of a group, spread from its lowest score to its highest."""
        return spread(self.groups[group], count)

    def heading(self, group: str) -> str:
        """How many rows of its class are in a group."""
        label = self.group_labels[group]
        every = (self.y == label).sum()
        return f"{group}: {len(self.groups[group])} of {every} {CLASSES[label]} rows"

    def name(self, row: int) -> str:
        """What is written at a row."""
        return f"row {row}, score {self.scores[row]:.3g}"

    def colour(self, group: str) -> str:
        """That of the group's class."""
        return COLOURS[self.group_labels[group]]

    def grid(
        self, across: int, inches: tuple[float, float], **shared: Any
    ) -> tuple[Figure, list[tuple[Axes, str, int]]]:
        """A line of ``across`` axes for each group; those in use, with the group and the index of the row."""
        lines = len(self.groups)
        figure = self.figure(0.8 + inches[0] * across, 0.4 + (inches[1] + 0.6) * lines)
        grid = []
        for line, group in zip(figure.subplots(lines, across, **shared), self.groups, strict=True):
            rows = self.chosen(group, across)
            # In the first of three lines of titles; its width must not push the axes apart.
            line[0].set_title("\n\n")
            line[0].annotate(
                self.heading(group), (0, 1), (0, 18), xycoords="axes fraction", textcoords="offset points"
            ).set_in_layout(False)
            for axes, row in zip(line, rows, strict=False):
                axes.set_title("\n\n" + self.name(row), fontsize=7)
                axes.tick_params(labelsize=7)
                grid.append((axes, group, row))
            for axes in line[len(rows) :]:
                axes.set_axis_off()
        return figure, grid
