"""What a plugin can change in its process without touching a line of the harness, put back after each trial.

The working folder, the environment, how torch computes: such a change is a detector's own affair while its
trial runs, and would decide the scores of those after it. One list names them all.
"""

from __future__ import annotations

import contextlib
import gc
import locale
import os
import resource
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

SIGNALS = (signal.SIGALRM, signal.SIGCHLD, signal.SIGHUP, signal.SIGINT, signal.SIGPIPE, signal.SIGTERM,
           signal.SIGUSR1, signal.SIGUSR2)  # fmt: skip
LIMITS = (resource.RLIMIT_AS, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE)


@dataclass(frozen=True)
class Setting:
    """Something global that code can set: how it is read, and how it is put back.

    package: the one whose setting it is; it is looked at only where that is loaded. initial: reads what the
    package itself has set, since it may be loaded during a trial.
    """

    name: str
    get: Callable[[], Any]
    put: Callable[[Any], object]
    package: str | None = None
    initial: Callable[[], Any] | None = None


def _working_folder() -> str | None:
    with contextlib.suppress(FileNotFoundError):  # it may have been removed
        return os.getcwd()  # noqa: PTH109 - half of the time that a Path takes
    return None


def _change_folder(folder: str | None) -> None:
    if folder is not None:
        os.chdir(folder)


def _set_environment(variables: Mapping[str, str]) -> None:
    for name in os.environ.keys() - variables.keys():
        del os.environ[name]
    os.environ.update(variables)


def _temporary() -> tuple[str | None, str, bool]:
    folder = tempfile.gettempdir()
    return tempfile.tempdir, folder, os.path.isdir(folder)  # noqa: PTH112


def _set_temporary(state: tuple[str | None, str, bool]) -> None:
    tempfile.tempdir, folder, existed = state
    if existed:
        os.makedirs(folder, exist_ok=True)  # noqa: PTH103


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _handlers() -> list[Any]:
    return [signal.getsignal(number) for number in SIGNALS]


def _set_handlers(handlers: list[Any]) -> None:
    for number, handler in zip(SIGNALS, handlers, strict=True):
        if handler is not None:  # None: not set by Python
            signal.signal(number, handler)


def _alarm() -> tuple[float, float]:
    return signal.getitimer(signal.ITIMER_REAL)


def _set_limits(limits: list[tuple[int, int]]) -> None:
    for number, limit in zip(LIMITS, limits, strict=True):
        resource.setrlimit(number, limit)


def _set_cores(cores: set[int]) -> None:
    os.sched_setaffinity(0, cores)


def _set_collection(state: tuple[bool, tuple[int, int, int]]) -> None:
    (gc.enable if state[0] else gc.disable)()
    gc.set_threshold(*state[1])


def _set_warnings(state: tuple[list[Any], Any]) -> None:
    warnings.filters[:], warnings.showwarning = state  # type: ignore[index]
    warnings._filters_mutated()  # type: ignore[attr-defined]


def _set_path(path: list[str]) -> None:
    sys.path[:] = path


# numpy's types do not know two of its functions.
_random: Any = np.random


def _torch() -> Any:
    return sys.modules["torch"]


def _torch_threads() -> int:
    return int(os.environ.get("OMP_NUM_THREADS") or _torch().get_num_threads())


def _sklearn() -> Any:
    return sys.modules["sklearn"]


def _sklearn_defaults() -> Any:
    """Its settings in a thread where nobody has set any."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(_sklearn().get_config()))
    thread.start()
    thread.join()
    return found[0]


SETTINGS = (
    Setting("the working folder", _working_folder, _change_folder),
    Setting("the environment", lambda: dict(os.environ), _set_environment),
    Setting("the folder of temporary files", _temporary, _set_temporary),
    Setting("the mask of new files", _umask, os.umask),
    Setting("signal handlers", _handlers, _set_handlers),
    Setting("the alarm", _alarm, lambda state: signal.setitimer(signal.ITIMER_REAL, *state)),
    Setting("limits of the process", lambda: [resource.getrlimit(number) for number in LIMITS], _set_limits),
    # Not on macOS.
    *([Setting("its cores", lambda: os.sched_getaffinity(0), _set_cores)]
      if hasattr(os, "sched_getaffinity") else []),
    Setting("its priority", lambda: os.getpriority(os.PRIO_PROCESS, 0),
            lambda level: os.setpriority(os.PRIO_PROCESS, 0, level)),
    Setting("the locale", lambda: locale.setlocale(locale.LC_ALL),
            lambda name: locale.setlocale(locale.LC_ALL, name)),
    Setting("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit),
    Setting("tracing", sys.gettrace, sys.settrace),
    Setting("profiling", sys.getprofile, sys.setprofile),
    Setting("garbage collection", lambda: (gc.isenabled(), gc.get_threshold()), _set_collection),
    Setting("warnings", lambda: ([*warnings.filters], warnings.showwarning), _set_warnings),
    Setting("the path of imports", lambda: [*sys.path], _set_path),
    Setting("numpy's random bits", _random.get_bit_generator, _random.set_bit_generator),
    Setting("scikit-learn's configuration", lambda: _sklearn().get_config(),
            lambda config: _sklearn().set_config(**config), "sklearn", _sklearn_defaults),
    Setting("torch's type of numbers", lambda: _torch().get_default_dtype(),
            lambda kind: _torch().set_default_dtype(kind), "torch", lambda: _torch().float32),
    Setting("torch's gradients", lambda: _torch().is_grad_enabled(),
            lambda on: _torch().set_grad_enabled(on), "torch", lambda: True),
    Setting("torch's threads", lambda: _torch().get_num_threads(),
            lambda threads: _torch().set_num_threads(threads), "torch", _torch_threads),
    Setting("torch's deterministic algorithms", lambda: _torch().are_deterministic_algorithms_enabled(),
            lambda on: _torch().use_deterministic_algorithms(on), "torch", lambda: False),
    Setting("torch's device", lambda: str(_torch().get_default_device()),
            lambda _: _torch().set_default_device(None), "torch", lambda: "cpu"),
)  # fmt: skip


class ProcessState:
    """The settings of this process as they are when it is made."""

    def __init__(self) -> None:
        self._before = {setting: setting.get() for setting in SETTINGS if setting.package is None}

    def restore(self) -> list[str]:
        """Put back what has changed. Returns the names of what cannot be put back."""
        for setting in SETTINGS:
            if setting.initial is not None and setting not in self._before and setting.package in sys.modules:
                self._before[setting] = setting.initial()
        lost = []
        for setting, before in self._before.items():
            try:
                if setting.get() != before:
                    setting.put(before)
            except Exception:
                lost.append(setting.name)
        return lost
