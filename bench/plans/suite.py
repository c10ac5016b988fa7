"""Suites: named grids of trials, in TOML."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.errors import BenchError, unknown
from bench.evaluation.policies import headlines
from bench.plans.outline import SuiteOutline
from bench.plans.settings import Settings
from bench.plugins.contract import REGIMES, Regime
from bench.spec import format_value
from bench.trials.trial import Contamination

DEFAULT_TIMEOUT = 60.0
# More would take all memory before anything could be said of them.
MOST_SEEDS = 1_000_000
# More are a slip of the pen: a plan is gone through whenever a run goes on.
MOST_TRIALS = 5_000_000
MOST_DATASETS = 100_000
# Of a suite's file, in bytes: to parse ten times as much takes seconds, and no suite needs it.
LONGEST = 1_000_000
SUITES = Path(__file__).parent / "suites"

FIELDS = (
    "title", "hours", "seeds", "slow_seeds", "detectors", "first", "headline", "contamination", "timeout",
    "settings", "grid",
)  # fmt: skip


@dataclass(frozen=True)
class Grid:
    """Every detector that fits, on every dataset, under every regime, with every seed.

    In TOML a grid may have ``sweep``: one parameter and its values, for each of its datasets.
    """

    datasets: tuple[str, ...]
    regimes: tuple[Regime, ...]
    contamination: Contamination = "known"


@dataclass(frozen=True)
class Suite:
    """A named list of grids. ``headline`` is the threshold policy of its leaderboard's predictions.

    ``timeout`` is how many seconds its slowest detectors are given, where a person says nothing else.
    ``slow_seeds`` is how many of the seeds detectors declared slow get; None for all. ``first`` names
    detectors that run before the others. ``settings`` says which parameters of the detectors are tried, as
    `bench.plans.settings.Settings.parse` reads it. ``hours`` is about what all of it takes two workers, where
    that has been measured.
    """

    name: str
    title: str
    seeds: tuple[int, ...]
    grids: tuple[Grid, ...]
    detectors: tuple[str, ...] = ("*",)
    headline: str = "native"
    timeout: float = DEFAULT_TIMEOUT
    slow_seeds: int | None = None
    first: tuple[str, ...] = ()
    settings: str = "default"
    hours: float | None = None

    def outline(self) -> SuiteOutline:
        return SuiteOutline(self.name, self.title, self.headline)


def suite_names() -> list[str]:
    return sorted(file.stem for file in SUITES.glob("*.toml"))


def load_suite(name: str) -> Suite:
    """A built-in suite by name, or one of the user's own by the path of its TOML file.

    Raises BenchError for one that is not there or is no suite.
    """
    own = name.endswith(".toml")
    file = Path(name) if own else SUITES / f"{name}.toml"
    if not own and name not in suite_names():
        raise unknown("suite", name, suite_names())
    try:
        with file.open("rb") as stream:
            text = stream.read(LONGEST + 1)
        if len(text) > LONGEST:
            raise BenchError(f"{name!r} is longer than {LONGEST:,} bytes; name the TOML file of a suite")
        content = tomllib.loads(text.decode())
    except OSError as error:
        raise BenchError(f"cannot read the suite {name!r}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BenchError(f"the suite {name!r} is not written in UTF-8; save it so") from None
    except tomllib.TOMLDecodeError as error:
        raise BenchError(f"suite {name!r} is not valid TOML: {error}") from None
    except RecursionError:
        raise BenchError(f"suite {name!r}: its lists stand too deep in each other to be read") from None
    return _parse_suite(file.stem, content)


def _parse_suite(name: str, content: Mapping[str, Any]) -> Suite:
    """A suite from its TOML content, with an error that names the field that is wrong."""

    def fail(what: str) -> BenchError:
        return BenchError(f"suite {name!r}: {what}")

    for field in content:
        if field not in FIELDS:
            raise fail(str(unknown("field", field, FIELDS)))
    headline = content.get("headline", "native")
    if headline not in headlines():
        raise fail(str(unknown("headline policy", str(headline), headlines())))
    timeout = content.get("timeout", DEFAULT_TIMEOUT)
    if not _is_number(timeout) or not 0 < timeout < math.inf:
        raise fail(f"'timeout' must be a number of seconds above 0, not {timeout!r}")
    hours = content.get("hours")
    if hours is not None and (not _is_number(hours) or not 0 < hours < math.inf):
        raise fail(f"'hours' must be a number above 0, not {hours!r}")
    names = {"detectors": content.get("detectors", ["*"]), "first": content.get("first", [])}
    for field, value in names.items():
        if not _is_names(value) or not (value or field == "first"):
            raise fail(f"{field!r} must be a list of names, not {value!r}")
    seeds = _seeds(content.get("seeds", 3))
    if not seeds:
        raise fail(f"'seeds' must be a number of seeds or a list of them, {MOST_SEEDS:,} at most")
    slow_seeds = content.get("slow_seeds")
    if slow_seeds is not None and (type(slow_seeds) is not int or not 0 < slow_seeds <= len(seeds)):
        raise fail(f"'slow_seeds' must be a number from 1 to {len(seeds)}, not {slow_seeds!r}")
    settings = content.get("settings", "default")
    try:
        Settings.parse(str(settings))
    except BenchError as error:
        raise fail(str(error)) from None
    grids = content.get("grid", [])
    if not isinstance(grids, list):
        raise fail("write [[grid]] with two brackets, since there may be several")
    if not grids:
        raise fail("there is no [[grid]]")
    contamination = content.get("contamination", "known")
    parsed = tuple(_parse_grid(grid, contamination, fail) for grid in grids)
    return Suite(
        name=name,
        title=str(content.get("title", name)),
        seeds=seeds,
        grids=parsed,
        detectors=tuple(names["detectors"]),
        headline=headline,
        timeout=float(timeout),
        slow_seeds=slow_seeds,
        first=tuple(names["first"]),
        settings=str(settings),
        hours=None if hours is None else float(hours),
    )


def _parse_grid(grid: Mapping[str, Any], contamination: Any, fail: Callable[[str], BenchError]) -> Grid:
    known = {"datasets", "regimes", "contamination", "sweep"}
    for field in grid:
        if field not in known:
            raise fail("a [[grid]] has an " + str(unknown("field", field, known)))
    datasets, regimes = grid.get("datasets"), grid.get("regimes")
    if not datasets or not regimes:
        raise fail("each [[grid]] needs 'datasets' and 'regimes'")
    for field, value in (("datasets", datasets), ("regimes", regimes)):
        if not _is_names(value):
            raise fail(f"'{field}' must be a list of names, not {value!r}")
    for regime in regimes:
        if regime not in REGIMES:
            raise fail(str(unknown("regime", regime, REGIMES)))
    contamination = grid.get("contamination", contamination)
    if contamination != "known" and not (_is_number(contamination) and 0 <= contamination < 1):
        raise fail(f"'contamination' must be \"known\" or a fraction from 0 to 1, not {contamination!r}")
    return Grid(tuple(_swept(datasets, grid.get("sweep"), fail)), tuple(regimes), contamination)


def _swept(datasets: list[str], sweep: Any, fail: Callable[[str], BenchError]) -> Iterator[str]:
    """Each dataset with each value of the parameter that ``sweep`` names; as it is where there is none."""
    if sweep is None:
        yield from datasets
        return
    if (
        not isinstance(sweep, Mapping)
        or len(sweep) != 1
        or not all(isinstance(values, list) and values for values in sweep.values())
    ):
        raise fail("write 'sweep' as one parameter and its values: sweep = { noise = [0.01, 0.02] }")
    [(parameter, values)] = sweep.items()
    if len(datasets) * len(values) > MOST_DATASETS:
        raise fail(f"'sweep' makes {len(datasets) * len(values):,} datasets, {MOST_DATASETS:,} at most")
    for dataset in datasets:
        joint = "," if ":" in dataset else ":"
        for value in values:
            yield f"{dataset}{joint}{parameter}={format_value(value)}"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _seeds(given: Any) -> tuple[int, ...]:
    """So many seeds from 0, or those of a list, each once; none for anything else."""
    if type(given) is int:
        return tuple(range(given)) if given <= MOST_SEEDS else ()
    if not isinstance(given, list) or not all(type(seed) is int and seed >= 0 for seed in given):
        return ()
    return tuple(dict.fromkeys(given))
