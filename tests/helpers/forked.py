"""Processes that are forked from one that has imported what they need, in the place of ones started anew.

`run_bench` is ``python -m bench``, `run_python` is ``python -c``, and `Servers` starts the processes that
workers of a run are forked from. Each process has a folder, an environment, output and an exit code of its
own, as one that is started anew has; what it is spared is the imports, which are most of what a short command
costs. Ones that are started anew are tested wherever a test runs ``sys.executable``; workers of such, where a
test asks for the fixture `servers_started_anew`.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from multiprocessing import forkserver
from pathlib import Path
from types import ModuleType
from typing import Any

import bench
from bench.engine import forking

# What is imported when it is first used. None of it starts a thread: a process that forks must not have any.
LIBRARIES = (
    "matplotlib.backends.backend_agg", "pyarrow.csv", "pyarrow.parquet", "pyod.models.knn", "scipy.stats",
    "sklearn.ensemble", "sklearn.metrics", "sklearn.mixture", "sklearn.neighbors", "sklearn.pipeline",
    "sklearn.svm", "torch",
)  # fmt: skip


@cache
def _modules() -> list[str]:
    return [module.name for module in pkgutil.walk_packages(bench.__path__, "bench.")]


def _context() -> Any:
    """The context, with its server running: one that is started for a pool would end with it."""
    context = multiprocessing.get_context("forkserver")
    # "__main__" is what runs the tests, which each process would import anew.
    context.set_forkserver_preload(["__main__", *_modules(), *LIBRARIES])
    forkserver.ensure_running()
    return context


class Servers:
    """In the place of `multiprocessing` in `bench.engine.forking`: what workers come from is forked, too.

    For users it is started anew, with nothing in it but the libraries that their detectors need.
    """

    Pipe = staticmethod(multiprocessing.Pipe)

    @classmethod
    def get_context(cls, method: str) -> Any:
        return cls if method == "spawn" else multiprocessing.get_context(method)

    @staticmethod
    def Process(target: Callable[..., None], args: tuple[Any, ...]) -> Any:  # noqa: N802
        # A process that is forked itself asks the server that it comes from, and need not start another.
        known = forkserver._forkserver._forkserver_address is not None
        context = multiprocessing.get_context("forkserver") if known else _context()
        return context.Process(target=_enter, args=(target, args, dict(os.environ), Path.cwd()))

    @staticmethod
    def end() -> None:
        """End the server, which would take seconds to give back all that it has imported."""
        if forkserver._forkserver._forkserver_pid is not None:
            os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)


def run_bench(
    arguments: Sequence[str | os.PathLike[str]], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run ``python -m bench`` with some arguments, in a folder, to its end."""
    return _run(_bench, [os.fspath(argument) for argument in arguments], folder, environment)


def run_python(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run ``python -W error -c`` with some code, in a folder, to its end."""
    return _run(_python, [code], folder, os.environ)


def _run(
    target: Callable[..., None], words: list[str], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as outputs:
        out, err = (Path(outputs, name) for name in ("out", "err"))
        context = _context()
        server = forkserver._forkserver._forkserver_address if forking.multiprocessing is Servers else None
        arguments = (target, words, out, err, server)
        process = context.Process(target=_enter, args=(_main, arguments, dict(environment), folder))
        process.start()
        process.join()
        return subprocess.CompletedProcess(
            words, process.exitcode, out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8")
        )


def _enter(
    target: Callable[..., None], arguments: tuple[Any, ...], environment: dict[str, str], folder: Path
) -> None:
    """What a process does first: it takes the environment and the folder of one that is started anew."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    tempfile.tempdir = None
    target(*arguments)


def _main(target: Callable[..., None], words: list[str], out: Path, err: Path, server: str | None) -> None:
    """What the interpreter does around a program. server: the address of what its workers come from."""
    if server is not None:
        forkserver._forkserver._forkserver_address = server
        forkserver._forkserver.ensure_running = lambda: None
        forking.multiprocessing = Servers
    sys.stdout, sys.stderr = (path.open("a", encoding="utf-8") for path in (out, err))
    os.dup2(sys.stdout.fileno(), 1)
    os.dup2(sys.stderr.fileno(), 2)
    try:
        target(*words)
    except Exception:  # multiprocessing would show it in its own way
        traceback.print_exc()
        sys.exit(1)
    finally:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()


def _bench(*arguments: str) -> None:
    import bench.__main__ as program

    sys.modules["__main__"] = program  # which processes that it starts import
    sys.argv = [program.__file__, *arguments]
    bench.cli.main()


def _python(code: str) -> None:
    warnings.simplefilter("error")
    module = sys.modules["__main__"] = ModuleType("__main__")
    sys.argv = ["-c"]
    exec(compile(code, "<string>", "exec"), vars(module))
