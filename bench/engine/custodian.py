"""Ending what a run leaves: processes that its detectors have started, and its temporary folder.

A worker's processes inherit the variable `MARK`, whose value is the worker's folder, and so are found even
where they have left its process group. As a program, this file waits until the process that started it is
gone, however that ended, and clears up then. It starts in no time: it imports nothing of the harness, and
psutil only at the end.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psutil

MARK = "BENCH_WORKER"
# How often what a folder's processes have forked while they were being ended is looked for.
ROUNDS = 5


def clear(folder: str) -> None:
    """End all processes that belong to a folder or to one below it, and remove it."""
    import psutil

    for _ in range(ROUNDS):
        found = list(_processes(folder))
        for process in found:
            try:
                process.kill()
            except psutil.Error:
                continue
        if not found:
            break
        psutil.wait_procs(found, timeout=1)
    shutil.rmtree(folder, ignore_errors=True)


def _processes(folder: str) -> Iterator[psutil.Process]:
    import psutil

    for process in psutil.process_iter():
        try:
            mark = process.environ().get(MARK, "")
            ours = mark == folder or mark.startswith(folder + os.sep)
            if ours and process.status() != psutil.STATUS_ZOMBIE:
                yield process
        except psutil.Error:
            continue


if __name__ == "__main__":
    sys.stdin.buffer.read()
    clear(sys.argv[1])
