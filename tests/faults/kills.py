"""Drivers and workers that are killed: nothing that had finished is lost, done twice, or left behind."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time

import psutil

from faults.campaign import Campaign, Place, place, twice

# Trials of a few hundredths of a second that leave what real detectors do: temporary files, processes that
# have left their group.
DETECTORS = '''
    import os
    import subprocess
    import sys
    import tempfile
    import time

    from bench import Stage, detector


    class Slow(Stage):
        """Takes a moment to fit, six times in each trial: its folds fit it, too."""
        def fit(self, train):
            time.sleep(0.05)
            self.centre = train.X.mean(axis=0)


    class Base:
        def fit(self, train):
            time.sleep(0.03)

        def score(self, X):
            return X[:, 0]


    @detector
    class Plain(Base):
        """Sleeps for a moment."""


    @detector
    class Files(Base):
        """Leaves a file of a megabyte."""
        def fit(self, train):
            handle, name = tempfile.mkstemp()
            os.write(handle, bytes(2**20))


    @detector
    class Daemon(Base):
        """Leaves a process in a session of its own."""
        def fit(self, train):
            if train.seed % 4:
                return
            subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"], start_new_session=True)


    @detector
    class Staged(Base):
        """Uses a stage."""
        def stage(self):
            return Slow()

        def fit(self, train):
            self.centre = train.stage.centre
            time.sleep(0.05)
'''
SEEDS = 8
PLANNED = 4 * SEEDS
# How often one run is killed before it may end.
KILLS_A_RUN = 6


def _words(folder: str) -> tuple[str, ...]:
    return (
        "run", "--suite", "quick", "--detectors", "plain", "--detectors", "files", "--detectors", "daemon",
        "--detectors", "staged", "--datasets", "breast_cancer", "--regimes", "unsupervised",
        "--plugins", folder,
        "--seeds", str(SEEDS), "--jobs", "2", "--name", "killed",
    )  # fmt: skip


def driver_kills(cases: int = 76, seed: int = 0) -> Campaign:
    """The main process of a run is killed again and again, and the run gone on with."""
    campaign, rng = Campaign("driver kills"), random.Random(seed)
    while campaign.cases < cases:
        with place() as here:
            words = _words(here.plugin("slow", DETECTORS))
            for _ in range(min(KILLS_A_RUN, cases - campaign.cases)):
                campaign.cases += 1
                case = f"kill {campaign.cases}"
                process = here.start(*words)
                _wait_for_records(
                    here, process, len(here.records()) + rng.randint(-2, 6), rng.uniform(0, 0.2)
                )
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process.pid, rng.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]))
                here.finish(process)
                here.check_clean(campaign, case)
            done = here.bench(*words)
            campaign.check_words(f"going on after kill {campaign.cases}", done, (0,))
            _check_records(campaign, f"after kill {campaign.cases}", here)
            here.check_clean(campaign, f"the end after kill {campaign.cases}")
    return campaign


def _wait_for_records(here: Place, process: object, count: int, then: float) -> None:
    """Wait until a run has stored so many records, or has ended, and a moment more."""
    while process.poll() is None and len(here.records()) < count:  # type: ignore[attr-defined]
        time.sleep(0.05)
    time.sleep(then)


def _check_records(campaign: Campaign, case: str, here: Place) -> None:
    keys = [str(record["key"]) for record in here.records()]
    if twice(keys):
        campaign.lose(case, f"{len(twice(keys))} records are there twice")
    if len(set(keys)) != PLANNED:
        campaign.lose(case, f"{len(set(keys))} records of {PLANNED}")


def worker_kills(cases: int = 34, seed: int = 1) -> Campaign:
    """Processes that a run has started are killed while it goes on: workers, and those that serve it."""
    campaign, rng = Campaign("worker kills"), random.Random(seed)
    while campaign.cases < cases:
        with place() as here:
            process = here.start(*_words(here.plugin("slow", DETECTORS)))
            killed = 0
            while process.poll() is None:
                time.sleep(rng.uniform(0.05, 0.6))
                found = _started_by(process.pid)
                if found and campaign.cases < cases and (here.records() or rng.random() < 0.1):
                    with contextlib.suppress(psutil.Error):
                        rng.choice(found).kill()
                        campaign.cases += 1
                        killed += 1
            done = here.finish(process)
            case = f"{killed} kills up to {campaign.cases}"
            campaign.check_words(case, done, (0,))
            _check_records(campaign, case, here)
            wrong = [record for record in here.records() if record["status"] not in ("ok", "out-of-memory")]
            for record in wrong:
                campaign.lose(case, f"a record is {record['status']}: {record['reason']}")
            here.check_clean(campaign, case)
    return campaign


def _started_by(pid: int) -> list[psutil.Process]:
    """The workers of a run, and its judge and custodian."""
    with contextlib.suppress(psutil.Error):
        return [
            child for child in psutil.Process(pid).children()
            if "resource_tracker" not in " ".join(child.cmdline())
        ]  # fmt: skip
    return []
