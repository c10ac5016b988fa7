"""Settings: which parameters of a detector a plan tries besides its defaults."""

from __future__ import annotations

import itertools
import random
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.errors import BenchError
from bench.plugins.metadata import DetectorPlugin
from bench.plugins.registry import detector_label, missing_packages, parameter_defaults
from bench.plugins.space import Space, parse_space
from bench.trials.trial import Named

# What the built-in detectors' parameters are tried at. Their plugin files do not say it: a range that is
# changed would make all records of the file's detectors old.
SPACES = Path(__file__).parent / "spaces.toml"
# Settings are drawn with it, whatever the seeds of the trials are.
SEED = 0
MOST_DRAWN = 1000
# Of a range, for the grid.
LEVELS = 5
# Draws for each setting that is wanted, until a small space counts as exhausted.
PATIENCE = 100


@dataclass(frozen=True)
class Settings:
    """What is asked for: the defaults alone, ``drawn`` random settings besides, or the whole grid."""

    drawn: int = 0
    grid: bool = False

    @classmethod
    def parse(cls, text: str) -> Settings:
        """Read "default", "random:20" or "grid". Raises BenchError for anything else."""
        if text in ("default", "grid"):
            return cls(grid=text == "grid")
        found = re.fullmatch(r"random:(\d{1,9})", text)
        if not found:
            raise BenchError(f"unknown settings {text!r}; write 'default', 'random:20' or 'grid'")
        if not 1 <= int(found[1]) <= MOST_DRAWN:
            raise BenchError(f"settings {text!r}: draw 1 to {MOST_DRAWN:,} settings of a detector")
        return cls(drawn=int(found[1]))

    def labels(self, plugin: DetectorPlugin, named: Named) -> list[str]:
        """The detector as it was asked for, then with each setting, each once.

        Parameters that were asked for stay as they are; the others are varied. A detector without a space,
        or whose package is not installed, is left as it is.
        """
        space = space_of(plugin)
        given = {name for name, value in named.params.items() if plugin.defaults.get(name, _NONE) != value}
        varied = {name: values for name, values in space.items() if name not in given}
        if not varied or missing_packages(plugin) or not (self.drawn or self.grid):
            return [named.label]
        defaults = parameter_defaults(plugin)

        def label(setting: dict[str, Any]) -> str:
            changed = {name: value for name, value in setting.items() if defaults.get(name, _NONE) != value}
            return detector_label(plugin, {**named.params, **changed})

        labels = {named.label: None}
        if self.grid:
            labels |= {label(setting): None for setting in _grid(varied)}
        else:
            for setting in itertools.islice(_draws(plugin.name, varied), PATIENCE * self.drawn):
                labels[label(setting)] = None
                if len(labels) > self.drawn:
                    break
        return list(labels)


_NONE = object()


def space_of(plugin: DetectorPlugin) -> Space:
    """The parameters of a detector that settings vary: its own declaration's, or that of a built-in one."""
    return parse_space(plugin.space) if plugin.space else builtin_spaces().get(plugin.name, {})


@cache
def builtin_spaces() -> dict[str, Space]:
    """The spaces of the built-in detectors, by the detector's name."""
    content = tomllib.loads(SPACES.read_text(encoding="utf-8"))
    return {name: parse_space(declared) for name, declared in content.items()}


def _grid(space: Space) -> Iterator[dict[str, Any]]:
    """Every combination of the parameters' levels."""
    for values in itertools.product(*(each.levels(LEVELS) for each in space.values())):
        yield dict(zip(space, values, strict=True))


def _draws(detector: str, space: Space) -> Iterator[dict[str, Any]]:
    """Settings drawn at random without end.

    Each parameter has a stream of its own: more settings, detectors or parameters change none of the draws.
    """
    streams = {name: random.Random(f"{SEED} {detector} {name}") for name in space}
    while True:
        yield {name: values.at(streams[name].random()) for name, values in space.items()}
