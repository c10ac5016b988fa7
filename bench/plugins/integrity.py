"""Whether the harness, and what it stands on, is as it was before a plugin's code ran.

A plugin may replace a function of the harness, a clock or numpy's own by accident or by design; what is
measured afterwards in the same process would be worth nothing. Names, classes, the code of functions and
tables such as the list of corruptions are compared with what they were, in a fraction of a millisecond.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from operator import attrgetter
from types import FunctionType, ModuleType
from typing import Any

# What the harness calls while it runs a trial. Other modules may gain and lose what they like.
LIBRARIES = frozenset((
    "builtins", "contextlib", "copy", "functools", "io", "json", "math", "msgspec", "msgspec.structs",
    "multiprocessing.connection", "numpy", "numpy.linalg", "numpy.random", "os", "pickle", "posixpath",
    "random", "scipy", "scipy.linalg", "scipy.stats", "sklearn", "sklearn.metrics", "sklearn.preprocessing",
    "time", "torch", "torch.nn.functional",
))  # fmt: skip
# Modules of plugin folders are named so (`bench.plugins.loading.private_package`).
PLUGINS = "_bench_plugins_"
HARNESS = "bench."

_code_of = attrgetter("__code__")


class Integrity:
    """The harness and its libraries as they are when this is made; modules that come later, as they come."""

    def __init__(self) -> None:
        # By the name of a module, class or table, what is in it and what was.
        self._now: dict[str, Any] = {}
        self._before: dict[str, dict[str, Any]] = {}
        self._classes: dict[str, type] = {}
        self._functions: dict[str, FunctionType] = {}
        self._code: list[Any] = []
        self._modules = 0
        self._look()

    def changed(self) -> list[str]:
        """The full names of what has been replaced since. It is put back, so that this process can say so."""
        return sorted({*self._replaced(), *self._rewritten(), *self._look()})

    def _look(self) -> list[str]:
        """Take note of modules that are new. What of a plugin is in one of them has been put there."""
        if len(sys.modules) == self._modules:
            return []
        self._modules = len(sys.modules)
        found = []
        for name in sorted(_watched() - self._now.keys()):
            names = sys.modules[name].__dict__
            found += [f"{name}.{key}" for key, value in names.items() if _is_of_plugin(value)]
            self._note(name, names)
            if name.startswith(HARNESS):
                for key, value in list(names.items()):
                    self._note_parts(f"{name}.{key}", name, value)
        self._code = self._inside()
        return found

    def _note(self, name: str, names: Any) -> None:
        self._now[name], self._before[name] = names, dict(names)

    def _note_parts(self, name: str, module: str, value: Any) -> None:
        """What is inside of a function, a class or a table of the harness."""
        if isinstance(value, FunctionType) and value.__module__ == module:
            self._functions[name] = value
        elif isinstance(value, type) and value.__module__ == module:
            self._note(name, value.__dict__)
            self._classes[name] = value
            for key, part in value.__dict__.items():
                if isinstance(part, FunctionType):
                    self._functions[f"{name}.{key}"] = part
        elif isinstance(value, dict) and name.rpartition(".")[2].isupper():
            self._note(name, value)
            for key, entry in value.items():
                if type(entry).__module__.startswith(HARNESS) and hasattr(entry, "__dict__"):
                    self._note(f"{name}.{key}", entry.__dict__)

    def _replaced(self) -> Iterator[str]:
        if _equal(self._now, self._before):
            return
        for name, now in self._now.items():
            before = self._before[name]
            if _equal(now, before):
                continue
            for key, value in before.items():
                if now.get(key) is value or _is_own(name, now.get(key)):
                    continue
                if name.startswith(HARNESS) or callable(value):
                    if name in self._classes:
                        setattr(self._classes[name], key, value)
                    else:
                        now[key] = value
                    yield f"{name}.{key}"
            if name in self._classes:
                for key in [key for key in now if key not in before and not key.startswith("_")]:
                    delattr(self._classes[name], key)
                    yield f"{name}.{key}"
            self._before[name] = dict(now)

    def _rewritten(self) -> Iterator[str]:
        code = self._inside()
        if code != self._code:
            for (name, function), now, before in zip(self._functions.items(), code, self._code, strict=True):
                if now is not before:
                    function.__code__ = before
                    yield name

    def _inside(self) -> list[Any]:
        return list(map(_code_of, self._functions.values()))


def _equal(one: Any, other: dict[str, Any]) -> bool:
    try:
        # Of values that are the same object no more is asked, so this takes nanoseconds a name.
        return bool(one == other)
    except Exception:  # some values, such as arrays, cannot be compared as a whole
        return False


def _watched() -> set[str]:
    names = {name for name in sys.modules if name.startswith(HARNESS)}
    return {name for name in names | LIBRARIES if isinstance(sys.modules.get(name), ModuleType)}


def _is_own(name: str, value: Any) -> bool:
    """Whether a library has put a function of its own there, as torch does to its seeding once it compiles.

    By what the function sees as its module: its name and ``__module__`` are easily those of another.
    """
    if name.startswith(HARNESS):
        return False
    module = getattr(value, "__globals__", {}).get("__name__") or ""
    return str(module).partition(".")[0] == name.partition(".")[0]


def _is_of_plugin(value: Any) -> bool:
    return isinstance(value, FunctionType) and str(value.__module__).startswith(PLUGINS)
