"""Asking a threshold policy for its decisions in a process of its own, which is ended when it takes too long.

Some methods of pythresh take minutes for a thousand scores, and compiled code hears no signal.
"""

from __future__ import annotations

import multiprocessing
from multiprocessing.connection import Connection
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np

from bench.evaluation.entries import Policy, Scored
from bench.evaluation.policies import POLICIES
from bench.evaluation.thresholders import SEED
from bench.trials.guard import quiet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Decisions = NDArray[np.bool_]

# What a method loads when it is first used is no matter of the scores that it is asked about.
WARM_UP, WARM_UP_SECONDS = np.linspace(0, 1, 20), 120.0


class LimitExceededError(Exception):
    """A policy took longer than it may."""


def predictions(policy: Policy, scores: NDArray[np.float64]) -> Decisions | None:
    """Which rows the policy predicts to be anomalies by the test scores alone, shape (n,).

    None where it has no answer for such scores.
    """
    with quiet(SEED):
        try:
            found = policy(Scored(test_scores=scores))
        except Exception:  # a method may fail in any way on scores that it was not made for
            return None
    return None if found is None else np.asarray(found, dtype=bool)


class Judge:
    """As `predictions`, within ``limit`` seconds for each question. Use it as a context manager."""

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self._process: multiprocessing.process.BaseProcess | None = None
        self._warm: set[str] = set()

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._end()

    def ask(self, policy: Policy, scores: NDArray[np.float64]) -> Decisions | None:
        """The policy's decisions, shape (n,); None where it has no answer, or ended the process.

        Raises LimitExceededError.
        """
        try:
            if policy.name not in self._warm:
                self._answer(policy, WARM_UP, max(WARM_UP_SECONDS, self.limit))
                self._warm.add(policy.name)
            return self._answer(policy, scores, self.limit)
        except (EOFError, OSError):
            self._end()
            return None

    def _answer(self, policy: Policy, scores: NDArray[np.float64], limit: float) -> Decisions | None:
        if self._process is None:
            self._start()
        self._connection.send((policy.name, scores))
        if not self._connection.poll(limit):
            self._end()
            raise LimitExceededError
        found: Decisions | None = self._connection.recv()
        return found

    def _start(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
        self._process.start()
        theirs.close()
        self._warm.clear()

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._connection.close()
            self._process = None


def _serve(connection: Connection) -> None:
    """Answer questions until the other end is closed."""
    try:
        while True:
            name, scores = connection.recv()
            connection.send(predictions(POLICIES[name], scores))
    except (EOFError, KeyboardInterrupt):
        return
