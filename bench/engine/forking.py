"""A process that has imported what workers need, and forks them.

It runs no plugin, and of a library no more than its import: what a worker breaks is that worker's. Where a
library ends the process when it is imported, workers import all that they need themselves.
"""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from multiprocessing import reduction, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from bench.engine.folders import RunFolder, belonging_to, no_room
from bench.engine.fork_server import OWN, End, Import, Start, serve
from bench.errors import BenchError

# Seconds until imports must have ended: enough for a busy machine, but not without end.
IMPORT_TIMEOUT = 180.0
# How often a server is started that does not survive it.
ATTEMPTS = 5
GIVEN_UP = (
    f"the process that starts workers ended {ATTEMPTS} times before it was ready: where memory runs out, "
    "give fewer --jobs; in a script of your own, call this below `if __name__ == '__main__':`"
)


class Started(NamedTuple):
    """A new process: its identifier, the connection to it, and its folder."""

    pid: int
    connection: Connection
    folder: Path


class ForkServer:
    """Starts processes that have imported some modules already, while whoever makes this goes on.

    Each has a folder of its own below the server's, for temporary files. All of them end, and the folders are
    removed, when the server is closed. Raises BenchError where no folder can be written.
    """

    def __init__(self) -> None:
        self._modules: tuple[str, ...] = ()
        self._run_folder = RunFolder()
        with _starting:
            _start_quiet_tracker()
        self._begun = 0
        self._control: Connection
        # What it has started and nobody has asked the exit code of.
        self._running: set[int]
        # How often it has been started.
        self.generation = 0
        self._launch()

    @property
    def folder(self) -> Path:
        """The folder of all its processes."""
        return self._run_folder.path

    def preload(self, modules: Iterable[str]) -> None:
        """Let it import modules, in the environment as it is now; before any process is started."""
        self._modules = tuple(dict.fromkeys((*self._modules, *modules)))
        self._ask_to_import()

    def start(self, target: Callable[..., None], *arguments: Any) -> Started:
        """Start a process that calls ``target(connection, *arguments)``. BenchError if none starts."""
        self._begun += 1
        folder = self.folder / _folder_name(self._begun)
        try:
            folder.mkdir()
        except OSError as error:
            raise no_room(error) from None
        for _ in range(ATTEMPTS):
            self._wait()
            ours, theirs = multiprocessing.Pipe()
            with theirs:
                try:
                    pid = self._asked(Start(target, arguments, folder), theirs)
                except (OSError, EOFError):  # ended for want of memory, or by a plugin
                    ours.close()
                    self._end()
                    self._launch()
                    continue
            self._running.add(pid)
            return Started(pid, ours, folder)
        raise BenchError(GIVEN_UP)

    def has_lost(self, generation: int) -> bool:
        """Whether the server of that generation is gone, and with it what it had started."""
        return generation != self.generation or self._is_gone

    def _asked(self, what: Start, theirs: Connection) -> int:
        self._control.send(what)
        reduction.send_handle(self._control, theirs.fileno(), self._server.pid)
        return int(self._control.recv())

    def exit_code(self, pid: int, seconds: float | None = None) -> int | None:
        """The exit code of a process that ends within some seconds, negative for a signal; else None."""
        try:
            self._control.send(End(pid, seconds))
            code: int | None = self._control.recv()
        except (OSError, EOFError):  # the server is gone, and with it what it knew
            self._is_gone = True
            return None
        if code is not None:
            self._running.discard(pid)
        return code

    def close(self) -> None:
        """End the server and the processes that it has started, and remove their folders."""
        atexit.unregister(self.close)
        # Its own child is gone at once. Who adopts those that outlive it may take a second to let go of them.
        for pid in list(self._running):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
            self.exit_code(pid)
        self._end()
        self._run_folder.close()

    def _end(self) -> None:
        self._server.kill()
        self._server.join()
        self._control.close()

    def _launch(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.generation += 1
        self._is_gone = False
        self._running = set()
        self._imports = 0
        self._control, theirs = context.Pipe()
        # Not a daemon, which may start no processes. It ends when nobody is left to ask it.
        self._server = context.Process(target=serve, args=(theirs,))
        with _starting, _uninterrupted(), belonging_to(self.folder / _folder_name(0)):
            self._server.start()
        theirs.close()
        self._ask_to_import()
        # Where nobody closes it, this process would wait at its end for one that waits for it.
        atexit.register(self.close)

    def _ask_to_import(self) -> None:
        with _starting:
            environment = {name: value for name, value in os.environ.items() if name not in OWN}
        # One that has ended meanwhile is found so when it is waited for.
        with contextlib.suppress(OSError):
            self._control.send(Import(self._modules, environment))
        self._imports += 1

    def _wait(self) -> None:
        """Until it has imported all; where it does not survive that, it is started again."""
        for attempt in range(ATTEMPTS):
            try:
                while self._imports and self._control.poll(IMPORT_TIMEOUT):
                    self._control.recv()
                    self._imports -= 1
                if not self._imports:
                    return
            except (OSError, EOFError):
                pass
            self._end()
            if attempt:  # once may be for want of memory, or somebody's doing
                self._modules = ()
            if attempt < ATTEMPTS - 1:
                self._launch()
        raise BenchError(GIVEN_UP)


# Threads may run trials at the same time: what starts a process changes this one's environment meanwhile.
_starting = threading.RLock()
_early: ContextVar[ForkServer | None] = ContextVar("early", default=None)


@contextmanager
def started_early(modules: Iterable[str]) -> Iterator[None]:
    """What forks processes starts now, and imports modules; the next `fork_server` is this one.

    Nothing starts where no folder can be written: that is said once one is needed.
    """
    try:
        server = ForkServer()
    except BenchError:
        yield
        return
    server.preload(modules)
    before = _early.set(server)
    try:
        yield
    finally:
        if _early.get() is server:
            server.close()
        _early.reset(before)


def fork_server(modules: Iterable[str]) -> ForkServer:
    """A server that imports modules: the one that has been started early, if there is one, or a new one."""
    server = _early.get() or ForkServer()
    _early.set(None)
    server.preload(modules)
    return server


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C is not for processes that start meanwhile, which begin by ignoring it; here it waits."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


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


def _folder_name(number: int) -> str:
    """The name of a process's folder. All are of one length: see `_belong_to`."""
    return f"{number:06}"
