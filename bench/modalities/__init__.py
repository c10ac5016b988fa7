"""What kinds of rows there are, and all that differs between them.

A modality is one module of this package, with an entry named ``MODALITY``; nothing else needs to name it. Its
functions import what they draw with when they are called, so that listing plugins stays instant.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

    from bench.drawing import Sheet
    from bench.splits.split import Split

# The modality of a dataset that declares none, of features, and of rows with another shape than is drawn.
DEFAULT = "table"
# How a modality that draws single rows chooses them, at the beginning of its captions.
OF_EACH_GROUP = "Of each group a few rows are shown, spread from its lowest score to its highest."


@dataclass(frozen=True)
class CataloguePicture:
    """How the catalogue of datasets draws some rows of each class.

    draw: some test rows of a split, into a panel. across: how many panels stand side by side. inches: width
    and height of a panel. alternative: what there is to see, for whoever does not see it.
    """

    draw: Callable[[SubFigure, Split], None]
    across: int
    inches: tuple[float, float]
    alternative: str


@dataclass(frozen=True)
class InspectPicture:
    """How `inspect` draws test rows, alone or beside their reconstructions.

    draw: a figure of the sheet's rows. kind: what rows are drawn as, at the beginning of a sentence. caption:
    how to read the picture; rebuilt_caption: as much for the picture with reconstructions.
    """

    draw: Callable[[Sheet], Figure]
    kind: str
    caption: str
    rebuilt_caption: str


@dataclass(frozen=True)
class Modality:
    """A kind of rows.

    order: where it stands in lists; a detector that takes several is checked on the first. axis: what the
    values of a row lie along. shape: of what a row holds, in the small rows that `check` makes up; of another
    number of axes no row of the modality is. wide_shape: of rows with more values than there are rows.
    one_column: whether a row may be a single value. in_time: whether rows are points of series, whose scores
    rest on the points around them.
    """

    name: str
    order: int
    axis: str
    shape: tuple[int, ...]
    wide_shape: tuple[int, ...]
    catalogue: CataloguePicture
    inspect: InspectPicture
    one_column: bool = False
    in_time: bool = False

    def fits(self, shape: tuple[int, ...]) -> bool:
        """Whether rows of this shape can be drawn as of the modality."""
        return len(shape) == len(self.shape)


def find_modalities() -> dict[str, Modality]:
    """Every modality by name, in their order."""
    modules = [import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)]
    found: list[Modality] = [module.MODALITY for module in modules]
    return {each.name: each for each in sorted(found, key=lambda each: each.order)}


MODALITIES = find_modalities()
# Those whose rows are points of series.
IN_TIME = tuple(name for name, each in MODALITIES.items() if each.in_time)
