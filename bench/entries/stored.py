"""Checks of what an entry holds, against itself and against the plugins that are built in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import chain, count, islice

from msgspec import structs

from bench.entries.entry import Entry, Finding, Kind, where
from bench.plans.plan import Cell, Plan, fits
from bench.plugins.contract import Regime
from bench.plugins.metadata import DetectorPlugin
from bench.plugins.registry import missing_packages
from bench.runs.current import Place, place_of, places_of
from bench.runs.pending import what_changed
from bench.trials.environment import CORE_LIBRARIES, identify, library_versions
from bench.trials.record import VERSION, Record
from bench.trials.trial import PROTOCOL, Named

# Planned trials beyond the records that are counted one by one.
MOST_MISSING = 100_000


def contents(entry: Entry) -> Iterator[Finding]:
    """Each line of its records can be read, and each record is of one environment that run.json describes."""
    if entry.damaged_lines:
        yield Finding("mismatch", f"{entry.damaged_lines} lines of its records cannot be read")
    if not entry.records:
        yield Finding("mismatch", "it holds no record")
    environments = entry.run.info.environments
    for name, environment in environments.items():
        if identify(environment) != name:
            yield Finding("mismatch", f"the environment {name!r} is not what it is named after")
    newer = max((record.version for record in entry.records), default=0)
    if newer > VERSION:
        yield Finding(
            "unchecked", f"records have version {newer}, and this harness knows {VERSION}; update it"
        )
    if entry.shares_scores:
        yield Finding("mismatch", "some records share their scores, or point at none")
    for record in entry.records:
        label = record.detector.label
        if record.environment not in environments:
            yield Finding("mismatch", f"{where(record)}: its environment is not described", label)
        if record.status != "ok" and (record.metrics or record.thresholds or record.scores):
            yield Finding("mismatch", f"{where(record)}: it ended {record.status!r} and has figures", label)


def keys(entry: Entry) -> Iterator[Finding]:
    """Each record's key is that of its trial, with the code, the data and the parameters that are here."""
    for record in entry.records:
        label = record.detector.label
        trial = record.trial
        if (record.key, record.question) != (trial.key, trial.question):
            yield Finding(
                "mismatch",
                f"{where(record)}: its key is not that of its trial under protocol {PROTOCOL}",
                label,
            )
    yield from _named_as_here(entry)
    yield from _code_as_here(entry)


def _named_as_here(entry: Entry) -> Iterator[Finding]:
    """Whether labels stand for the parameters that the records say."""
    here = {label: named.canonical for label, (_, named) in entry.known_detectors.items()}
    data_here = {label: named.canonical for label, (_, named) in entry.known_datasets.items()}
    for record in entry.records:
        for named, known in ((record.detector, here), (record.dataset, data_here)):
            if known.get(named.label, named.canonical) != named.canonical:
                yield Finding(
                    "mismatch", f"{named.label!r} is not run with its parameters", record.detector.label
                )


def _code_as_here(entry: Entry) -> Iterator[Finding]:
    """Whether the code, the data and the libraries were those that are here."""
    firsts: dict[tuple[str, str, str], Record] = {}
    for record in entry.records:
        firsts.setdefault((record.detector.label, record.dataset.label, record.code.canonical), record)
    for record in firsts.values():
        yield from _data_as_here(entry, record)
        yield from _detector_as_here(entry, record)


def _data_as_here(entry: Entry, record: Record) -> Iterator[Finding]:
    label = record.dataset.label
    if label not in entry.known_datasets:
        yield Finding("unchecked", f"data not here: {label}")
        return
    plugin, named = entry.known_datasets[label]
    if record.code.dataset != plugin.source:
        what = "its file differs"
    elif record.code.data != plugin.fingerprint(**plugin.own(named.params)):
        what = "the data differ"
    else:
        return
    yield Finding("mismatch", f"{label} is another version than here: {what}", record.detector.label)


def _detector_as_here(entry: Entry, record: Record) -> Iterator[Finding]:
    label, code = record.detector.label, record.code
    if label in entry.known_detectors:
        plugin, _ = entry.known_detectors[label]
        if code.detector != plugin.source:
            yield Finding("mismatch", "it was run with another version of its file than is here", label)
        libraries = library_versions((*CORE_LIBRARIES, *plugin.requires))
        if libraries != code.libraries and not missing_packages(plugin):
            changes = what_changed(code, structs.replace(code, libraries=libraries))
            yield Finding("note", f"other versions of libraries are here: {changes}")
    elif entry.again is None or label not in entry.again.sources:
        yield Finding("unchecked", "it is not built in; code of an entry is run only with --rerun", label)
    elif code.detector != entry.again.sources[label]:
        yield Finding("mismatch", "it was run with another file than that in the entry", label)


