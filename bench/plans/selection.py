"""From a suite, narrowed by what a person asks for, to a plan."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import partial
from typing import TypeVar

from bench.errors import BenchError, BenchWarning, unknown
from bench.plans.plan import Cell, Plan
from bench.plans.settings import Settings
from bench.plans.suite import MOST_TRIALS, Grid, Suite
from bench.plugins.contract import REGIMES, Regime
from bench.plugins.metadata import DatasetPlugin, DetectorPlugin
from bench.plugins.registry import Registry, dataset_label, detector_label, missing_packages
from bench.spec import Spec
from bench.trials.features import as_asked
from bench.trials.trial import Contamination, Named, Trial

P = TypeVar("P")

# Of a single trial, as in the suite `core`: clean training rows have no anomalies to count.
CLEAN_CONTAMINATION = 0.05


@dataclass(frozen=True)
class Selection:
    """What the command line narrows a suite to; None leaves the suite as it is.

    Names may hold ``*``, ``?`` and ``[...]``, and carry parameters: ``knn:n_neighbors=20``. ``share``: which
    part of how many parts of the datasets; a dataset is in the same part whatever others there are.
    ``settings``: "default", "random:20" or "grid", as of `bench.plans.settings`.
    """

    detectors: tuple[str, ...] | None = None
    datasets: tuple[str, ...] | None = None
    regimes: tuple[str, ...] | None = None
    seeds: tuple[int, ...] | None = None
    share: tuple[int, int] = (1, 1)
    settings: str | None = None


def make_plan(
    suite: Suite, registry: Registry, selection: Selection | None = None, *, every: bool = False
) -> Plan:
    """The plan of a suite, narrowed by ``selection``.

    every: all registered detectors, even where the suite names some. Raises BenchError for a name that
    matches nothing, for a selection that leaves no trials, and for one that leaves too many to go through.
    """
    selection = selection or Selection()
    wanted = selection.detectors or (("*",) if every else suite.detectors)
    settings = Settings.parse(suite.settings if selection.settings is None else selection.settings)
    asked = choose_detectors(wanted, registry)
    chosen = choose_detectors((label for pair in asked for label in settings.labels(*pair)), registry)
    hints: list[str] = []
    cells = _shared_out(_cells(suite, registry, selection, hints), selection.share)
    if selection.seeds is not None:  # a person who asks for seeds means all detectors
        suite = replace(suite, seeds=selection.seeds, slow_seeds=None)
    available = [pair for pair in chosen if not missing_packages(pair[0])]
    plan = Plan(
        suite,
        tuple(sorted(available, key=lambda pair: (pair[0].cost, pair[1].label))),
        tuple(cells),
        tuple(replace(plugin, name=named.label) for plugin, named in chosen if missing_packages(plugin)),
        tuple(dict.fromkeys(hints)),
        frozenset(named.label for _, named in chosen) - {named.label for _, named in asked},
    )
    if next(iter(plan), None) is None:
        missing = (f"{p.name} is not installed" for p in plan.unavailable)
        why = "; ".join((*plan.hints, *missing, *_limits(plan, registry)))
        raise BenchError(
            "nothing to run: no detector fits any dataset and regime" + (f" ({why})" if why else "")
        )
    if len(plan) > MOST_TRIALS:
        raise BenchError(
            f"that makes {len(plan):,} trials, and a run has {MOST_TRIALS:,} at most; "
            "ask for fewer seeds, datasets or detectors"
        )
    return plan


def _shared_out(cells: list[Cell], share: tuple[int, int]) -> list[Cell]:
    """Those of a part of the datasets. Raises BenchError where there are some, and none in that part."""
    part, parts = share
    found = [cell for cell in cells if _digest(cell.dataset.label) % parts == part - 1]
    if cells and not found:
        count = len({cell.dataset.label for cell in cells})
        raise BenchError(f"of the {count} datasets none is in part {part} of {parts}; other parts have them")
    return found


def _digest(label: str) -> int:
    return int(hashlib.sha256(label.encode()).hexdigest(), 16)


def _limits(plan: Plan, registry: Registry) -> Iterator[str]:
    """What the detectors can be used on that can be used on less by what the harness is to do around them."""
    for plugin, named in plan.detectors:
        without = registry.detectors[plugin.name].modalities
        if plugin.modalities != without:
            rows = ", ".join(plugin.modalities)
            none = f"no rows, since {plugin.name} is for: {', '.join(without)}"
            yield f"{named.label} is for: {rows}" if rows else f"{named.label} is for {none}"


def choose_detectors(wanted: Iterable[str], registry: Registry) -> list[tuple[DetectorPlugin, Named]]:
    """The detectors that names, which may hold patterns and carry parameters, stand for."""
    found: dict[str, tuple[DetectorPlugin, Named]] = {}
    for text in wanted:
        spec = Spec.parse(text)
        names = _matching(spec.name, registry.detectors, partial(registry.unknown, "detector"))
        for name in names:
            plugin, params = registry.detector(replace(spec, name=name))
            named = Named(name, detector_label(plugin, params), dict(sorted(params.items())))
            plugin = as_asked(plugin, params, registry)
            found[named.label] = plugin, named
    return list(found.values())


def choose_datasets(
    wanted: Iterable[str], registry: Registry, *, lenient: bool = False
) -> list[tuple[DatasetPlugin, Named]]:
    """The variants that names, which may be patterns and carry parameters, stand for, each once.

    Raises BenchError for a name that stands for none. lenient: unless its data are merely not here.
    """
    found: dict[str, tuple[DatasetPlugin, Named]] = {}
    for text in wanted:
        hints: list[str] = []
        variants = _variants(text, registry, hints)
        if not variants and not lenient:
            raise BenchError("; ".join(hints) or f"no dataset matches {text!r}")
        found.update({named.label: (plugin, named) for plugin, named in variants})
    return list(found.values())


def choose_dataset(text: str, registry: Registry) -> tuple[DatasetPlugin, Named]:
    """The one variant that a name stands for; BenchError for one that stands for several or for none."""
    return _only(choose_datasets([text], registry), text, "datasets")


def choose_trial(
    detector: str, dataset: str, seed: int, registry: Registry, regime: str | None = None
) -> Trial:
    """The one trial of a detector on a variant, under the regime or the first that they fit.

    Raises BenchError for names that stand for several or for none, and for a regime that does not fit.
    """
    plugin, named = _only(choose_detectors([detector], registry), detector, "detectors")
    _, variant = choose_dataset(dataset, registry)
    if regime in REGIMES and regime not in plugin.regimes:
        raise BenchError(
            f"{named.label} is not for the regime {regime!r}, but for: {', '.join(plugin.regimes)}"
        )
    grids = (
        Grid((variant.label,), ("unsupervised", "supervised")),
        Grid((variant.label,), ("one-class",), CLEAN_CONTAMINATION),
        Grid((variant.label,), ("semi-supervised",)),
    )
    selection = Selection((named.label,), regimes=None if regime is None else (regime,))
    return next(iter(make_plan(Suite("one-trial", "One trial", (seed,), grids), registry, selection)))


def _only(chosen: Sequence[tuple[P, Named]], given: str, kind: str) -> tuple[P, Named]:
    if len(chosen) > 1:
        raise BenchError(f"{given!r} stands for {len(chosen)} {kind}; name one, such as {chosen[0][1].label}")
    return chosen[0]


def _cells(suite: Suite, registry: Registry, selection: Selection, hints: list[str]) -> list[Cell]:
    """Dataset variants with the regimes and the contamination that the suite gives them."""
    grids: Sequence[Grid] = suite.grids
    if selection.datasets is not None:
        grids = _narrowed(suite, registry, selection.datasets, hints)
    regimes = _regimes(selection.regimes)
    cells: dict[tuple[str, Regime], Cell] = {}
    left_out: list[tuple[Cell, Contamination]] = []
    for grid in grids:
        for text in grid.datasets:
            for plugin, named in _variants(text, registry, hints):
                data = plugin.fingerprint(**plugin.own(named.params))
                for regime in grid.regimes:
                    if regime in regimes:
                        cell = Cell(plugin, named, data, regime, grid.contamination)
                        first = cells.setdefault((named.label, regime), cell)
                        if first.contamination != cell.contamination:
                            left_out.append((first, cell.contamination))
    for first, contamination in left_out[:1]:
        more = f", and so with {len(left_out) - 1} more" if len(left_out) > 1 else ""
        warnings.warn(
            f"{first.dataset.label}, {first.regime}, is in two grids of the suite: it runs with "
            f"contamination {first.contamination}, as the first says, and not with {contamination}{more}",
            BenchWarning,
            stacklevel=2,
        )
    return list(cells.values())


def _narrowed(suite: Suite, registry: Registry, wanted: Sequence[str], hints: list[str]) -> list[Grid]:
    """The suite's own variants that match; a name that matches none of them joins its first grid."""
    grids = []
    meant = {pattern: _canonical_label(pattern, registry) for pattern in wanted}
    unmatched = list(wanted)
    for grid in suite.grids:
        labels = [named.label for text in grid.datasets for _, named in _variants(text, registry, hints)]
        kept = []
        for label in labels:
            hits = [pattern for pattern in wanted if label == meant[pattern] or _matches(label, pattern)]
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


