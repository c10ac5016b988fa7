"""Worker processes that outlive many tasks, are watched while they work, and are replaced when they end.

Whatever a task starts, and what it puts into temporary files, ends with its worker, and a worker whose task
has left something running is replaced. Limits are kept from outside: a task that hangs in C code, ignores
signals or leaks memory is killed all the same.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import cached_property
from multiprocessing import connection
from pathlib import Path
from typing import Any

from bench.engine.forking import ForkServer, fork_server
from bench.engine.process import MEMORY_INTERVAL, NOTHING, WorkerProcess
from bench.engine.tasks import Stop, Task
from bench.errors import BenchError

# Tasks that wait to be done apart, for each worker, before workers wait for them.
MOST_APART = 2


@dataclass
class WorkerPool:
    """Runs tasks in up to ``jobs`` processes, each of which first calls ``initializer``.

    memory: bytes at which a worker is killed, of its resident memory and that of all it has started, less
    what it shares with other processes. libraries: modules that are imported once, before workers are forked.
    """

    jobs: int
    initializer: Callable[..., None]
    initargs: tuple[Any, ...]
    memory: int | None = None
    libraries: tuple[str, ...] = ()
    _apart: deque[Task] = field(default_factory=deque, init=False, repr=False)

    @cached_property
    def _server(self) -> ForkServer:
        return fork_server((self.initializer.__module__, *self.libraries))

    @property
    def folder(self) -> Path:
        """The pool's temporary folder; it is there until `run` ends."""
        return self._server.folder

    def add_apart(self, task: Task) -> None:
        """Have a task done, too, in a further process, which calls no ``initializer`` and does such tasks
        alone, one after another.
        """
        self._apart.append(task)

    def run(self, source: Callable[[], Task | None]) -> Generator[tuple[Task, Any], None, None]:
        """Yield each task of ``source`` and of `add_apart` when it ends, with what it returned or an `Ended`.

        ``source`` is asked whenever a worker is free or soon will be; None means that there is nothing to do
        now, and that there never will be if nothing is running. Closing the generator kills what is running.
        """
        workers: list[WorkerProcess] = []
        apart: list[WorkerProcess] = []
        # What has been given and not begun: a worker that was to do it next has ended, or it may take long.
        left: list[Task] = []

        def given() -> Task | None:
            if len(self._apart) > MOST_APART * self.jobs:
                return None  # what they add is held here
            return left.pop() if left else source()

        try:
            while True:
                while task := _next_if_free(workers, self.jobs, given):
                    self._begin(task, workers, self.initializer, *self.initargs)
                for worker in workers:
                    if worker.wants_more and (task := given()):
                        if not task.quick:
                            left.append(task)
                            break
                        worker.begin(task)
                while task := _next_if_free(apart, 1, self._next_apart):
                    self._begin(task, apart, _nothing)
                busy = [worker for worker in (*workers, *apart) if worker.task is not None]
                if not busy:
                    return
                connection.wait([worker.connection for worker in busy], self._patience(busy))
                for worker in busy:
                    at = worker.task
                    result = worker.look(self.memory)
                    if at is not None and result is not NOTHING:
                        if not worker.alive:
                            (workers if worker in workers else apart).remove(worker)
                            left += [worker.next] if worker.next else []
                        if isinstance(result, Stop):
                            raise BenchError(result.reason)
                        yield at, result
        finally:
            for worker in (*workers, *apart):
                worker.kill()
            if "_server" in self.__dict__:  # else nothing was to be done
                self._server.close()
                del self._server

    def _begin(
        self, task: Task, workers: list[WorkerProcess], first: Callable[..., None], *args: Any
    ) -> None:
        """Let a process that is idle, or else a new one that calls ``first``, begin a task."""
        idle = next((worker for worker in workers if worker.task is None), None)
        if idle is None:
            idle = WorkerProcess(self._server, first, args)
            workers.append(idle)
        idle.begin(task)

    def _next_apart(self) -> Task | None:
        return self._apart.popleft() if self._apart else None

    def _patience(self, busy: list[WorkerProcess]) -> float | None:
        """Seconds until something must be looked at although no worker has said anything."""
        deadlines = [worker.deadline - time.monotonic() for worker in busy if worker.deadline is not None]
        if self.memory is not None:
            deadlines.append(MEMORY_INTERVAL)
        return max(0.0, min(deadlines)) if deadlines else None


def _nothing() -> None:
    """What a process calls first that has nothing to prepare."""


def _next_if_free(workers: list[WorkerProcess], jobs: int, source: Callable[[], Task | None]) -> Task | None:
    busy = sum(worker.task is not None for worker in workers)
    return source() if busy < jobs else None
