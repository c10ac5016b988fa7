"""Which record is current where a trial has several: one rule, for reports and for what need not run again.

Of the records that reports would show in one place, the one that was written last is current. A run that
finds a trial finished by an earlier one, because the code is again what it was then, writes that record
again. So reports show what the code gave that was there when `run` was last asked, and need neither the
plugins nor the libraries for it: a run that was received from elsewhere is reported as it was there.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench.plans.outline import Outline
from bench.plugins.contract import Regime
from bench.runs.reading import Run, no_garbage, runs_to_resume
from bench.trials.record import Record, Status
from bench.trials.trial import Contamination, Trial

Answer = tuple[Run, Record]
# A planned trial by the names that reports use.
Place = tuple[str, str, Regime, int, Contamination]

At = TypeVar("At", bound=Hashable)


@dataclass(frozen=True)
class Finished:
    """Trials that need not run again, by their keys.

    ``superseded``: those whose record is not the current one, since another was written after it.
    """

    statuses: dict[str, Status]
    superseded: frozenset[str]

    def current_again(self, plan: Iterable[Trial]) -> set[str]:
        """Keys of trials that finished before the code was another for a while, and are asked for again."""
        return {trial.key for trial in plan if trial.key in self.superseded} if self.superseded else set()


NOTHING = Finished({}, frozenset())


def place_of(record: Record) -> Place:
    """Where reports show a record."""
    return record.detector.label, record.dataset.label, record.regime, record.seed, record.contamination


def places_of(outlines: Iterable[Outline]) -> Iterator[Place]:
    """Every planned trial, in the order in which it was planned; one that was planned again comes again."""
    for outline in outlines:
        for cell in outline.cells:
            for detector in cell.detectors:
                for seed in outline.seeds:
                    yield detector, cell.dataset, cell.regime, seed, cell.contamination


def keep_current(answers: dict[At, Answer], at: At, run: Run, record: Record) -> None:
    """Note a record down as the current one of its place, unless the one that is there was written later."""
    before = answers.get(at)
    if before is None or _written(*before) <= _written(run, record):
        answers[at] = run, record


def finished(results: Path, *, name: str | None = None, retry: bool = False) -> Finished:
    """The trials that need not run again.

    name: a run to count in although it is a reference run. retry: leave out those that did not end "ok".
    """
    runs, count = runs_to_resume(results, name), 0
    statuses: dict[str, Status] = {}
    # Numbers for places: of a million records, they are all that is kept besides the keys.
    places, superseded = set(), frozenset[str]()
    with no_garbage():
        for run in runs:
            for record in run.heads():
                count += 1
                statuses[record.key] = record.status
                places.add(hash(place_of(record)))
    if len(places) < count:  # some place has several records
        by_place: dict[Place, Answer] = {}
        by_key: dict[str, Answer] = {}
        for run in runs:
            for record in run.heads():
                keep_current(by_place, place_of(record), run, record)
                keep_current(by_key, record.key, run, record)
        statuses = {key: record.status for key, (_, record) in by_key.items()}
        # Those of runs that were measured elsewhere are behind those of every other, however late written.
        own = {key for key, (run, _) in by_key.items() if run.standing == 2}
        superseded = frozenset(own - {record.key for _, record in by_place.values()})
    if retry:
        statuses = {key: status for key, status in statuses.items() if status == "ok"}
    return Finished(statuses, superseded & statuses.keys())


def answers_of(results: Path, keys: Collection[str], *, name: str | None = None) -> Iterator[Answer]:
    """The last record of each of some keys."""
    found: dict[str, Answer] = {}
    for run in runs_to_resume(results, name):
        for record in run.records():
            if record.key in keys:
                keep_current(found, record.key, run, record)
    yield from found.values()


def _written(run: Run, record: Record) -> tuple[int, float]:
    """When a record was written; those of entries before those of reference runs, and these before others."""
    return run.standing, record.written or run.begun
