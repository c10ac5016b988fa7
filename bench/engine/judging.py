"""Judging trials in a process of its own, which never loads a plugin.

A plugin's code can change whatever is in its process, by design or by a careless library: one that replaced a
metric would give all trials after it another figure. So scores leave the worker as they are, and become
thresholds and metrics in a process that loads no plugin file. It waits, idle, for the next
scores; that costs a run of quick trials less than the metrics themselves.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from typing import Any, Self

from bench.engine.tasks import Ended
from bench.evaluation.entries import Scored
from bench.evaluation.judging import Judgement, judge

COMMAND = (sys.executable, "-P", "-c", "from bench.engine import judging; judging.serve()")

# How often scores are sent to a process that does not survive them.
ATTEMPTS = 5


class JudgingProcess:
    """Judges scores elsewhere. Use it as a context manager, which starts and ends the process."""

    def __enter__(self) -> Self:
        self._process = _start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def __call__(self, scored: Scored) -> Judgement | Ended:
        """Thresholds and metrics, or why there are none."""
        for _ in range(ATTEMPTS):  # the system may have ended it for want of memory
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            try:
                pickle.dump(scored, self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
                self._process.stdin.flush()
                found: Judgement | Ended = pickle.load(self._process.stdout)
                return found
            except (OSError, EOFError, pickle.UnpicklingError):
                self._end()
                self._process = _start()
        return Ended("out-of-memory", f"the process that judges its scores was ended {ATTEMPTS} times")

    def _end(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            try:
                stream.close()
            except OSError:  # what was to be written to a process that has died
                continue


def _start() -> subprocess.Popen[bytes]:
    path = os.pathsep.join(each for each in sys.path if each)
    return subprocess.Popen(
        COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
        start_new_session=True,  # Ctrl-C is the main process's to handle
    )


def serve() -> None:
    """What the process does: judge what comes in until nobody is left to ask."""
    answers = os.fdopen(os.dup(1), "wb")
    while True:
        try:
            scored = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        found: Any
        try:
            found = judge(scored)
        except Exception as error:
            found = Ended("failed", f"{type(error).__name__}: {error}"[:300])
        try:
            pickle.dump(found, answers, protocol=pickle.HIGHEST_PROTOCOL)
            answers.flush()
        except BrokenPipeError:
            return
