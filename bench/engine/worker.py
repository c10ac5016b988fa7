"""What happens inside a worker process: plugins are loaded once, then trials are run and stages fitted."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Sequence
from multiprocessing import connection, parent_process
from pathlib import Path
from typing import Any

from bench.engine.pool import Ended, Task
from bench.engine.schedule import Job, StageJob
from bench.plugins.registry import load_registry
from bench.trials.record import Outcome
from bench.trials.runner import TrialRunner
from bench.trials.stages import FittedStage
from bench.trials.trial import Trial

KEPT_STAGES = 8
_runner: TrialRunner
_stages: dict[Path, FittedStage] = {}


def start(folders: tuple[Path, ...], show_output: bool) -> None:
    """Prepare a worker process."""
    global _runner
    # Ctrl-C is the main process's to handle; a main process that was killed takes its workers along.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if not show_output:
        # What a library writes past Python's sys.stdout would garble the table on the terminal.
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
    _runner = TrialRunner(load_registry(folders))


def run_trial(trial: Trial, stage_file: Path | None) -> Outcome:
    """Run a trial with the fitted stage that lies in a file, if it needs one."""
    return _runner.score(trial, None if stage_file is None else _load_stage(stage_file))


def fit_stages(wanted: Sequence[tuple[Trial, Path]]) -> dict[str, Ended]:
    """Fit the stages that some trials ask for, each into its file; returns failures by the file's name."""
    failures = {}
    fitted = _runner.fit_stages([trial for trial, _ in wanted])
    for (_, file), stage in zip(wanted, fitted, strict=True):
        if isinstance(stage, FittedStage):
            file.write_bytes(pickle.dumps(stage))
        else:
            failures[file.name] = Ended(*stage)
    return failures


def task_of(job: Job, folder: Path, timeout: float | None) -> Task:
    """The task of a job for a worker; fitted stages lie in a folder, each in a file named by its key."""
    if isinstance(job, StageJob):
        files: Any = [(trial, folder / key) for key, trial in job.stages.items()]
        return Task(fit_stages, (files,), timeout)
    return Task(run_trial, (job.trial, job.stage and folder / job.stage), timeout)


def _load_stage(file: Path) -> FittedStage:
    if file not in _stages:
        while len(_stages) >= KEPT_STAGES:
            del _stages[next(iter(_stages))]
        _stages[file] = pickle.loads(file.read_bytes())
    return _stages[file]


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os.killpg(0, signal.SIGKILL)
