"""An entry under examination, and what is found of it."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from bench.entries.archive import SCORES, Manifest
from bench.errors import BenchError
from bench.plans.plan import Plan
from bench.plans.selection import choose_datasets, choose_detectors, make_plan
from bench.plans.suite import load_suite, suite_names
from bench.plugins.metadata import DatasetPlugin, DetectorPlugin
from bench.plugins.registry import Registry
from bench.runs.reading import Run
from bench.trials.record import Record
from bench.trials.trial import Named

if TYPE_CHECKING:
    from bench.entries.again import Again

# "mismatch": what the entry says is not so. "unchecked": it could not be found out. "note": worth knowing.
Kind = Literal["mismatch", "unchecked", "note"]


@dataclass(frozen=True)
class Finding:
    """What a check has found, in words. ``detector``: the label of the one that it is about; None for all."""

    kind: Kind
    what: str
    detector: str | None = None


@dataclass
class Entry:
    """An entry, unpacked.

    digest: SHA-256 of the archive, in hex. registry: the plugins that are built in; none of the entry's is
    ever loaded in this process. jobs: processes that may work for a check. again: what came of running some
    of it again.
    """

    digest: str
    run: Run
    manifest: Manifest
    registry: Registry
    jobs: int = 1
    again: Again | None = None
    damaged_lines: int = 0
    records: list[Record] = field(default_factory=list)

    def __post_init__(self) -> None:
        for _, record in self.run.lines():
            if record is None:
                self.damaged_lines += 1
            else:
                self.records.append(record)

    @cached_property
    def shares_scores(self) -> bool:
        """Whether its records point at more scores than there are: each has its own."""
        held = sum(record.scores.count for record in self.records if record.scores)
        return 8 * held > (self.run.folder / SCORES).stat().st_size

    @cached_property
    def detectors(self) -> list[str]:
        """The labels of the detectors, each once."""
        return list(dict.fromkeys(record.detector.label for record in self.records))

    @cached_property
    def known_detectors(self) -> dict[str, tuple[DetectorPlugin, Named]]:
        """What is here of the detectors that the records name, by their labels."""
        found = {}
        for label in self.detectors:
            try:
                chosen = choose_detectors([label], self.registry)
            except Exception:  # parameters may be anything, and a class may refuse them in any way
                continue
            if len(chosen) == 1:
                found[label] = chosen[0]
        return found

    @cached_property
    def known_datasets(self) -> dict[str, tuple[DatasetPlugin, Named]]:
        """What is here of the datasets that the records name, by label, where the data are here, too."""
        found = {}
        for label in dict.fromkeys(record.dataset.label for record in self.records):
            try:
                chosen = choose_datasets([label], self.registry, lenient=True)
            except (BenchError, ValueError, TypeError):
                continue
            if len(chosen) == 1 and _is_here(*chosen[0]):
                found[label] = chosen[0]
        return found

    @cached_property
    def suite_plan(self) -> Plan | None:
        """The whole plan of the run's suite, as it is here; None where there is no such suite."""
        name = self.run.info.suite.name
        if name not in suite_names():
            return None
        try:
            return make_plan(load_suite(name), self.registry)
        except BenchError:  # none of its data are here
            return None

    @property
    def suite_detectors(self) -> Sequence[tuple[DetectorPlugin, Named]]:
        """The detectors that the suite names, with the parameters that it gives them."""
        return () if self.suite_plan is None else self.suite_plan.detectors

    def stream(self, salt: str) -> random.Random:
        """A random generator that nobody can choose who cannot choose the archive's hash and the salt."""
        return random.Random(hashlib.sha256(f"{self.digest} {salt}".encode()).digest())


def where(record: Record) -> str:
    """A trial of a detector, in words."""
    return f"on {record.dataset.label}, {record.regime}, seed {record.seed}"


def _is_here(plugin: DatasetPlugin, named: Named) -> bool:
    """Whether the data of a variant are here. A file that an entry names by itself is not looked for."""
    if plugin.required is None:
        return True
    return named.params[plugin.required] in [params[plugin.required] for params in plugin.variants()]
