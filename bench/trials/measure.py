"""Measuring the cost of a block of code: wall-clock seconds and peak memory."""

from __future__ import annotations

import contextlib
import ctypes
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_CLEAR_REFS = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")


@dataclass
class Cost:
    """Wall-clock seconds."""

    seconds: float = 0.0


@contextlib.contextmanager
def timed() -> Iterator[Cost]:
    """Time the block; a GPU is synchronised before the clock starts and before it stops."""
    cost = Cost()
    _synchronise()
    start = time.perf_counter()
    yield cost
    _synchronise()
    cost.seconds = time.perf_counter() - start


class PeakMemory:
    """The peak of the memory that the block allocates, and on which device.

    ``bytes``: the peak of resident memory above its level at the start. Linux records the peak and lets a
    process reset it; elsewhere, or where that is not allowed, it is None. Memory that earlier work freed and
    the allocator kept is returned to the system first, since using it again would not be measured.
    ``device``: the GPU's name if the block allocated memory on one, else "cpu"; ``device_bytes``: the peak of
    the memory allocated there.
    """

    bytes: int | None = None
    device: str = "cpu"
    device_bytes: int | None = None

    def __enter__(self) -> PeakMemory:
        _release_freed_memory()
        self._before: int | None = None
        with contextlib.suppress(OSError):
            with _CLEAR_REFS.open("wb", buffering=0) as refs:
                refs.write(b"5")  # 5 sets the peak of resident memory to its level, see proc(5)
            self._before = peak_resident()
        cuda = _initialised_cuda()
        self._device_before = 0
        if cuda is not None:
            cuda.reset_peak_memory_stats()
            self._device_before = cuda.memory_allocated()
        return self

    def __exit__(self, *_: object) -> None:
        peak = peak_resident() if self._before is not None else None
        if peak is not None and self._before is not None:
            self.bytes = max(0, peak - self._before)
        cuda = _initialised_cuda()
        if cuda is not None and cuda.max_memory_allocated() > self._device_before:
            self.device = cuda.get_device_name()
            self.device_bytes = cuda.max_memory_allocated() - self._device_before


def _release_freed_memory() -> None:
    """Return freed memory that the allocator keeps to the system; do nothing where the C library cannot."""
    trim = _malloc_trim()
    if trim is not None:
        trim(ctypes.c_size_t(0))


@cache
def _malloc_trim() -> Any:
    """The function ``malloc_trim``, where the C library is glibc."""
    return getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None


def _initialised_cuda() -> Any:
    """torch.cuda if something in this process has used it, else None; imports nothing."""
    torch = sys.modules.get("torch")
    return torch.cuda if torch is not None and torch.cuda.is_initialized() else None


def _synchronise() -> None:
    cuda = _initialised_cuda()
    if cuda is not None:
        cuda.synchronize()


def peak_resident() -> int | None:
    """The highest that this process's resident memory has been, in bytes; None where it is not recorded."""
    with contextlib.suppress(OSError), _STATUS.open("rb", buffering=0) as status:
        _, _, peak = status.read().partition(b"VmHWM:")
        if peak:
            return int(peak.split(maxsplit=1)[0]) * 1024
    return None
