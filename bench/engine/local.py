"""The local engine: trials in worker processes that outlive many of them and are replaced if they die."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import tempfile
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pebble import ProcessExpired, ProcessPool

from bench.engine import worker
from bench.environment import THREAD_VARIABLES, THREADS_PER_TRIAL
from bench.registry import Registry
from bench.runner import TrialRunner
from bench.trial import Outcome, Record, Trial


@dataclass
class LocalEngine:
    """Runs trials on ``jobs`` worker processes, each trial for ``timeout`` seconds at the most.

    A worker that dies or runs past the timeout costs its own trial only. Results do not depend on
    ``jobs``: each worker uses the same number of threads, and a shared stage is seeded by its trial.
    """

    registry: Registry
    jobs: int = field(default_factory=lambda: len(os.sched_getaffinity(0)))
    timeout: float | None = None
    show_output: bool = False

    def run(self, trials: Iterable[Trial]) -> Generator[Outcome, None, None]:
        """Yield each trial's outcome when it ends. Closing the iterator stops what is running."""
        for variable in THREAD_VARIABLES:
            os.environ[variable] = str(THREADS_PER_TRIAL)
        pool = ProcessPool(
            max_workers=self.jobs,
            initializer=worker.start,
            initargs=(self.registry.folders, self.show_output),
            context=multiprocessing.get_context("spawn"),
        )
        with tempfile.TemporaryDirectory(prefix="bench-stages-") as folder:
            try:
                yield from _Schedule(self, pool, Path(folder), TrialRunner(self.registry)).run(trials)
            finally:
                pool.stop()  # type: ignore[no-untyped-call]
                pool.join()


@dataclass
class _Schedule:
    """Hands trials to the pool in their order; those that share a stage wait until it is fitted."""

    engine: LocalEngine
    pool: ProcessPool
    folder: Path
    runner: TrialRunner
    ready: deque[tuple[Trial, Path]] = field(default_factory=deque)
    waiting: dict[Path, list[Trial]] = field(default_factory=dict)
    failed: dict[Path, Record] = field(default_factory=dict)
    fitted: set[Path] = field(default_factory=set)

    def run(self, trials: Iterable[Trial]) -> Iterator[Outcome]:
        source = iter(trials)
        running: dict[Future[Any], tuple[Trial, Path | None]] = {}
        fitting: dict[Future[Any], tuple[Trial, Path]] = {}
        # A few more than there are workers, so that none waits; few enough that a plan is never held whole.
        room = 2 * self.engine.jobs
        while True:
            while len(running) + len(fitting) < room:
                if self.ready:
                    trial, stage_file = self.ready.popleft()
                    running[self._schedule(worker.run_trial, trial, stage_file)] = trial, stage_file
                    continue
                following = next(source, None)
                if following is None:
                    break
                file = self._stage_file(following)
                if file is None:
                    running[self._schedule(worker.run_trial, following, None)] = following, None
                elif file in self.fitted:
                    self.ready.append((following, file))
                elif file in self.failed:
                    yield _like(self.failed[file], following)
                elif file in self.waiting:
                    self.waiting[file].append(following)
                else:
                    self.waiting[file] = [following]
                    fitting[self._schedule(worker.fit_stage, following, file)] = following, file
            if not running and not fitting:
                return
            for future in wait([*running, *fitting], return_when=FIRST_COMPLETED).done:
                if future in running:
                    trial, _ = running.pop(future)
                    yield self._outcome(future, trial)
                else:
                    trial, file = fitting.pop(future)
                    yield from self._settle_stage(future, trial, file)

    def _schedule(self, task: Any, *arguments: Any) -> Future[Any]:
        future: Future[Any] = self.pool.schedule(task, args=arguments, timeout=self.engine.timeout)
        return future

    def _stage_file(self, trial: Trial) -> Path | None:
        # A detector whose constructor or stage() raises fails in its worker, where that is recorded.
        with contextlib.suppress(Exception):
            key = self.runner.stage_key(trial)
            return None if key is None else self.folder / f"{key}.pickle"
        return None

    def _settle_stage(self, future: Future[Any], trial: Trial, file: Path) -> Iterator[Outcome]:
        """Free the trials that waited for a stage, or give them its failure for their own."""
        result = self._result(future, trial)
        if result == "":
            self.fitted.add(file)
            self.ready.extend((waited, file) for waited in self.waiting.pop(file))
            return
        failure = result if isinstance(result, Record) else Record.of(trial, "failed", str(result))
        self.failed[file] = failure
        for waited in self.waiting.pop(file):
            yield _like(failure, waited)

    def _outcome(self, future: Future[Any], trial: Trial) -> Outcome:
        result = self._result(future, trial)
        return result if isinstance(result, Outcome) else Outcome(result)

    def _result(self, future: Future[Any], trial: Trial) -> Any:
        """What the task returned, or a record of how its process ended."""
        try:
            return future.result()
        except TimeoutError:
            limit = self.engine.timeout
            return Record.of(trial, "timeout", f"it ran longer than {limit:g} seconds and was stopped")
        except ProcessExpired as error:
            return Record.of(trial, "failed", f"its process died (exit code {error.exitcode})")
        except Exception as error:
            # For instance a result that cannot be pickled.
            return Record.of(trial, "failed", f"{type(error).__name__}: {error}"[:300])


def _like(failure: Record, trial: Trial) -> Outcome:
    return Outcome(Record.of(trial, failure.status, failure.reason))
