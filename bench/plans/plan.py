"""The ordered plan of trials that a suite stands for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from itertools import groupby

from bench.plans.outline import CellOutline, Outline
from bench.plans.suite import Suite
from bench.plugins.contract import Regime
from bench.plugins.metadata import DatasetPlugin, DetectorPlugin
from bench.trials.environment import CORE_LIBRARIES, library_versions
from bench.trials.trial import Code, Contamination, Named, Trial


@dataclass(frozen=True)
class Cell:
    """A dataset variant under a regime, and the contamination that the train-quantile policy assumes there.

    ``data`` is the fingerprint of data that lies outside of the plugin's file.
    """

    plugin: DatasetPlugin
    dataset: Named
    data: str
    regime: Regime
    contamination: Contamination


def fits(detector: DetectorPlugin, cell: Cell) -> bool:
    """Whether a detector can be used in a cell."""
    return (
        cell.regime in detector.regimes
        and cell.plugin.modality in detector.modalities
        and (not detector.optimum or cell.plugin.has_optimum(cell.dataset.params))
    )


@dataclass(frozen=True)
class Plan:
    """The trials of a suite, made one after another in the order in which they should run.

    Breadth first: every detector meets the first variant before any meets the second, and all variants
    come before the second seed. Cheap detectors go first, so that much is known soon; in the last cell they
    go last, so that no worker is left with a trial that takes long while the others have nothing to do. Those
    that the suite names first see a variant under all regimes before the others see it. ``settings`` are the
    labels of those detectors that stand for settings tried besides what was asked for.
    """

    suite: Suite
    detectors: tuple[tuple[DetectorPlugin, Named], ...]
    cells: tuple[Cell, ...]
    unavailable: tuple[DetectorPlugin, ...]
    hints: tuple[str, ...] = ()
    settings: frozenset[str] = frozenset()

    def __iter__(self) -> Iterator[Trial]:
        costs = {named.label: plugin.cost for plugin, named in self.detectors}
        rounds = [
            (
                cell,
                [(named, trial_code(plugin, cell), len(self.seeds(plugin))) for plugin, named in detectors],
            )
            for cell, detectors in self._rounds()
            if detectors
        ]
        for index, seed in enumerate(self.suite.seeds):
            for place, (cell, detectors) in enumerate(rounds, 1):
                if place == len(rounds) and seed == self.suite.seeds[-1]:
                    detectors = sorted(detectors, key=lambda found: -costs[found[0].label])
                for named, code, seeds in detectors:
                    if index < seeds:
                        yield Trial(named, cell.dataset, seed, cell.regime, cell.contamination, code)

    def _rounds(self) -> Iterator[tuple[Cell, list[tuple[DetectorPlugin, Named]]]]:
        """The cells in their order, each with the detectors that fit it; a cell comes up twice, since the
        suite's first detectors see all cells of a variant before the others do."""
        for _, variant in groupby(self.cells, key=lambda cell: cell.dataset.label):
            cells = list(variant)
            for first in (True, False):
                for cell in cells:
                    yield (
                        cell,
                        [
                            (plugin, named)
                            for plugin, named in self.detectors
                            if fits(plugin, cell) and _is_first(plugin, self.suite) == first
                        ],
                    )

    def __len__(self) -> int:
        return sum(
            len(self.seeds(plugin))
            for cell in self.cells
            for plugin, _ in self.detectors
            if fits(plugin, cell)
        )

    def seeds(self, detector: DetectorPlugin) -> tuple[int, ...]:
        """The seeds that a detector is run with: fewer for a slow one, where the suite says so."""
        return self.suite.seeds[: self.suite.slow_seeds] if detector.slow else self.suite.seeds

    def staged(self) -> Iterator[Trial]:
        """The trials whose detectors share stages, all seeds of a variant before the next variant."""
        for cell in self.cells:
            for detector, named in self.detectors:
                if detector.staged and fits(detector, cell):
                    code = trial_code(detector, cell)
                    for seed in self.seeds(detector):
                        yield Trial(named, cell.dataset, seed, cell.regime, cell.contamination, code)

    def outlines(self) -> list[Outline]:
        """The plan without its trials, a part for each choice of seeds."""
        by_seeds: dict[tuple[int, ...], list[tuple[DetectorPlugin, Named]]] = {}
        for plugin, named in self.detectors:
            by_seeds.setdefault(self.seeds(plugin), []).append((plugin, named))
        return [
            Outline(
                seeds=list(seeds),
                references=[named.label for plugin, named in detectors if plugin.optimum],
                settings=[named.label for _, named in detectors if named.label in self.settings],
                cells=[
                    CellOutline(
                        dataset=cell.dataset.label,
                        regime=cell.regime,
                        contamination=cell.contamination,
                        detectors=[named.label for plugin, named in detectors if fits(plugin, cell)],
                    )
                    for cell in self.cells
                ],
            )
            for seeds, detectors in by_seeds.items()
        ]


def trial_code(detector: DetectorPlugin, cell: Cell) -> Code:
    """What besides parameters and seed decides the result of a detector's trials in a cell."""
    return Code(detector.source, cell.plugin.source, cell.data, _versions(detector.requires))


@cache
def _versions(requires: tuple[str, ...]) -> dict[str, str]:
    return library_versions((*CORE_LIBRARIES, *requires))


def _is_first(detector: DetectorPlugin, suite: Suite) -> bool:
    return any(fnmatchcase(detector.name, pattern) for pattern in suite.first)
