"""What happens inside a worker process: plugins are loaded once, then trials and stages are run."""

from __future__ import annotations

import os
import pickle
import signal
import threading
from multiprocessing import connection, parent_process
from pathlib import Path

from bench.errors import DataError, NotApplicableError
from bench.registry import load_registry
from bench.runner import TrialRunner, reason
from bench.stages import FittedStage
from bench.trial import Outcome, Trial

_runner: TrialRunner
_stages: dict[Path, FittedStage] = {}
KEPT_STAGES = 8


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
    return _runner.run(trial, None if stage_file is None else _load_stage(stage_file))


def fit_stage(trial: Trial, stage_file: Path) -> str:
    """Fit the stage of a trial and leave it in a file. Returns why that failed, or nothing.

    What is wrong with the data, and not with the stage, is left to the trials to say.
    """
    try:
        stage = _runner.fit_stage(trial)
    except (DataError, NotApplicableError):
        return ""
    except (Exception, SystemExit) as error:
        return f"stage of {trial.detector.name}: {reason(error)}"
    stage_file.write_bytes(pickle.dumps(stage))
    return ""


def _load_stage(file: Path) -> FittedStage | None:
    if file not in _stages:
        if not file.exists():
            return None
        while len(_stages) >= KEPT_STAGES:
            del _stages[next(iter(_stages))]
        _stages[file] = pickle.loads(file.read_bytes())
    return _stages[file]


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
