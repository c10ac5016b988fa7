"""Worker processes that outlive many tasks, are watched while they work, and are replaced when they end.

Whatever a task starts, and what it puts into temporary files, ends with its worker, and a worker whose task
has left something running is replaced. Limits are kept from outside: a task that hangs in C code, ignores
signals or leaks memory is killed all the same.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import connection, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from bench.engine.folders import RunFolder, no_room, remove
from bench.engine.forking import ForkServer, Start, folder_name
from bench.engine.leftovers import Leftovers, adopt_orphans
from bench.errors import BenchError
from bench.trials.record import Status

# Seconds between two looks at the memory of the workers.
MEMORY_INTERVAL = 0.1
# Seconds between two looks at what a worker has started: all processes are looked through.
CHILDREN_INTERVAL = 0.5
# What a worker says when it has taken up a task, where the clock of the timeout starts; when it has done it;
# and when it has done its last one.
STARTED, DONE, LAST = "started", "done", "last"
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


class Final(NamedTuple):
    """What a task returns after which its worker is not to be used again."""

    value: Any


class Stop(NamedTuple):
    """What a task returns that cannot go on for a reason that is nobody's but the machine's."""

    reason: str


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

    @cached_property
    def _folder(self) -> RunFolder:
        return RunFolder()

    @property
    def folder(self) -> Path:
        """The pool's temporary folder; it is there until `run` ends."""
        return self._folder.path

    def run(self, source: Callable[[], Task | None]) -> Generator[tuple[Task, Any], None, None]:
        """Yield each task that ``source`` gives, with what it returned or an `Ended`, when it ends.

        ``source`` is asked whenever a worker is free; None means that there is nothing to do now, and that
        there never will be if nothing is running. Closing the generator kills what is running.
        """
        workers: list[_Worker] = []
        begun = 0
        folder = self.folder
        _start_quiet_tracker()
        server = ForkServer(folder, self.libraries)
        try:
            while True:
                while task := _next_if_free(workers, self.jobs, source):
                    idle = next((worker for worker in workers if worker.task is None), None)
                    if idle is None:
                        begun += 1
                        name = folder_name(begun)
                        idle = _Worker(server, self.initializer, self.initargs, folder / name)
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
                        if isinstance(result, Stop):
                            raise BenchError(result.reason)
                        yield at, result
        finally:
            for worker in workers:
                worker.kill()
            server.close()
            self._folder.close()
            del self._folder

    def _patience(self, busy: list[_Worker]) -> float | None:
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


def _next_if_free(workers: list[_Worker], jobs: int, source: Callable[[], Task | None]) -> Task | None:
    busy = sum(worker.task is not None for worker in workers)
    return source() if busy < jobs else None


_NOTHING = object()


class _Worker:
    """One process, its folder, and the task that it is at."""

    def __init__(
        self,
        server: ForkServer,
        initializer: Callable[..., None],
        initargs: tuple[Any, ...],
        folder: Path,
    ) -> None:
        self.folder = folder
        try:
            folder.mkdir()
        except OSError as error:
            raise no_room(error) from None
        self._server = server
        self.pid, self.connection = server.start(Start(serve, (initializer, initargs), folder))
        self._generation = server.generation
        self._code: int | None = None
        self._children, self._children_seen = 0, 0.0
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
                    if said == LAST:
                        self.kill()
                    self.task = None
                    return value
                timeout = None if self.task is None else self.task.timeout
                self.started, self.deadline = True, None if timeout is None else time.monotonic() + timeout
        except (EOFError, OSError):
            return self._end(None)
        except Exception:  # a task has written into the pipe, or broken what writes there
            return self._end(Ended("failed", "its process sent what cannot be read and was stopped"))
        if self.deadline is not None and time.monotonic() >= self.deadline:
            return self._end(self._late())
        if memory is not None and self._memory(memory) > memory:
            limit = f"{memory / 2**20:.0f} MiB"
            return self._end(Ended("out-of-memory", f"its process grew beyond {limit} and was stopped"))
        return _NOTHING

    def kill(self) -> None:
        """End the process and whatever it has started."""
        # The group exists once the worker has begun; before that there is only the process itself. Until the
        # server has been asked for its exit code, the number is no other process's.
        if self._code is None:
            for end in (os.killpg, os.kill):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    end(self.pid, signal.SIGKILL)
            self._server.exit_code(self.pid)
        self.connection.close()
        remove(self.folder)
        self.alive = False

    def _end(self, how: Ended | None) -> Ended:
        if how is None:
            # Its pipe is closed, so it is about to end. What it has started is in its group.
            self._code = self._server.exit_code(self.pid, 1)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
        code, lost = self._code, self._server.has_lost(self._generation)
        self.kill()
        self.task = None
        # The processes that a server has started are killed when it is.
        return how or _how_it_died(-signal.SIGKILL if code is None and lost else code)

    def _late(self) -> Ended:
        if not self.started:
            return Ended("failed", f"its process had not begun after {START_TIMEOUT:g} s and was stopped")
        assert self.task is not None
        return Ended("timeout", f"it ran longer than {self.task.timeout:g} s and was stopped")

    def _memory(self, limit: int) -> int:
        """Bytes of the process, and of what it has started as last seen.

        What it shares with others takes longer to find out than what is resident, so that is asked only
        beyond the limit.
        """
        try:
            process = psutil.Process(self.pid)
            if time.monotonic() >= self._children_seen + CHILDREN_INTERVAL:
                self._children = sum(map(_own_memory, process.children(recursive=True)))
                self._children_seen = time.monotonic()
            resident = int(process.memory_info().rss)
            own = resident if resident + self._children <= limit else _own_memory(process)
            return own + self._children
        except psutil.Error:
            return 0


def _own_memory(process: psutil.Process) -> int:
    """Bytes that are a process's alone; forked ones share most of theirs with their parent."""
    try:
        return int(process.memory_full_info().uss)
    except psutil.Error:
        return 0


def _how_it_died(code: int | None) -> Ended:
    if code is None:
        return Ended("failed", "its process died")
    if code == -signal.SIGKILL:
        return Ended("out-of-memory", "its process was killed, as the system does when memory runs out")
    if code < 0:
        return Ended("failed", f"its process died ({signal.Signals(-code).name})")
    return Ended("failed", f"its process died (exit code {code})")


def serve(tasks: Connection, initializer: Callable[..., None], initargs: tuple[Any, ...]) -> None:
    """What a worker process does: take up a task, say so, call it, send what it returns."""
    if hasattr(os, "setsid"):
        os.setsid()
    adopt_orphans()
    me = os.getpid()
    initializer(*initargs)
    leftovers = Leftovers()
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
        if isinstance(result, Final):
            tasks.send((LAST, result.value))
        else:
            tasks.send((LAST if leftovers.any() else DONE, result))
