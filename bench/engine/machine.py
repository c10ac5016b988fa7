"""What of this machine's cores and memory workers may use."""

from __future__ import annotations

import os

import psutil

# The fraction of the machine's memory that the workers may take together.
MEMORY_SHARE = 0.9


def available_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fair_memory(jobs: int) -> int:
    """Bytes for each of ``jobs`` workers."""
    return int(MEMORY_SHARE * psutil.virtual_memory().total / jobs)
