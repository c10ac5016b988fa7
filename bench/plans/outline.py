"""What a run says of its suite and its plan: enough to know which trials there should be."""

from __future__ import annotations

from msgspec import Struct

from bench.plugins.contract import Regime
from bench.trials.record import Count
from bench.trials.trial import Contamination


class SuiteOutline(Struct, frozen=True):
    """What a report needs to know of a suite."""

    name: str
    title: str
    headline: str


class CellOutline(Struct, frozen=True):
    """A dataset variant under a regime, and the labels of the detectors run there."""

    dataset: str
    regime: Regime
    contamination: Contamination
    detectors: list[str]


class Outline(Struct, frozen=True, kw_only=True):
    """A plan without its trials: seeds, and the cells run with each of them.

    ``references`` are the labels of the detectors out of competition, ``settings`` those of settings that
    were tried besides what was asked for.
    """

    seeds: list[Count]
    references: list[str] = []
    settings: list[str] = []
    cells: list[CellOutline]
