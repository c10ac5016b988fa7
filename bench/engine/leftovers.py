"""What a task leaves running in its worker: threads, and processes however they were started."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
import threading

import psutil

PR_SET_CHILD_SUBREAPER = 36  # see prctl(2)
# Threads that libraries keep, and that sleep.
IDLE_THREADS = ("TMonitor",)  # of tqdm


def adopt_orphans() -> None:
    """Let processes whose parent ends become this one's children, where the system can: they stay known."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


class Leftovers:
    """Tells what runs in this process that did not when this was made."""

    def __init__(self) -> None:
        self._threads = set(threading.enumerate())

    def any(self) -> bool:
        """Whether a thread or a process is running that a task has started."""
        return self._new_threads() or (_has_children() and _has_running_children())

    def _new_threads(self) -> bool:
        new = set(threading.enumerate()) - self._threads
        return any(type(thread).__name__ not in IDLE_THREADS for thread in new)


def _has_children() -> bool:
    """Without looking at any other process: this is asked after each task."""
    if not hasattr(os, "waitid"):
        return True
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def _has_running_children() -> bool:
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            tracker = any("resource_tracker" in word for word in child.cmdline())
            if child.status() != psutil.STATUS_ZOMBIE and not tracker:
                return True
    return False
