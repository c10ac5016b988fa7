"""One worker process: how it is started, watched and ended, and what it does itself."""

from __future__ import annotations

import contextlib
import math
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from typing import Any

import psutil

from bench.engine.folders import remove
from bench.engine.forking import ForkServer
from bench.engine.leftovers import Leftovers, adopt_orphans
from bench.engine.tasks import Died, Ended, Final, Task

# Seconds between two looks at a worker's memory, and at what it has started: all processes are looked
# through.
MEMORY_INTERVAL, CHILDREN_INTERVAL = 0.1, 0.5
# What a worker says when it is ready for its first task, where the clock of the timeout starts; when it has
# done a task; and when it has done its last one.
READY, DONE, LAST = "ready", "done", "last"
# Bytes that a connection takes before anybody reads them: who sends more to a worker that has not begun, or
# is at a task, waits for it.
ROOM = 2**15
# Seconds until a worker must have said so: enough for imports on a busy machine, but not without end.
START_TIMEOUT = 180.0


# What `WorkerProcess.look` returns while a task goes on.
NOTHING = object()


class WorkerProcess:
    """One process, its folder, and the task that it is at."""

    def __init__(
        self,
        server: ForkServer,
        initializer: Callable[..., None],
        initargs: tuple[Any, ...],
    ) -> None:
        self._server = server
        self.pid, self.connection, self.folder = server.start(serve, initializer, initargs)
        self._generation = server.generation
        self._code: int | None = None
        self._children, self._children_seen = 0, 0.0
        self._memory_seen = -math.inf
        # What it is at, and what it takes up next; and the later of them, where it is held back.
        self.task: Task | None = None
        self.next: Task | None = None
        self._unsent = b""
        self.ready = False
        self.deadline: float | None = None
        self.alive = True

    @property
    def wants_more(self) -> bool:
        """Whether to give it its next task before it is done with this one, which is quick: what is behind a
        long one could have been begun by others meanwhile.
        """
        return self.task is not None and self.task.quick and self.next is None and not self._unsent

    def begin(self, task: Task) -> None:
        """Give it a task: to be begun now, or after the one that it is at."""
        message = bytes(ForkingPickler.dumps((task.function, task.arguments)))
        reads = self.ready and self.task is None
        if self.task is None:
            self._take_up(task)
        else:
            self.next = task
        if reads or len(message) <= ROOM:
            self._send(message)
        else:
            self._unsent = message

    def _send_unsent(self) -> None:
        if self._unsent:
            self._send(self._unsent)
            self._unsent = b""

    def _send(self, message: bytes) -> None:
        # A worker that has died meanwhile is found dead when it is looked at.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.connection.send_bytes(message)

    def _take_up_next(self) -> None:
        self._take_up(self.next)
        self.next = None
        self._send_unsent()

    def _take_up(self, task: Task | None) -> None:
        self.task = task
        limit = None if task is None else task.timeout if self.ready else START_TIMEOUT
        self.deadline = None if limit is None else time.monotonic() + limit

    def look(self, memory: int | None) -> Any:
        """What the task returned or how it ended; NOTHING while it goes on."""
        try:
            while self.connection.poll():
                said, value = self.connection.recv()
                if said == READY:
                    self.ready = True
                    self._take_up(self.task)
                    if self.next is None:  # else it is the next one that is held back
                        self._send_unsent()
                    continue
                if said == LAST:
                    self.kill()
                if self.alive:
                    self._take_up_next()
                else:
                    self.task = None
                return value
        except (EOFError, OSError):
            return self._end(None)
        except Exception:  # a task has written into the pipe, or broken what writes there
            return self._end(Ended("failed", "its process sent what cannot be read and was stopped"))
        if self.deadline is not None and time.monotonic() >= self.deadline:
            return self._end(self._late())
        if memory is not None and self._is_due() and self._memory(memory) > memory:
            limit = f"{memory / 2**20:.0f} MiB"
            return self._end(Ended("out-of-memory", f"its process grew beyond {limit} and was stopped"))
        return NOTHING

    def kill(self) -> None:
        """End the process and whatever it has started."""
        # The group exists once the worker has begun; before that there is only the process itself. Until the
        # server has been asked for its exit code, the number is no other process's.
        if self._code is None:
            for end in (os.killpg, os.kill):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    end(self.pid, signal.SIGKILL)
            self._code = self._server.exit_code(self.pid)
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
        return Died(*(how or _how_it_died(-signal.SIGKILL if code is None and lost else code)))

    def _late(self) -> Ended:
        if not self.ready:
            return Ended("failed", f"its process had not begun after {START_TIMEOUT:g} s and was stopped")
        assert self.task is not None
        return Ended("timeout", f"it ran longer than {self.task.timeout:g} s and was stopped")

    def _is_due(self) -> bool:
        """Whether its memory is to be looked at: with quick tasks a worker is looked at all the time."""
        now = time.monotonic()
        # Half of it, since who waits for so long may wake up a little early.
        due = now >= self._memory_seen + MEMORY_INTERVAL / 2
        if due:
            self._memory_seen = now
        return due

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
    """What a worker process does: say that it is ready, take up a task, call it, send what it returns."""
    if hasattr(os, "setsid"):
        os.setsid()
    adopt_orphans()
    me = os.getpid()
    initializer(*initargs)
    leftovers = Leftovers()
    tasks.send((READY, None))
    while True:
        try:
            function, arguments = tasks.recv()
        except EOFError:
            return
        try:
            result = function(*arguments)
        except BaseException as error:
            result = Ended("failed", f"{type(error).__name__}: {error}"[:300])
        if os.getpid() != me:
            os._exit(0)  # a process that the task has forked must not answer in the worker's place
        if isinstance(result, Final) or leftovers.any():
            tasks.send((LAST, result.value if isinstance(result, Final) else result))
            return
        tasks.send((DONE, result))
