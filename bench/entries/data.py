"""The check of labels and splits, against the data made anew in processes that are watched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.engine import worker
from bench.engine.machine import fair_memory
from bench.engine.pool import WorkerPool
from bench.engine.tasks import Ended, Task
from bench.entries.entry import Entry, Finding, where
from bench.errors import BenchError
from bench.evaluation.ranges import Layout
from bench.plugins.contract import UNLABELLED, Regime
from bench.plugins.harness.features import FEATURES
from bench.plugins.registry import Registry, load_registry
from bench.splits.audit import Copies
from bench.trials.environment import set_threads
from bench.trials.in_time import layout_of_test
from bench.trials.record import Record
from bench.trials.regimes import view_of
from bench.trials.split_cache import SplitCache
from bench.trials.trial import Trial

# Seconds for the splits of a dataset and seed: parameters that an entry states may ask for any size.
LIMIT = 600.0


@dataclass(frozen=True)
class Shown:
    """What a regime shows of a split. ``labels``: of the test rows, as bytes. ``visible``: how many labels
    of training and calibration rows a detector may read at most.
    """

    labels: bytes
    train: int
    holdout: int
    columns: int
    visible: int
    audit: Copies
    layout: Layout | None


Made = dict[Regime, Shown | str]


def data(entry: Entry) -> Iterator[Finding]:
    """Labels and numbers of rows are those of the data made anew, and no label was read that is hidden."""
    trials: dict[tuple[str, int], dict[Regime, Record]] = defaultdict(dict)
    for record in entry.records:
        if record.dataset.label in entry.known_datasets:
            trials[record.dataset.label, record.seed].setdefault(record.regime, record)
    made = dict(_made(entry, [list(records.values()) for records in trials.values()]))
    for record in entry.records:
        if record.status != "ok" or record.dataset.label not in entry.known_datasets:
            continue
        shown = made[record.dataset.label, record.seed].get(record.regime)
        if not isinstance(shown, Shown):
            yield Finding(
                "unchecked", f"{record.dataset.label}, {record.regime}: its data cannot be made here: {shown}"
            )
            continue
        for what in _differences(entry, record, shown):
            yield Finding("mismatch", f"{where(record)}: {what}", record.detector.label)


def _differences(entry: Entry, record: Record, shown: Shown) -> Iterator[str]:
    if record.labels is not None and not _has_labels(entry, record, shown.labels):
        yield "its labels are not those of the test rows"
    y = np.frombuffer(shown.labels, "i1")
    if (record.rows.test, record.rows.test_anomalies) != (len(y), int(y.sum())):
        yield f"it tested {record.rows.test} rows, and the test part has {len(y)}"
    if record.rows.train != shown.train:
        yield f"it learnt from {record.rows.train} rows, and the regime shows {shown.train}"
    if record.rows.columns != shown.columns and FEATURES not in record.detector.params:
        yield f"it read {record.rows.columns} columns of {shown.columns}"
    if record.rows.holdout not in (0, shown.holdout):
        yield f"its calibration part has {record.rows.holdout} rows of {shown.holdout}"
    if (record.labels_used or 0) > shown.visible:
        yield f"it read {record.labels_used} labels, and the regime shows {shown.visible}"
    if record.audit not in (Copies(), shown.audit):
        yield "the copies among its rows are not those of the data"
    if record.layout != shown.layout:
        yield "its points lie in other series"


def _has_labels(entry: Entry, record: Record, labels: bytes) -> bool:
    assert record.labels is not None
    if record.labels.count != len(labels):
        return False
    try:
        return bool(entry.run.labels(record).tobytes() == labels)
    except BenchError:  # they are damaged
        return False


def _made(entry: Entry, groups: Sequence[list[Record]]) -> Iterator[tuple[tuple[str, int], Made]]:
    """What each regime shows, by dataset and seed; a reason instead where it could not be made."""
    waiting = iter(groups)
    set_threads(1)
    pool = WorkerPool(entry.jobs, _start, (), fair_memory(entry.jobs))

    def next_task() -> Task | None:
        records = next(waiting, None)
        return None if records is None else Task(_make, (list(map(_trial, records)),), LIMIT)

    with closing(pool.run(next_task)) as results:
        for task, result in results:
            [trials] = task.arguments
            if isinstance(result, Ended):
                result = {trial.regime: result.reason for trial in trials}
            yield (trials[0].dataset.label, trials[0].seed), result


def _trial(record: Record) -> Trial:
    return Trial(record.detector, record.dataset, record.seed, record.regime, 0.0, record.code)


_registry: Registry


def _start() -> None:
    global _registry
    no_folders: tuple[Path, ...] = ()
    worker.start(no_folders, False)
    _registry = load_registry()


def _make(trials: Sequence[Trial]) -> Made:
    """What regimes show of one split."""
    splits = SplitCache(_registry, 1)
    return {trial.regime: _shown(trial, splits) for trial in trials}


def _shown(trial: Trial, splits: SplitCache) -> Shown | str:
    try:
        split, _ = splits.split(trial, None)
        view = view_of(split, splits.visible(trial))
        visible = int((view.y != UNLABELLED).sum()) + (len(view.calibration.y) if view.calibration else 0)
        return Shown(
            labels=view.test.y.astype("i1").tobytes(),
            train=len(view.X),
            holdout=len(view.holdout.y) if view.holdout else 0,
            columns=view.X.shape[1],
            visible=visible,
            audit=splits.audit(trial),
            layout=layout_of_test(view),
        )
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