def _canonical_label(text: str, registry: Registry) -> str | None:
    """How reports name the one variant that a text without patterns stands for; None for a pattern."""
    try:
        spec = Spec.parse(text)
        return _variant(registry.datasets[spec.name], spec, registry)[1].label
    except (BenchError, KeyError):
        return None


def _variants(text: str, registry: Registry, hints: list[str]) -> list[tuple[DatasetPlugin, Named]]:
    """The variants that a name with parameters stands for; both may be patterns."""
    spec = Spec.parse(text)
    found = []
    for name in _matching(spec.name, registry.datasets, partial(registry.unknown, "dataset")):
        plugin = registry.datasets[name]
        spelt_out = spec.bare is not None and not _is_pattern(spec.bare)
        if plugin.required is None or spelt_out or plugin.required in spec.params:
            found.append(_variant(plugin, replace(spec, name=name), registry))
            continue
        listed = list(plugin.variants())
        if not listed and plugin.hint:
            hints.append(f"{name}: {plugin.hint}")
        values = [str(params[plugin.required]) for params in listed]
        for params, value in zip(listed, values, strict=True):
            # A file's name may hold the signs of a pattern: what is spelt out is meant.
            exact = spec.bare in values
            if spec.bare is None or (value == spec.bare if exact else _matches(value, spec.bare)):
                found.append(_variant(plugin, Spec(name, {**params, **spec.params}), registry))
        if listed and spec.bare is not None and not found:
            error = unknown("dataset", text, [f"{name}:{params[plugin.required]}" for params in listed])
            raise BenchError(f"{error}; or {plugin.hint}") if plugin.hint else error
    return found


def _variant(plugin: DatasetPlugin, spec: Spec, registry: Registry) -> tuple[DatasetPlugin, Named]:
    _, params = registry.dataset(spec)
    return plugin, Named(plugin.name, dataset_label(plugin, params), dict(sorted(params.items())))


def _matching(pattern: str, known: Iterable[str], error: Callable[[str], BenchError]) -> list[str]:
    names = [name for name in known if _matches(name, pattern)]
    if not names:
        raise error(pattern)
    return names


def _is_pattern(text: str) -> bool:
    return any(char in text for char in "*?[")


def _regimes(wanted: Sequence[str] | None) -> tuple[str, ...]:
    if wanted is None:
        return REGIMES
    return tuple(name for pattern in wanted for name in _matching(pattern, REGIMES, _no_regime))


def _no_regime(pattern: str) -> BenchError:
    return unknown("regime", pattern, REGIMES)


def _matches(name: str, pattern: str) -> bool:
    return fnmatchcase(name.lower(), pattern.lower())
