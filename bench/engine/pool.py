"""Worker processes that outlive many tasks, are watched while they work, and are replaced when they end.

A worker leads a process group of its own, so that whatever a task forks ends with it. Limits are kept from
outside: a task that hangs in C code, ignores signals or leaks memory is killed all the same.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from multiprocessing import connection, resource_tracker
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import psutil

from bench.trials.record import Status

# Seconds between two looks at the memory of the workers.
MEMORY_INTERVAL = 0.1
# What a worker says when it has taken up a task; the clock of the timeout starts here.
STARTED = "started"
# Seconds until a worker must have said so: enough for imports on a busy machine, but not without end.
START_TIMEOUT = 180.0


@dataclass(frozen=True)
class Task:
    """A module-level function to call in a worker with some arguments, for ``timeout`` seconds at most."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    timeout: float | None = None


class Ended(NamedTuple):
    """How a task ended that returned nothing."""

    status: Status
    reason: str


@dataclass
class WorkerPool:
    """Runs tasks in up to ``jobs`` processes, each of which first calls ``initializer``.

    memory: bytes of resident memory at which a worker is killed.
    """

    jobs: int
    initializer: Callable[..., None]
    initargs: tuple[Any, ...]
    memory: int | None = None

    def run(self, source: Callable[[], Task | None]) -> Generator[tuple[Task, Any], None, None]:
        """Yield each task that ``source`` gives, with what it returned or an `Ended`, when it ends.

        ``source`` is asked whenever a worker is free; None means that there is nothing to do now, and that
        there never will be if nothing is running. Closing the generator kills what is running.
        """
        workers: list[_Worker] = []
        _start_quiet_tracker()
        try:
            while True:
                while task := _next_if_free(workers, self.jobs, source):
                    idle = next((worker for worker in workers if worker.task is None), None)
                    if idle is None:
                        idle = _Worker(self.initializer, self.initargs)
                        workers.append(idle)
                    idle.begin(task)
                busy = [worker for worker in workers if worker.task is not None]
                if not busy:
                    return
                connection.wait([worker.connection for worker in busy], self._patience(busy))
                for worker in busy:
                    at = worker.task
                    result = worker.look(self.memory)
                    if at is not None and result is not _NOTHING:
                        if not worker.alive:
                            workers.remove(worker)
                        yield at, result
        finally:
            for worker in workers:
                worker.kill()

    def _patience(self, busy: list[_Worker]) -> float | None:
        """Seconds until something must be looked at although no worker has said anything."""
        deadlines = [worker.deadline - time.monotonic() for worker in busy if worker.deadline is not None]
        if self.memory is not None:
            deadlines.append(MEMORY_INTERVAL)
        return max(0.0, min(deadlines)) if deadlines else None


def _start_quiet_tracker() -> None:
    """Start the process that removes what workers leave behind, such as a library's semaphores.

    It would warn of each at the end; but a worker is always killed, and nobody can do anything about it.
    """
    before = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = "ignore"
    try:
        resource_tracker.ensure_running()
    finally:
        del os.environ["PYTHONWARNINGS"]
        if before is not None:
            os.environ["PYTHONWARNINGS"] = before


def _next_if_free(workers: list[_Worker], jobs: int, source: Callable[[], Task | None]) -> Task | None:
    busy = sum(worker.task is not None for worker in workers)
    return source() if busy < jobs else None


_NOTHING = object()


class _Worker:
    """One process and the task that it is at."""

    def __init__(self, initializer: Callable[..., None], initargs: tuple[Any, ...]) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs, initializer, initargs), daemon=True)
        self.process.start()
        theirs.close()
        self.task: Task | None = None
        self.started = False
        self.deadline: float | None = None
        self.alive = True

    def begin(self, task: Task) -> None:
        self.task, self.started, self.deadline = task, False, time.monotonic() + START_TIMEOUT
        # A worker that has died meanwhile is found dead when it is looked at.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.connection.send((task.function, task.arguments))

    def look(self, memory: int | None) -> Any:
        """What the task returned or how it ended; _NOTHING while it goes on."""
        try:
            while self.connection.poll():
                said, value = self.connection.recv()
                if said != STARTED:
                    self.task = None
                    return value
                timeout = None if self.task is None else self.task.timeout
                self.started, self.deadline = True, None if timeout is None else time.monotonic() + timeout
        except (EOFError, OSError):
            return self._end(None)
        if self.deadline is not None and time.monotonic() >= self.deadline:
            return self._end(self._late())
        if memory is not None and self._resident() > memory:
            limit = f"{memory / 2**20:.0f} MiB"
            return self._end(Ended("out-of-memory", f"its process grew beyond {limit} and was stopped"))
        return _NOTHING

    def kill(self) -> None:
        """End the process and whatever it has forked."""
        pid = self.process.pid
        assert pid is not None
        # The group exists once the worker has begun; before that there is only the process itself.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.connection.close()
        self.alive = False

    def _end(self, how: Ended | None) -> Ended:
        if how is None:
            self.process.join(1)  # its pipe is closed, so it is about to end: wait for its exit code
        code = self.process.exitcode
        self.kill()
        self.task = None
        return how or _how_it_died(code)

    def _late(self) -> Ended:
        if not self.started:
            return Ended("failed", f"its process had not begun after {START_TIMEOUT:g} s and was stopped")
        assert self.task is not None
        return Ended("timeout", f"it ran longer than {self.task.timeout:g} s and was stopped")

    def _resident(self) -> int:
        try:
            return int(psutil.Process(self.process.pid).memory_info().rss)
        except psutil.Error:
            return 0


def _how_it_died(code: int | None) -> Ended:
    if code == -signal.SIGKILL:
        return Ended("out-of-memory", "its process was killed, as the system does when memory runs out")
    if code is not None and code < 0:
        return Ended("failed", f"its process died ({signal.Signals(-code).name})")
    return Ended("failed", f"its process died (exit code {code})")


def serve(tasks: Connection, initializer: Callable[..., None], initargs: tuple[Any, ...]) -> None:
    """What a worker process does: take up a task, say so, call it, send what it returns."""
    if hasattr(os, "setsid"):
        os.setsid()
    me = os.getpid()
    initializer(*initargs)
    while True:
        try:
            function, arguments = tasks.recv()
        except EOFError:
            return
        tasks.send((STARTED, None))
        try:
            result = function(*arguments)
        except BaseException as error:
            result = Ended("failed", f"{type(error).__name__}: {error}"[:300])
        if os.getpid() != me:
            os._exit(0)  # a process that the task has forked must not answer in the worker's place
        tasks.send(("done", result))
