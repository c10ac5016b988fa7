"""What the diagnostic pictures have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.inspect.inspection import GROUPS, Inspection

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from bench.splits.arrays import Floats

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

    def png(self) -> bytes:
        """The figure's PNG file."""
        drawn = BytesIO()
        # Without the version that matplotlib puts into the file.
        self.figure.savefig(drawn, format="png", dpi=DPI, metadata={"Software": None})
        return drawn.getvalue()


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


def five_numbers(values: Floats) -> str:
    """Median and quartiles, in words."""
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    return f"median {middle:.3g}, quartiles {low:.3g} and {high:.3g}"


def counts(inspection: Inspection, groups: Sequence[str] = tuple(GROUPS)) -> str:
    """How many rows there are of each group, in words."""
    return ", ".join(f"{len(inspection.groups[group])} {group}" for group in groups)
