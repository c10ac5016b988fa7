"""Suites: named grids of trials, in TOML, and the ordered plan of trials that one stands for."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

from bench.declare import DatasetPlugin, DetectorPlugin
from bench.environment import CORE_LIBRARIES, library_versions
from bench.errors import BenchError, unknown
from bench.plugin import REGIMES, Regime
from bench.registry import Registry, dataset_label, detector_label, missing_packages
from bench.spec import Spec
from bench.thresholds import HONEST_POLICIES
from bench.trial import Named, Trial

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
    """A named list of grids. ``headline`` is the threshold policy that ranks its leaderboard."""

    name: str
    title: str
    seeds: tuple[int, ...]
    grids: tuple[Grid, ...]
    detectors: tuple[str, ...] = ("*",)
    headline: str = "native"


@dataclass(frozen=True)
class Selection:
    """What the command line narrows a suite to; None leaves the suite as it is.

    Names may hold ``*``, ``?`` and ``[...]``, and carry parameters: ``knn:n_neighbors=20``.
    """

    detectors: tuple[str, ...] | None = None
    datasets: tuple[str, ...] | None = None
    regimes: tuple[str, ...] | None = None
    seeds: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Plan:
    """The trials of a suite, made one after another in the order in which they should run.

    Breadth first: every detector meets the first variant before any meets the second, and all variants
    come before the second seed. Cheap detectors go first.
    """

    suite: Suite
    detectors: tuple[tuple[DetectorPlugin, Named], ...]
    cells: tuple[tuple[DatasetPlugin, Named, Regime, Contamination], ...]
    unavailable: tuple[DetectorPlugin, ...]
    hints: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[Trial]:
        for seed in self.suite.seeds:
            for dataset, variant, regime, contamination in self.cells:
                for detector, named in self.detectors:
                    if regime in detector.regimes and dataset.modality in detector.modalities:
                        code = trial_code(detector, dataset, variant)
                        yield Trial(named, variant, seed, regime, contamination, code)


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


def make_plan(
    suite: Suite, registry: Registry, selection: Selection | None = None, *, every: bool = False
) -> Plan:
    """The plan of a suite, narrowed by ``selection``.

    every: all registered detectors, even where the suite names some. Raises BenchError for a name that
    matches nothing and for a selection that leaves no trials.
    """
    selection = selection or Selection()
    wanted = selection.detectors or (("*",) if every else suite.detectors)
    chosen = _detectors(wanted, registry)
    hints: list[str] = []
    cells = _cells(suite, registry, selection, hints)
    if selection.seeds is not None:
        suite = replace(suite, seeds=selection.seeds)
    available = [pair for pair in chosen if not missing_packages(pair[0])]
    plan = Plan(
        suite,
        tuple(sorted(available, key=lambda pair: (pair[0].cost, pair[1].label))),
        tuple(cells),
        tuple(plugin for plugin, _ in chosen if missing_packages(plugin)),
        tuple(dict.fromkeys(hints)),
    )
    if next(iter(plan), None) is None:
        why = "; ".join((*plan.hints, *(f"{p.name} is not installed" for p in plan.unavailable)))
        raise BenchError(
            "nothing to run: no detector fits any dataset and regime" + (f" ({why})" if why else "")
        )
    return plan


def trial_code(detector: DetectorPlugin, dataset: DatasetPlugin, variant: Named) -> Mapping[str, Any]:
    """What besides parameters and seed decides a trial's result."""
    return {
        "detector": detector.source,
        "dataset": dataset.source,
        "data": _data_fingerprint(dataset, variant),
        "libraries": _versions(detector.requires),
    }


_fingerprints: dict[int, tuple[Named, str]] = {}


def _data_fingerprint(dataset: DatasetPlugin, variant: Named) -> str:
    known = _fingerprints.get(id(variant))
    if known is None or known[0] is not variant:
        known = _fingerprints[id(variant)] = (variant, dataset.fingerprint(**variant.params))
    return known[1]


@cache
def _versions(requires: tuple[str, ...]) -> dict[str, str]:
    return library_versions((*CORE_LIBRARIES, *requires))


