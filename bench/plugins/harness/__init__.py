"""What the harness does around any detector, by parameters that no class declares: `knn:window=auto`.

An extension is one module of this package, with an entry named ``EXTENSION``; nothing else needs to name it.
Its functions import what they work with when they are called, so that listing plugins stays instant.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from bench.plugins.outputs import left_out_scores

if TYPE_CHECKING:
    from bench.plugins.contract import Detector
    from bench.plugins.metadata import DetectorPlugin
    from bench.plugins.registry import Registry
    from bench.splits.arrays import Floats

Modalities = tuple[str, ...]


@dataclass(frozen=True)
class Extension:
    """What a parameter asks the harness to do around a detector.

    parameters: their names; the first asks for it, the others say how. order: where it stands in lists, and
    what is put around what: the first is nearest to the detector. explanation: what it does, after the names.
    fits: whether a detector, by what it declares, can be given it. checked: the values to keep of what a user
    has given, which may be none; BenchError for what cannot be. modalities: what rows the detector can be
    used on with it, from those without it. around: the detector with it; None where the rows are replaced
    before any detector sees them.
    """

    parameters: tuple[str, ...]
    order: int
    explanation: str
    fits: Callable[[DetectorPlugin], bool]
    checked: Callable[[DetectorPlugin, Mapping[str, Any], Registry], dict[str, Any]]
    modalities: Callable[[Modalities, Mapping[str, Any], Registry], Modalities]
    around: Callable[[Detector, Mapping[str, Any]], Detector] | None = None

    @property
    def name(self) -> str:
        """The parameter that asks for it."""
        return self.parameters[0]

    @property
    def described(self) -> str:
        """Its parameters, and what it does."""
        return f"{', '.join(f'{name}=' for name in self.parameters)}: {self.explanation}"


class Around:
    """A detector within another: what this one does not have is the detector's, as a stage it learns from.

    ``_hidden`` names what is the detector's alone, since it is of other rows, or of other scores.
    ``rescales``: whether what it does to rows is fitted to all of them, and without one is another thing.
    """

    _hidden: ClassVar[tuple[str, ...]] = ()
    rescales: ClassVar[bool] = False

    def __init__(self, detector: Detector) -> None:
        self.detector = detector

    def __getattr__(self, name: str) -> Any:
        # A copy that is being made has no detector yet.
        if name == "detector" or name in self._hidden:
            raise AttributeError(name)
        return getattr(self.detector, name)


def left_out_where_learnt(detector: Detector, rows: int) -> Floats | None:
    """As `bench.plugins.outputs.left_out_scores`, of rows that are judged where they were learnt from.

    A scale stays that of all of them, as the dataset's own does; none is its own neighbour.
    """
    within = detector.detector if isinstance(detector, Around) and detector.rescales else detector
    return left_out_scores(within, rows)


def find_extensions() -> dict[str, Extension]:
    """Every extension by the parameter that asks for it, in their order."""
    modules = [import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)]
    found: list[Extension] = [module.EXTENSION for module in modules]
    return {each.name: each for each in sorted(found, key=lambda each: each.order)}


EXTENSIONS = find_extensions()
# The names of all parameters that are the harness's.
PARAMETERS = tuple(name for each in EXTENSIONS.values() for name in each.parameters)
