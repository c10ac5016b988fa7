"""What the process that forks others does: import modules, start processes, and say how they ended."""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable
from ctypes import CDLL, c_char_p, c_void_p, memmove
from importlib import import_module
from multiprocessing import reduction
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

from bench.engine import custodian

# The variables that each process has of its own.
OWN = (custodian.MARK, "TMPDIR")


class Import(NamedTuple):
    """Modules to import, and the variables of the environment in which to do it."""

    modules: tuple[str, ...]
    environment: dict[str, str]


class Start(NamedTuple):
    """What to do in a new process: ``target(connection, *arguments)``, with temporary files in a folder."""

    target: Callable[..., None]
    arguments: tuple[Any, ...]
    folder: Path


class End(NamedTuple):
    """A process to wait for, so many seconds."""

    pid: int
    seconds: float | None


def serve(control: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the main process's to handle
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    gc.disable()  # what is imported stays
    context: Any = multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn")
    started: dict[int, BaseProcess] = {}
    while True:
        try:
            request = control.recv()
        except (EOFError, OSError):
            return
        if isinstance(request, End):
            control.send(_exit_code(started, request))
        elif isinstance(request, Import):
            os.environ.update(request.environment)
            import_all(request.modules)
            control.send(None)
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
    gc.enable()
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
    os.environ.update(dict.fromkeys(OWN, str(folder)))
    tempfile.tempdir = None


def import_all(modules: Iterable[str]) -> None:
    """Import modules, silently; what cannot be imported fails later where it is used."""
    kept, null = [os.dup(1), os.dup(2)], os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    for name in modules:
        with contextlib.suppress(Exception, SystemExit):
            import_module(name)
    for number, file in zip((1, 2), kept, strict=True):
        os.dup2(file, number)
        os.close(file)
    os.close(null)
    # A worker's garbage collector need not look at it, which would copy each page.
    gc.collect()
    gc.freeze()
