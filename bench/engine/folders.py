"""The temporary folder of a pool of workers, which ends with it, however it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.engine import custodian
from bench.errors import BenchError

PREFIX = "bench-run-"


class RunFolder:
    """A folder for all that workers and their detectors put into temporary files.

    It is locked as long as its process lives, so that a later run knows those of processes that are gone, and
    removes them. A custodian, a small process of its own, does so at once where this one is killed.
    """

    def __init__(self) -> None:
        from filelock import FileLock  # not before: the processes that only belong to one wait for it, too

        try:
            remove_abandoned()
            new = Path(tempfile.mkdtemp(prefix="bench-new-"))
            self._lock = FileLock(new / ".lock")
            self._lock.acquire()
        except OSError as error:
            raise no_room(error) from None
        self.path = new.with_name(new.name.replace("bench-new-", PREFIX))
        new.rename(self.path)
        self._custodian = subprocess.Popen(
            [sys.executable, "-P", custodian.__file__, str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def close(self) -> None:
        """End what is left of the workers' processes, and remove the folder."""
        custodian.clear(str(self.path))
        self._lock.release()
        self._custodian.kill()
        self._custodian.wait()
        if self._custodian.stdin is not None:
            self._custodian.stdin.close()


def remove_abandoned() -> None:
    """Remove the folders of processes that are gone, and end what these have left running."""
    from filelock import FileLock, Timeout

    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        lock = FileLock(folder / ".lock")
        try:
            lock.acquire(blocking=False)
        except (Timeout, OSError):  # in use, someone else's, or gone meanwhile
            continue
        custodian.clear(str(folder))
        lock.release()


@contextmanager
def belonging_to(folder: Path) -> Iterator[None]:
    """Processes that start meanwhile belong to a folder, and put temporary files there."""
    variables = {custodian.MARK: str(folder), "TMPDIR": str(folder)}
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def remove(folder: Path) -> None:
    """Remove a worker's folder, and end all processes that belong to it."""
    custodian.clear(str(folder))


def no_room(error: OSError) -> BenchError:
    """The error for a folder of temporary files that cannot be written."""
    return BenchError(f"cannot write temporary files: {error.strerror}; make room, or set TMPDIR")
