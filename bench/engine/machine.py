"""What of this machine's cores and memory workers may use."""

from __future__ import annotations

import os

import psutil

from bench.errors import BenchError

# The fraction of the machine's memory that the workers may take together.
MEMORY_SHARE = 0.9
# Bytes: less than an idle worker takes.
LEAST_MEMORY = 128 * 2**20


def available_cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def fair_memory(jobs: int) -> int:
    """Bytes for each of ``jobs`` workers; BenchError where that is too little for any trial."""
    together = int(MEMORY_SHARE * psutil.virtual_memory().total)
    share = together // jobs
    if share < LEAST_MEMORY:
        raise BenchError(
            f"--jobs {jobs} leaves each worker {share // 2**20} MiB of memory, which is too little for any "
            f"trial; use at most {together // LEAST_MEMORY}"
        )
    return share
