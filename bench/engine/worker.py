"""What happens inside a worker process: plugins are loaded once, then trials are run and stages fitted."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from collections.abc import Callable, Sequence
from multiprocessing import connection, parent_process
from pathlib import Path
from typing import Any, TypeVar

from bench.engine.folders import no_room
from bench.engine.schedule import FoldsJob, Job, StageJob
from bench.engine.tasks import Ended, Final, Stop, Task
from bench.plugins.integrity import Integrity
from bench.plugins.registry import load_registry
from bench.trials.process_state import ProcessState
from bench.trials.record import Outcome
from bench.trials.runner import TrialRunner
from bench.trials.stages import FittedStage
from bench.trials.trial import Trial

Result = TypeVar("Result")
Other = TypeVar("Other")

# Detectors that share a stage come one after another, and reading one, with its folds, takes milliseconds.
KEPT_STAGES = 2
_runner: TrialRunner
_integrity: Integrity
_state: ProcessState
_stages: dict[Path, FittedStage] = {}


def start(folders: tuple[Path, ...], show_output: bool, files: frozenset[str] | None = None) -> None:
    """Prepare a worker process. files: those of the plugins that its trials need; None for all."""
    global _runner, _integrity, _state
    # Ctrl-C is the main process's to handle; a main process that was killed takes its workers along.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if not show_output:
        # What a library writes past Python's sys.stdout would garble the table on the terminal.
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
    _state = ProcessState()
    _runner = TrialRunner(load_registry(folders, files=files))
    _integrity = Integrity()


def run_trial(trial: Trial, stage_file: Path | None) -> Outcome | Ended | Final:
    """Run a trial, still to be judged, with the fitted stage that lies in a file, if it needs one."""
    found = _runner.score(trial, None if stage_file is None else _load_stage(stage_file))
    return _put_right(found, lambda ended: ended)


def fit_stages(wanted: Sequence[tuple[Trial, Path]]) -> dict[str, Ended] | Final | Stop:
    """Fit the stages that some trials ask for, each into its file; returns failures by the file's name."""
    failures = {}
    fitted = _runner.stages.fit([trial for trial, _ in wanted])
    for (_, file), stage in zip(wanted, fitted, strict=True):
        if not isinstance(stage, FittedStage):
            failures[file.name] = Ended(*stage)
        elif stop := _keep_stage(stage, file):
            return stop
    return _put_right(failures, lambda ended: {file.name: ended for _, file in wanted})


def fit_folds(trial: Trial, file: Path) -> dict[str, Ended] | Final | Stop:
    """Put the stages of a trial's folds into the file of the fitted stage; returns as `fit_stages`."""
    stage = _runner.stages.with_folds(trial, pickle.loads(file.read_bytes()))
    if stop := _keep_stage(stage, file):
        return stop
    none: dict[str, Ended] = {}
    return _put_right(none, lambda ended: {file.name: ended})


def _keep_stage(stage: FittedStage, file: Path) -> Stop | None:
    content = pickle.dumps(stage)
    try:
        file.write_bytes(content)
    except OSError as error:
        return Stop(str(no_room(error)))
    return None


def _put_right(found: Result, failed: Callable[[Ended], Other]) -> Result | Other | Final:
    """What a task has found, once the settings of this process are again what they were.

    Where it has replaced a part of the harness it has ``failed``, and this process is not used again: what it
    measured is worth nothing, and nobody knows what else it has changed. Nor is one used again whose settings
    cannot be put back.
    """
    # First: a setting that may be changed and is put back may show in the names of a library.
    stuck = _state.restore()
    replaced = _integrity.changed()
    if replaced:
        what = replaced[0] + (f" and {len(replaced) - 1} more" if len(replaced) > 1 else "")
        return Final(failed(Ended("failed", f"it replaced {what}, which all trials use")))
    return Final(found) if stuck else found


def task_of(job: Job, folder: Path, timeout: float | None) -> Task:
    """The task of a job for a worker; fitted stages lie in a folder, each in a file named by its key."""
    if isinstance(job, StageJob):
        files: Any = [(trial, folder / key) for key, trial in job.stages.items()]
        return Task(fit_stages, (files,), timeout)
    function = fit_folds if isinstance(job, FoldsJob) else run_trial
    return Task(function, (job.trial, job.stage and folder / job.stage), timeout)


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
