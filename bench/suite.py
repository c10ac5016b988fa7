"""Suites: named grids of trials, in TOML."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from bench.errors import BenchError, unknown
from bench.plugin import REGIMES, Regime
from bench.thresholds import HONEST_POLICIES

DEFAULT_TIMEOUT = 60.0
SUITES = Path(__file__).parent / "suites"

Contamination = float | Literal["known"]


@dataclass(frozen=True)
class Grid:
    """Every detector that fits, on every dataset, under every regime, with every seed."""

    datasets: tuple[str, ...]
    regimes: tuple[Regime, ...]
    contamination: Contamination = "known"


@dataclass(frozen=True)
class Suite:
    """A named list of grids. ``headline`` is the threshold policy that ranks its leaderboard.

    ``timeout`` is how many seconds its slowest detectors are given, where a person says nothing else.
    """

    name: str
    title: str
    seeds: tuple[int, ...]
    grids: tuple[Grid, ...]
    detectors: tuple[str, ...] = ("*",)
    headline: str = "native"
    timeout: float = DEFAULT_TIMEOUT

    def description(self) -> dict[str, Any]:
        """What a report needs to know of the suite, in values that JSON can write."""
        return {"name": self.name, "title": self.title, "headline": self.headline}


def suite_names() -> list[str]:
    return sorted(file.stem for file in SUITES.glob("*.toml"))


def load_suite(name: str) -> Suite:
    """A built-in suite by name, or one of the user's own by the path of its TOML file."""
    own = name.endswith(".toml")
    file = Path(name) if own else SUITES / f"{name}.toml"
    if not own and name not in suite_names():
        raise unknown("suite", name, suite_names())
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BenchError(f"cannot read the suite {name!r}: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise BenchError(f"suite {name!r} is not valid TOML: {error}") from None
    return _parse_suite(file.stem, content)


def _parse_suite(name: str, content: Mapping[str, Any]) -> Suite:
    """A suite from its TOML content, with an error that names the field that is wrong."""

    def fail(what: str) -> BenchError:
        return BenchError(f"suite {name!r}: {what}")

    known = {"title", "seeds", "detectors", "headline", "contamination", "timeout", "grid"}
    for field in content:
        if field not in known:
            raise fail(str(unknown("field", field, known)))
    seeds = content.get("seeds", 3)
    if isinstance(seeds, int):
        seeds = list(range(seeds))
    if not seeds or not all(isinstance(seed, int) and seed >= 0 for seed in seeds):
        raise fail("'seeds' must be a number of seeds or a list of them")
    headline = content.get("headline", "native")
    if headline not in HONEST_POLICIES:
        raise fail(str(unknown("headline policy", headline, HONEST_POLICIES)))
    timeout = content.get("timeout", DEFAULT_TIMEOUT)
    if not isinstance(timeout, int | float) or timeout <= 0:
        raise fail(f"'timeout' must be a number of seconds above 0, not {timeout!r}")
    grids = []
    for grid in content.get("grid", []):
        regimes = grid.get("regimes", [])
        for regime in regimes:
            if regime not in REGIMES:
                raise fail(str(unknown("regime", regime, REGIMES)))
        told = grid.get("contamination", content.get("contamination", "known"))
        if told != "known" and not (isinstance(told, int | float) and 0 <= told < 1):
            raise fail(f"'contamination' must be \"known\" or a share from 0 to 1, not {told!r}")
        if not grid.get("datasets") or not regimes:
            raise fail("each [[grid]] needs 'datasets' and 'regimes'")
        grids.append(Grid(tuple(grid["datasets"]), tuple(cast("list[Regime]", regimes)), told))
    if not grids:
        raise fail("there is no [[grid]]")
    return Suite(
        name, content.get("title", name), tuple(seeds), tuple(grids),
        tuple(content.get("detectors", ["*"])), headline, float(timeout),
    )  # fmt: skip
