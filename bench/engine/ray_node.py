"""What the Ray engine does on a node: a task in a watched process, as the local engine does it."""

from __future__ import annotations

import os
import tempfile
import time
from collections import deque
from functools import lru_cache
from pathlib import Path
from typing import Any

from bench.engine import worker
from bench.engine.judging import Judging
from bench.engine.pool import WorkerPool
from bench.engine.schedule import Job, Limits, StageJob, TrialJob
from bench.engine.tasks import Ended, Task
from bench.errors import BenchError
from bench.trials.environment import DEVICE_VARIABLE, library_versions
from bench.trials.record import Outcome
from bench.trials.trial import Trial

DATA_VARIABLE = "BENCH_DATA_DIR"
DATA, PLUGINS = "data", "plugins"  # folders in what is sent to the nodes


def do_job(job: Job, stage: bytes | None, device: str, limits: Limits, latest: float | None) -> Any:
    """On a node: run and judge a trial, or fit stages and return each, pickled, by its key; None if it is too
    late.

    stage: the fitted one, pickled, that the job needs.
    """
    if latest is not None and time.time() >= latest:
        return None
    for trial in trials_of(job):
        _check_libraries(trial)
    os.environ[DEVICE_VARIABLE] = device
    process = _process(limits.memory, device, os.environ.get("CUDA_VISIBLE_DEVICES"))
    with tempfile.TemporaryDirectory(dir=process.folder) as name:
        folder = Path(name)
        if stage and not isinstance(job, StageJob) and job.stage:
            (folder / job.stage).write_bytes(stage)
        result = process.run(worker.task_of(job, folder, limits.timeout))
        if isinstance(result, Ended):
            return result
        if isinstance(job, TrialJob):
            return result if result.scored is None else process.judged(Judging(job.trial, result))
        return {key: result.get(key) or (folder / key).read_bytes() for key in job.keys}


def trials_of(job: Job) -> list[Trial]:
    """The trials that a job is done for."""
    return list(job.stages.values()) if isinstance(job, StageJob) else [job.trial]


def _check_libraries(trial: Trial) -> None:
    """Refuse to give a result for versions other than those that the trial's key stands for."""
    found = library_versions(trial.code.libraries)
    for name, version in trial.code.libraries.items():
        if found.get(name) != version:
            raise BenchError(
                f"a node of the Ray cluster has {name} {found.get(name, '(none)')}, not {version}; "
                "install the same versions on all nodes"
            )


class _WatchedProcess:
    """A process that outlives many tasks and is replaced when one ends it."""

    def __init__(self, memory: int | None) -> None:
        root = Path(__file__).parents[2]
        if (root / DATA).is_dir():
            os.environ[DATA_VARIABLE] = str(root / DATA)
        folders = tuple(sorted((root / PLUGINS).glob("*")))
        self._tasks: deque[Task] = deque()
        # The pool ends once its source has nothing more, and is asked for results only after a task is there.
        self._pool = WorkerPool(1, worker.start, (folders, False), memory)
        self._results = self._pool.run(lambda: self._tasks.popleft() if self._tasks else None)

    @property
    def folder(self) -> Path:
        """Where files for its tasks can be put; removed when this Ray worker ends."""
        return self._pool.folder

    def run(self, task: Task) -> Any:
        """What the task returned, or an `Ended`."""
        self._tasks.append(task)
        _, result = next(self._results)
        return result

    def judged(self, judging: Judging) -> Outcome:
        """The outcome with thresholds and metrics, or that says why there are none."""
        while True:
            self._pool.add_apart(judging.task)
            _, result = next(self._results)
            settled = judging.settled(result)
            if isinstance(settled, Outcome):
                return settled
            judging = settled


# One without and one with a GPU, if Ray hands both kinds of task to one worker.
@lru_cache(maxsize=2)
def _process(memory: int | None, device: str, visible: str | None) -> _WatchedProcess:  # noqa: ARG001
    """This Ray worker's process, another one where other devices are visible to it."""
    return _WatchedProcess(memory)