def complete(entry: Entry) -> Iterator[Finding]:
    """Each trial that the run planned has one record, failures among them, and no other trial has."""
    plans = entry.run.info.plans
    planned = sum(len(plan.seeds) * len(cell.detectors) for plan in plans for cell in plan.cells)
    if planned > len(entry.records) + MOST_MISSING:
        yield Finding("mismatch", f"it plans up to {planned:,} trials and has {len(entry.records):,} records")
        return
    places = dict.fromkeys(places_of(plans))
    held = Counter(map(place_of, entry.records))
    for detector, missing in _by_detector(place for place in places if place not in held).items():
        yield Finding("mismatch", f"{missing:,} of its planned trials have no record", detector)
    for detector, more in _by_detector(place for place in held if place not in places).items():
        yield Finding("mismatch", f"{more:,} of its records are of trials that no plan states", detector)
    for detector, several in _by_detector(place for place, n in held.items() if n > 1).items():
        yield Finding("mismatch", f"{several:,} of its trials have several records", detector)


def _by_detector(places: Iterable[Place]) -> Counter[str]:
    return Counter(detector for detector, *_ in places)


def suite(entry: Entry) -> Iterator[Finding]:
    """Seeds and datasets are those of the suite, and not a choice of them."""
    plan, name = entry.suite_plan, entry.run.info.suite.name
    if plan is None:
        yield Finding("unchecked", f"the suite {name!r} is not built in, or its data are not here")
        return
    if entry.run.info.suite != plan.suite.outline():
        yield Finding("mismatch", f"the suite {name!r} has another title or headline here")
    cells = {(cell.dataset.label, cell.regime): cell for cell in plan.cells}
    seeds: dict[tuple[str, str, Regime], set[int]] = defaultdict(set)
    for detector, dataset, regime, seed, contamination in dict.fromkeys(map(place_of, entry.records)):
        seeds[detector, dataset, regime].add(seed)
        cell = cells.get((dataset, regime))
        if cell is None and dataset in entry.known_datasets:
            yield Finding("unchecked", f"{dataset}, {regime}, is not in the suite {name!r}", detector)
        elif cell is not None and cell.contamination != contamination:
            yield Finding("mismatch", f"on {dataset}, {regime}, it was told another contamination", detector)
    for (detector, dataset, regime), used in seeds.items():
        if not _is_beginning(used, plan, entry.known_detectors.get(detector)):
            stated = ", ".join(map(str, sorted(used)))
            yield Finding(
                "mismatch",
                f"on {dataset}, {regime}, its seeds are {stated}; those of the suite begin with "
                f"{', '.join(map(str, plan.suite.seeds))}",
                detector,
            )
    yield from _left_out(entry, plan, seeds)


def _is_beginning(used: set[int], plan: Plan, detector: tuple[DetectorPlugin, Named] | None) -> bool:
    """Whether seeds are the suite's, or these and the whole numbers that follow."""
    least = len(plan.suite.seeds if detector is None else plan.seeds(detector[0]))
    if detector is None:  # which may be slow, and then has fewer
        least = plan.suite.slow_seeds or least
    in_order = chain(plan.suite.seeds, count(max(plan.suite.seeds) + 1))
    return len(used) >= least and used == set(islice(in_order, len(used)))


def _left_out(entry: Entry, plan: Plan, held: Collection[tuple[str, str, Regime]]) -> Iterator[Finding]:
    """Datasets that suit a detector, and that it was not run on under a regime that it was run under."""
    references = {label for outline in entry.run.info.plans for label in outline.references}
    used = dict.fromkeys((detector, regime) for detector, _, regime in held if detector not in references)
    for detector, regime in used:
        cells = [cell for cell in plan.cells if cell.regime == regime]
        ran = [cell for cell in cells if (detector, cell.dataset.label, regime) in held]
        missing = [cell for cell in cells if cell not in ran and _suits(entry, detector, cell, ran)]
        if not missing or not ran:  # none of them: it was run on data of one's own, which has been said
            continue
        # Data that must be fetched may not have been there.
        always_here = [cell.dataset.label for cell in missing if not cell.data]
        kind: Kind = "mismatch" if always_here else "note"
        labels = ", ".join(always_here or [cell.dataset.label for cell in missing])
        yield Finding(kind, f"{regime}: it was not run on {labels}, which the suite has", detector)


def _suits(entry: Entry, detector: str, cell: Cell, ran: Iterable[Cell]) -> bool:
    """Whether a detector can be used in a cell; of one that is not loaded, whether it was in one like it."""
    if detector in entry.known_detectors:
        return fits(entry.known_detectors[detector][0], cell)
    kinds: Collection[str] = {each.plugin.modality for each in ran}
    if entry.again is not None:
        kinds = entry.again.answer.modalities.get(detector, kinds)
    return cell.plugin.modality in kinds
