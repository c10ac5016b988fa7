"""What detectors take as a series grows: time and memory from its points to their scores."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import psutil

from bench.engine import worker
from bench.engine.tasks import Ended
from bench.errors import BenchError
from bench.modalities import IN_TIME
from bench.plugins.outputs import require_varied
from bench.plugins.registry import Registry, load_registry
from bench.recommend.using import load_detector
from bench.timing.apart import ProcessApart
from bench.timing.grid import BEYOND, TimingCell, TimingGrid, make_grid, noisy_sine
from bench.trials.guard import how_it_failed
from bench.trials.measure import peak_resident
from bench.trials.record import Status

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# Points of the series with which a detector is made ready: libraries are imported, functions compiled.
WARM_UP = 2000
# A detector that takes longer, in seconds, is run once.
ONCE = 10.0
# Seconds between two looks at the memory of a cell's process.
LOOK = 0.2


@dataclass(frozen=True)
class SeriesTiming:
    """What a detector took on a series.

    seconds: of the processor, from the points to their scores, the median of ``runs``; None where ``status``
    is not "ok". memory_bytes: the peak of what is resident of the whole process, with the interpreter and
    libraries; where the process was stopped, what was seen of it by then.
    """

    cell: TimingCell
    status: Status
    reason: str = ""
    seconds: float | None = None
    memory_bytes: int | None = None
    runs: int = 0

    @property
    def points(self) -> int:
        return self.cell.rows

    @property
    def seconds_per_million(self) -> float | None:
        """Seconds for as many points as a million, at the pace of this length."""
        return None if self.seconds is None else self.seconds / self.points * 1e6


def series_grid(
    registry: Registry, *, points: Sequence[int], detectors: tuple[str, ...] | None = None
) -> TimingGrid:
    """The cells for detectors given by name or pattern, all by default; on series of one channel.

    Raises BenchError for a name that is not there, too few points, and where none reads a series.
    """
    grid = make_grid(registry, rows=points, features=(1,), detectors=detectors)
    cells = tuple(cell for cell in grid.cells if cell.trial.dataset.name in IN_TIME)
    if not cells:
        raise BenchError("nothing to time: none of these reads series; give windows, as in 'knn:window=auto'")
    others = dict.fromkeys(cell.detector for cell in grid.cells if cell not in cells)
    return TimingGrid(cells, (*grid.notes, *(f"{name} is left out: it reads no series" for name in others)))


def measure_series(
    cells: Iterable[TimingCell], measure: Callable[[TimingCell], SeriesTiming]
) -> Iterator[SeriesTiming]:
    """Measure cells one after another; what ran into a limit is not tried on longer series."""
    beyond: dict[str, SeriesTiming] = {}
    for cell in cells:
        shorter = beyond.get(cell.detector)
        if shorter is not None:
            reason = f"left out: a series of {shorter.points} points ended in {shorter.status}"
            yield SeriesTiming(cell, "skipped", reason)
            continue
        timing = measure(cell)
        if timing.status in BEYOND:
            beyond[cell.detector] = timing
        yield timing


@dataclass(frozen=True)
class SeriesWorker:
    """Measures each cell in a process of its own, which is stopped where it runs into a limit.

    repeats: how often what is quick is timed. limit: seconds for a cell, or None. memory: bytes, or None.
    """

    registry: Registry
    repeats: int = 3
    limit: float | None = None
    memory: int | None = None

    def __call__(self, cell: TimingCell) -> SeriesTiming:
        folders = self.registry.folders
        process = ProcessApart(worker.start, (folders, False), self.limit, self.memory)
        with contextlib.closing(process), memory_watched() as largest:
            result: Ended | SeriesTiming = process.call(measure_here, cell, folders, self.repeats)
        if isinstance(result, Ended):
            return SeriesTiming(cell, *result, memory_bytes=max(largest, default=None))
        return result


@contextlib.contextmanager
def memory_watched() -> Iterator[list[int]]:
    """Resident bytes of the largest process that this one has started, as seen every `LOOK` seconds."""
    largest: list[int] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(LOOK):
            with contextlib.suppress(psutil.Error):
                sizes = [each.memory_info().rss for each in psutil.Process().children(recursive=True)]
                largest.append(max(sizes, default=0))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield largest
    finally:
        done.set()
        watcher.join()


def measure_here(cell: TimingCell, folders: tuple[Path, ...], repeats: int) -> SeriesTiming:
    """Measure a cell in this process; what the detector raises becomes the status and the reason."""
    registry = load_registry(folders)
    named = cell.trial.detector
    try:
        _scored(named.label, _series(WARM_UP), cell.trial.seed, registry)
        X = _series(cell.rows)
        spent: list[float] = []
        while not spent or (len(spent) < repeats and spent[0] < ONCE):
            start = time.process_time()
            scores = _scored(named.label, X, cell.trial.seed, registry)
            spent.append(time.process_time() - start)
            if len(spent) == 1:
                memory = peak_resident()
                require_varied(scores)
    except Exception as error:
        return SeriesTiming(cell, *how_it_failed(error, registry.detectors[named.name].file_name))
    return SeriesTiming(cell, "ok", "", median(spent), memory, len(spent))


def _scored(detector: str, X: Floats, seed: int, registry: Registry) -> Floats:
    """The scores of the points of a series that a detector learns from, as `recommend` scores them."""
    return load_detector(detector, seed=seed, registry=registry).fit_score(X)


def _series(points: int) -> Floats:
    return noisy_sine(np.random.default_rng(0), rows=points, features=1).X_train
