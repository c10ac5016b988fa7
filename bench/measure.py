"""Measuring what a piece of work costs: wall seconds and the growth of resident memory at its peak."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

_CLEAR_REFS = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")


@dataclass
class Cost:
    """Wall-clock seconds."""

    seconds: float = 0.0


@contextlib.contextmanager
def timed() -> Iterator[Cost]:
    """Time the block. Work queued on a GPU is waited for before the clock starts and before it stops."""
    cost = Cost()
    _synchronise()
    start = time.perf_counter()
    yield cost
    _synchronise()
    cost.seconds = time.perf_counter() - start


def _synchronise() -> None:
    import sys

    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_initialized():
        torch.cuda.synchronize()


class PeakMemory:
    """How far resident memory rose above its level at the start of the block, in bytes.

    Linux counts the peak itself and lets a process reset the count; elsewhere, or where that is not
    allowed, ``bytes`` is None rather than a figure that means something else.
    """

    bytes: int | None = None

    def __enter__(self) -> PeakMemory:
        self._before: int | None = psutil.Process().memory_info().rss
        try:
            _CLEAR_REFS.write_text("5")  # 5 resets the peak resident set size, see proc(5)
        except OSError:
            self._before = None
        return self

    def __exit__(self, *_: object) -> None:
        peak = _peak_resident() if self._before is not None else None
        if peak is not None and self._before is not None:
            self.bytes = max(0, peak - self._before)


def _peak_resident() -> int | None:
    with contextlib.suppress(OSError):
        for line in _STATUS.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return None
