"""What the diagnostic pictures have in common."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.inspect.inspection import GROUPS, Inspection
from bench.plugins.contract import Modality
from bench.report.palette import BLUE, ORANGE

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.inspect.inspection import Places
    from bench.splits.arrays import Floats

# By label; and what is neither.
COLOURS = {0: BLUE, 1: ORANGE}
NEUTRAL = "black"
CLASSES = {0: "normal", 1: "anomalous"}
# What the values of a row lie along.
ALONG: dict[Modality, str] = {
    "table": "column (counted from 0)",
    "curve": "position (points)",
    "image": "pixel (row by row)",
}
STYLE: dict[Any, Any] = {
    "font.size": 9,
    "axes.titlesize": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}
DPI = 110


@dataclass(frozen=True)
class Picture:
    """A figure with what its page says of it; ``alternative`` is for those who do not see it."""

    name: str
    title: str
    caption: str
    alternative: str
    figure: Figure

    def save(self, folder: Path) -> Path:
        file = folder / f"{self.name}.png"
        # Without the version that matplotlib puts into the file.
        self.figure.savefig(file, dpi=DPI, metadata={"Software": None})
        return file


@dataclass(frozen=True)
class NotShown:
    """A picture that there cannot be, and why."""

    title: str
    why: str


@contextmanager
def style() -> Iterator[None]:
    """The same look whatever the user has set."""
    import matplotlib

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(STYLE)
        yield


def new_figure(inspection: Inspection, title: str, width: float, height: float) -> Figure:
    """An empty figure, sizes in inches, that says what it shows and of what trial."""
    from matplotlib.figure import Figure

    # A dollar sign in a name begins no formula.
    lines = textwrap.wrap(inspection.name.replace("$", r"\$"), int(width * 12))
    figure = Figure(figsize=(width, height + 0.2 * len(lines)), layout="constrained")
    figure.suptitle("\n".join([title, *lines]), fontsize=10, x=0.01, ha="left")
    return figure


def diverging() -> Any:
    """Colours from below zero, blue, to above, orange."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list("diverging", [BLUE, "white", ORANGE])


def spread(places: Places, count: int) -> Places:
    """At most so many of a group's rows, from its lowest score to its highest."""
    return (
        places[np.unique(np.linspace(0, len(places) - 1, count).round().astype(int))]
        if len(places)
        else places
    )


def colour_of(group: str) -> str:
    return COLOURS[int(GROUPS[group])]


def say_empty(axes: Axes, group: str) -> None:
    axes.text(0.5, 0.5, f"no rows: {group}", transform=axes.transAxes, ha="center", va="center")
    axes.set_yticks([])


def five_numbers(values: Floats) -> str:
    """Median and quartiles, in words."""
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    return f"median {middle:.3g}, quartiles {low:.3g} and {high:.3g}"


def counts(inspection: Inspection, groups: Sequence[str] = tuple(GROUPS)) -> str:
    """How many rows there are of each group, in words."""
    return ", ".join(f"{len(inspection.groups[group])} {group}" for group in groups)
