"""Worker processes that outlive many tasks, are watched while they work, and are replaced when they end.

Whatever a task starts, and what it puts into temporary files, ends with its worker, and a worker whose task
has left something running is replaced. Limits are kept from outside: a task that hangs in C code, ignores
signals or leaks memory is killed all the same.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from functools import cached_property
from multiprocessing import connection, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bench.engine.forking import ForkServer
from bench.engine.process import MEMORY_INTERVAL, NOTHING, WorkerProcess
from bench.engine.tasks import Stop, Task
from bench.errors import BenchError


@dataclass
class WorkerPool:
    """Runs tasks in up to ``jobs`` processes, each of which first calls ``initializer``.

    memory: bytes at which a worker is killed, of its resident memory and that of all it has started, less
    what it shares with other processes. libraries: modules that are imported once, before workers are forked.
    meanwhile: called while that goes on.
    """

    jobs: int
    initializer: Callable[..., None]
    initargs: tuple[Any, ...]
    memory: int | None = None
    libraries: tuple[str, ...] = ()
    meanwhile: Callable[[], object] = lambda: None
    _source: Callable[[], Task | None] = field(init=False, repr=False)
    _workers: list[WorkerProcess] = field(init=False, repr=False)

    @cached_property
    def _server(self) -> ForkServer:
        _start_quiet_tracker()
        return ForkServer((self.initializer.__module__, *self.libraries))

    @property
    def folder(self) -> Path:
        """The pool's temporary folder; it is there until `run` ends."""
        return self._server.folder

    def start(self, target: Callable[[Connection], None]) -> Connection:
        """Start a process beside the workers, which calls ``target`` with the other end of what is returned
        and no ``initializer``; it ends with `run`.
        """
        return self._server.start(target).connection

    def run(self, source: Callable[[], Task | None]) -> Generator[tuple[Task, Any], None, None]:
        """Yield each task that ``source`` gives, with what it returned or an `Ended`, when it ends.

        ``source`` is asked whenever a worker is free; None means that there is nothing to do now, and that
        there never will be if nothing is running. Closing the generator kills what is running.
        """
        self._source = source
        workers = self._workers = []
        server = self._server
        try:
            self.meanwhile()
            while True:
                while task := _next_if_free(workers, self.jobs, source):
                    idle = next((worker for worker in workers if worker.task is None), None)
                    if idle is None:
                        idle = WorkerProcess(server, self.initializer, self.initargs)
                        workers.append(idle)
                    idle.begin(task)
                busy = [worker for worker in workers if worker.task is not None]
                if not busy:
                    return
                connection.wait([worker.connection for worker in busy], self._patience(busy))
                for worker in busy:
                    at = worker.task
                    result = worker.look(self.memory)
                    if at is not None and result is not NOTHING:
                        if not worker.alive:
                            workers.remove(worker)
                        if isinstance(result, Stop):
                            raise BenchError(result.reason)
                        yield at, result
        finally:
            for worker in workers:
                worker.kill()
            server.close()
            del self._server

    def hand_out(self) -> None:
        """Give workers that are free a task, as `run` does once it goes on: for who still has something to do
        with a result on which no next task depends.
        """
        for worker in self._workers:
            if worker.task is None and worker.alive:
                task = self._source()
                if task is None:
                    return
                worker.begin(task)

    def _patience(self, busy: list[WorkerProcess]) -> float | None:
        """Seconds until something must be looked at although no worker has said anything."""
        deadlines = [worker.deadline - time.monotonic() for worker in busy if worker.deadline is not None]
        if self.memory is not None:
            deadlines.append(MEMORY_INTERVAL)
        return max(0.0, min(deadlines)) if deadlines else None


def _start_quiet_tracker() -> None:
    """Start the process that removes what workers leave behind, such as a library's semaphores.

    It would warn of each at the end; but a worker is always killed, and nobody can do anything about it. Nor
    about what a task writes into the pipe to it. So nobody hears it.
    """
    heard, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 2)
    try:
        resource_tracker.ensure_running()
    finally:
        os.dup2(heard, 2)
        os.close(heard)
        os.close(null)


def _next_if_free(workers: list[WorkerProcess], jobs: int, source: Callable[[], Task | None]) -> Task | None:
    busy = sum(worker.task is not None for worker in workers)
    return source() if busy < jobs else None
