"""The records of a results folder as data frames, one per suite."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path
from typing import Any

import pandas as pd
from msgspec import Struct

from bench.errors import BenchError
from bench.plans.outline import Outline
from bench.runs.current import Answer, Place, keep_current, place_of, places_of
from bench.runs.reading import Run, find_runs, no_garbage
from bench.splits.audit import Copies
from bench.trials.environment import Environment
from bench.trials.record import Alone, Costs, Record, RowCounts

# A planned trial that no run has reached yet.
MISSING = "missing"


class _Part:
    """A part of records whose fields are columns; a record of which it knows nothing has none of them."""

    def __init__(self, name: str, nothing: Struct) -> None:
        fields = nothing.__struct_fields__
        self.nothing = nothing
        self.columns = [f"{name}.{field}" for field in fields]
        self.of: Callable[[Record], Any] = attrgetter(name)
        self.values: Callable[[Any], tuple[Any, ...]] = attrgetter(*fields)


_PARTS = (
    _Part("costs", Costs()),
    _Part("rows", RowCounts()),
    _Part("audit", Copies()),
    _Part("alone", Alone()),
)


@dataclass(frozen=True)
class SuiteResults:
    """What is known of one suite: a row for each planned trial, the latest record of each.

    ``frame`` has the columns detector, dataset, seed, regime, status, reason, labels_used,
    contamination, environment, run, verified (whether it came as an entry and was), the metrics as
    ``POLICY.NAME`` and the costs as ``costs.NAME``, and ``record``, the record itself. ``environments`` are
    those the rows name. ``references`` are the detectors out of competition, such as the best possible score
    of a synthetic dataset. ``settings`` are those that were tried besides what was asked for: a board has
    what was chosen beforehand, of which the best of twenty settings is not.
    """

    name: str
    title: str
    headline: str
    frame: pd.DataFrame
    environments: Mapping[str, Environment]
    runs: Mapping[str, Run]
    references: frozenset[str] = frozenset()
    settings: frozenset[str] = frozenset()
    _made: dict[str, pd.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, what: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """A copy of what ``make`` gives, which is asked once for what has this name, however many need it."""
        if what not in self._made:
            self._made[what] = make()
        return self._made[what].copy()

    def board(self, regime: str) -> pd.DataFrame:
        """The rows of a regime that can be compared: datasets and seeds that each detector planned there
        was run on, and that are not planned for one detector alone; without `settings`.

        Where there is none, as when a detector was never run at all, all rows of the regime.
        """
        return self.once(f"board of {regime}", lambda: self._board(regime))

    def _board(self, regime: str) -> pd.DataFrame:
        frame = self.frame[(self.frame["regime"] == regime) & ~self.frame["detector"].isin(self.settings)]
        blocks = [frame["dataset"], frame["seed"]]
        missing = (frame["status"] == MISSING).groupby(blocks).transform("any")
        competing = frame["detector"].where(~frame["detector"].isin(self.references))
        alone = competing.groupby(blocks).transform("nunique") == 1
        comparable = frame[~missing & (~alone | (competing.nunique() == 1))]
        return comparable if len(comparable) else frame

    def regimes(self) -> list[str]:
        """The regimes in the order in which the suite names them."""
        return list(self.frame["regime"].unique())


def load_suite_results(results: Path) -> list[SuiteResults]:
    """The results of each suite that has runs below ``results/runs``, in alphabetical order."""
    runs = find_runs(results)
    by_suite: dict[str, list[Run]] = {}
    for run in runs:
        by_suite.setdefault(run.info.suite.name, []).append(run)
    with no_garbage():
        current: dict[Place, Answer] = {}
        own: dict[str, dict[str, Answer]] = {suite: {} for suite in by_suite}
        for run in runs:
            of_suite = own[run.info.suite.name]
            for record in run.records():
                keep_current(current, place_of(record), run, record)
                keep_current(of_suite, record.key, run, record)
        return [_suite_results(by_suite[suite], current, own[suite]) for suite in sorted(by_suite)]


def require_results(results: Path) -> list[SuiteResults]:
    """As `load_suite_results`; BenchError where there are none."""
    loaded = load_suite_results(results)
    if not loaded:
        raise BenchError(f"there are no runs in {results / 'runs'}; `run --suite quick` makes one")
    return loaded


def trials(loaded: Iterable[SuiteResults]) -> pd.DataFrame:
    """A row for each planned trial, with the columns of `SuiteResults.frame` but the record itself."""
    frames = [each.frame.drop(columns="record").assign(suite=each.name) for each in loaded]
    together = pd.concat(frames, ignore_index=True)
    return together[["suite", *together.columns.drop("suite")]]


def column(frame: pd.DataFrame, name: str) -> pd.Series:
    """A column as floats; all NaN where no record has it."""
    if name not in frame:
        return pd.Series(float("nan"), index=frame.index)
    return pd.to_numeric(frame[name], errors="coerce").astype(float)


def _suite_results(
    runs: list[Run], current: Mapping[Place, Answer], own: Mapping[str, Answer]
) -> SuiteResults:
    """The results of a suite that has these runs. ``own`` are the records of these, by their keys."""
    suite = runs[-1].info.suite
    places = list(dict.fromkeys(places_of(outline for run in runs for outline in run.info.plans)))
    # A record of any suite may answer a trial. Where the suite's own has the same key, it says the same, and
    # what was measured or judged with its others.
    answers = {place: own.get(answer[1].key, answer) for place, answer in current.items()}
    rows = [_row(place, answers.get(place)) for place in places]
    frame = pd.DataFrame(rows)
    names = set(frame["run"])
    used = {run.name: run for run, _ in answers.values() if run.name in names}
    named = set(frame["environment"])
    environments = {
        key: value for run in used.values() for key, value in run.info.environments.items() if key in named
    }
    outlines = [outline for run in runs for outline in run.info.plans]
    references = frozenset(label for outline in outlines for label in outline.references)
    settings = settings_of(outlines)
    return SuiteResults(
        suite.name, suite.title, suite.headline, frame, environments, used, references, settings
    )


def settings_of(outlines: Iterable[Outline]) -> frozenset[str]:
    """The labels of settings that were tried, and that no run of these was asked for by name."""
    tried: set[str] = set()
    asked: set[str] = set()
    for outline in outlines:
        tried.update(outline.settings)
        asked.update(
            {label for cell in outline.cells for label in cell.detectors}.difference(outline.settings)
        )
    return frozenset(tried - asked)


def _row(place: Place, answer: Answer | None) -> dict[str, Any]:
    detector, dataset, regime, seed, contamination = place
    row: dict[str, Any] = {
        "detector": detector, "dataset": dataset, "regime": regime, "seed": seed,
        "contamination": contamination, "status": MISSING, "reason": "", "labels_used": None,
        "environment": "", "run": "", "verified": False, "record": None,
    }  # fmt: skip
    if answer is not None:
        run, record = answer
        row |= {
            "status": record.status, "reason": record.reason, "labels_used": record.labels_used,
            "environment": record.environment, "run": run.name,
            "verified": record.detector.label in run.verified, "record": record,
        }  # fmt: skip
        for policy, metrics in record.metrics.items():
            for name, value in metrics.items():
                row[f"{policy}.{name}"] = value
        for part in _PARTS:
            found = part.of(record)
            if found != part.nothing:
                row.update(zip(part.columns, part.values(found), strict=True))
    return row
