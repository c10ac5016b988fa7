"""Judging trials in a process of its own, which never loads a plugin.

A plugin's code can change whatever is in its process, by design or by a careless library: one that replaced a
metric would give all trials after it another figure. So scores leave the worker as they are, and become
thresholds and metrics in a process that loads no plugin file. It waits, idle, for the next
scores; that costs a run of quick trials less than the metrics themselves.
"""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from bench.engine.tasks import Ended
from bench.evaluation.entries import Scored
from bench.evaluation.judging import Judgement, judge

# How often scores are sent to a process that does not survive them.
ATTEMPTS = 5


@dataclass
class JudgingProcess:
    """Judges scores elsewhere.

    start: starts a process that calls a function with the other end of the connection that is returned. It is
    asked at the first scores, and again where the process is gone.
    """

    start: Callable[[Callable[[Connection], None]], Connection]
    _connection: Connection | None = field(default=None, init=False)

    def __call__(self, scored: Scored) -> Judgement | Ended:
        """Thresholds and metrics, or why there are none."""
        for _ in range(ATTEMPTS):  # the system may have ended it for want of memory
            if self._connection is None:
                self._connection = self.start(serve)
            try:
                self._connection.send(scored)
                found: Judgement | Ended = self._connection.recv()
                return found
            except (OSError, EOFError, pickle.UnpicklingError):
                self._connection.close()
                self._connection = None
        return Ended("out-of-memory", f"the process that judges its scores was ended {ATTEMPTS} times")


def serve(connection: Connection) -> None:
    """What the process does: judge what comes in until nobody is left to ask."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process's to handle
    if hasattr(os, "setsid"):
        os.setsid()
    while True:
        try:
            scored = connection.recv()
        except (EOFError, OSError):
            return
        found: Any
        try:
            found = judge(scored)
        except Exception as error:
            found = Ended("failed", f"{type(error).__name__}: {error}"[:300])
        try:
            connection.send(found)
        except OSError:
            return
