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
import sys
import tempfile
from collections.abc import Callable
from ctypes import CDLL, c_char_p, c_void_p, memmove
from multiprocessing import reduction
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

from bench.engine import custodian
from bench.engine.folders import RunFolder, belonging_to, no_room
from bench.engine.preloading import import_all
from bench.errors import BenchError

# Seconds until imports must have ended: enough for a busy machine, but not without end.
IMPORT_TIMEOUT = 180.0
# How often a server is started that does not survive it.
ATTEMPTS = 5
GIVEN_UP = (
    f"the process that starts workers ended {ATTEMPTS} times before it was ready: where memory runs out, "
    "give fewer --jobs; in a script of your own, call this below `if __name__ == '__main__':`"
)


class Start(NamedTuple):
    """What to do in a new process: ``target(connection, *arguments)``, with temporary files in a folder."""

    target: Callable[..., None]
    arguments: tuple[Any, ...]
    folder: Path


class Started(NamedTuple):
    """A new process: its identifier, the connection to it, and its folder."""

    pid: int
    connection: Connection
    folder: Path


class End(NamedTuple):
    """A process to wait for, so many seconds."""

    pid: int
    seconds: float | None


class ForkServer:
    """Starts processes that have imported some modules already, while whoever makes this goes on.

    Each has a folder of its own below the server's, for temporary files. All of them end, and the folders are
    removed, when the server is closed. Raises BenchError where no folder can be written.
    """

    def __init__(self, modules: tuple[str, ...]) -> None:
        self._modules = modules
        self._run_folder = RunFolder()
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
        self._is_gone = self._is_ready = False
        self._running = set()
        self._control, theirs = context.Pipe()
        # Not a daemon, which may start no processes. It ends when nobody is left to ask it.
        self._server = context.Process(target=_serve, args=(theirs, self._modules))
        with belonging_to(self.folder / _folder_name(0)):
            self._server.start()
        theirs.close()
        # Where nobody closes it, this process would wait at its end for one that waits for it.
        atexit.register(self.close)

    def _wait(self) -> None:
        """Until it has imported all; where it does not survive that, it is started again."""
        for attempt in range(ATTEMPTS):
            if self._is_ready:
                return
            try:
                if self._control.poll(IMPORT_TIMEOUT):
                    self._control.recv()
                    self._is_ready = True
                    return
            except (OSError, EOFError):
                pass
            self._end()
            if attempt:  # once may be for want of memory, or somebody's doing
                self._modules = ()
            if attempt < ATTEMPTS - 1:
                self._launch()
        raise BenchError(GIVEN_UP)


def _folder_name(number: int) -> str:
    """The name of a process's folder. All are of one length: see `_belong_to`."""
    return f"{number:06}"


def _serve(control: Connection, modules: tuple[str, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process's to handle
    import_all(modules)
    context: Any = multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn")
    started: dict[int, BaseProcess] = {}
    control.send(None)
    while True:
        try:
            request = control.recv()
        except (EOFError, OSError):
            return
        if isinstance(request, End):
            control.send(_exit_code(started, request))
        else:
            connection = Connection(reduction.recv_handle(control))
            with connection:
                process = context.Process(target=_enter, args=(control, connection, request), daemon=True)
                process.start()
            started[process.pid] = process
            control.send(process.pid)


def _exit_code(started: dict[int, BaseProcess], request: End) -> int | None:
    process = started.get(request.pid)
    if process is None:  # started by a server that this one has replaced
        return None
    process.join(request.seconds)
    if process.exitcode is not None:
        del started[request.pid]
    return process.exitcode


def _enter(control: Connection, connection: Connection, request: Start) -> None:
    control.close()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _belong_to(request.folder)
    request.target(connection, *request.arguments)


def _belong_to(folder: Path) -> None:
    """Let this process be found by its folder, and put temporary files there.

    The system shows the variables that a process was started with, of which a fork has its own copy: the mark
    is changed in there. It is as long as the server's.
    """
    new = os.fsencode(folder)
    if sys.platform == "linux":
        libc = CDLL(None)
        libc.getenv.restype, libc.getenv.argtypes = c_void_p, [c_char_p]
        at = libc.getenv(custodian.MARK.encode())
        if at and len(os.environb[custodian.MARK.encode()]) == len(new):
            memmove(at, new, len(new))
    os.environ.update({custodian.MARK: str(folder), "TMPDIR": str(folder)})
    tempfile.tempdir = None
