"""Machine code that numba makes of a library's functions, kept on disk for other processes and other runs."""

from __future__ import annotations

import contextlib
import sys
from functools import cache


@cache
def keep_compiled(module: str) -> None:
    """Let numba keep what it compiles of a library's modules that are loaded once ``module`` is.

    PyOD compiles its functions anew in each process, which takes seconds, since it does not ask for
    ``njit(cache=True)``. Where files cannot be written next to its own, they are in the user's cache folder.
    """
    registry = sys.modules.get("numba.core.registry")
    if registry is None:
        return
    package = module.partition(".")[0]
    for name, loaded in list(sys.modules.items()):
        if name.partition(".")[0] == package:
            for value in list(vars(loaded).values()):
                if isinstance(value, registry.CPUDispatcher) and not value.stats.cache_path:
                    with contextlib.suppress(RuntimeError, OSError):  # no folder that can be written
                        value.enable_caching()