def _detectors(wanted: Iterable[str], registry: Registry) -> list[tuple[DetectorPlugin, Named]]:
    found: dict[str, tuple[DetectorPlugin, Named]] = {}
    for text in wanted:
        spec = Spec.parse(text)
        names = _matching(spec.name, registry.detectors, "detector")
        for name in names:
            plugin, params = registry.detector(replace(spec, name=name))
            named = Named(name, detector_label(plugin, params), params)
            found[named.label] = (plugin, named)
    return list(found.values())


def _cells(
    suite: Suite, registry: Registry, selection: Selection, hints: list[str]
) -> list[tuple[DatasetPlugin, Named, Regime, Contamination]]:
    """Dataset variants with the regimes and the contamination that the suite gives them."""
    grids: Sequence[Grid] = suite.grids
    if selection.datasets is not None:
        grids = _narrowed(suite, registry, selection.datasets, hints)
    regimes = _regimes(selection.regimes)
    cells: dict[tuple[str, Regime], tuple[DatasetPlugin, Named, Regime, Contamination]] = {}
    for grid in grids:
        for text in grid.datasets:
            for plugin, named in _variants(text, registry, hints):
                for regime in grid.regimes:
                    if regime in regimes:
                        cells.setdefault((named.label, regime), (plugin, named, regime, grid.contamination))
    return list(cells.values())


def _narrowed(suite: Suite, registry: Registry, wanted: Sequence[str], hints: list[str]) -> list[Grid]:
    """The suite's own variants that match; a name that matches none of them joins its first grid."""
    grids = []
    unmatched = list(wanted)
    for grid in suite.grids:
        labels = [named.label for text in grid.datasets for _, named in _variants(text, registry, hints)]
        kept = []
        for label in labels:
            hits = [pattern for pattern in wanted if _matches(label, pattern)]
            unmatched = [pattern for pattern in unmatched if pattern not in hits]
            kept += [label] if hits else []
        grids.append(replace(grid, datasets=tuple(kept)))
    own = []
    for pattern in unmatched:
        variants = _variants(pattern, registry, hints)
        if not variants:
            raise BenchError("; ".join(hints) or f"no dataset matches {pattern!r}")
        own += [named.label for _, named in variants]
    if own:
        first = suite.grids[0]
        grids.append(replace(first, datasets=tuple(own)))
    return grids


def _variants(text: str, registry: Registry, hints: list[str]) -> list[tuple[DatasetPlugin, Named]]:
    """The variants that a name with parameters stands for; both may be patterns."""
    spec = Spec.parse(text)
    found = []
    for name in _matching(spec.name, registry.datasets, "dataset"):
        plugin = registry.datasets[name]
        if plugin.required is None or (spec.bare is not None and not _is_pattern(spec.bare)):
            found.append(_variant(plugin, replace(spec, name=name), registry))
            continue
        listed = list(plugin.variants())
        if not listed and plugin.hint:
            hints.append(f"{name}: {plugin.hint}")
        for params in listed:
            value = str(params[plugin.required])
            if spec.bare is None or _matches(value, spec.bare):
                found.append(_variant(plugin, Spec(name, {**params, **spec.params}), registry))
        if listed and spec.bare is not None and not found:
            raise unknown("dataset", text, [f"{name}:{params[plugin.required]}" for params in listed])
    return found


def _variant(plugin: DatasetPlugin, spec: Spec, registry: Registry) -> tuple[DatasetPlugin, Named]:
    _, params = registry.dataset(spec)
    return plugin, Named(plugin.name, dataset_label(plugin, params), params)


def _matching(pattern: str, known: Iterable[str], kind: str) -> list[str]:
    names = [name for name in known if _matches(name, pattern)]
    if not names:
        raise unknown(kind, pattern, known)
    return names


def _matches(name: str, pattern: str) -> bool:
    return fnmatchcase(name.lower(), pattern.lower())


def _is_pattern(text: str) -> bool:
    return any(char in text for char in "*?[")


def _regimes(wanted: Sequence[str] | None) -> tuple[str, ...]:
    if wanted is None:
        return REGIMES
    return tuple(name for pattern in wanted for name in _matching(pattern, REGIMES, "regime"))


def _parse_suite(name: str, content: Mapping[str, Any]) -> Suite:
    """A suite from its TOML content, with an error that names the field that is wrong."""

    def fail(what: str) -> BenchError:
        return BenchError(f"suite {name!r}: {what}")

    known = {"title", "seeds", "detectors", "headline", "contamination", "grid"}
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
        tuple(content.get("detectors", ["*"])), headline,
    )  # fmt: skip
