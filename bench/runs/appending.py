"""Files that a run appends to: whole pieces or none, and on the disk within a second."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Sequence
from pathlib import Path

from bench.errors import BenchError

# Seconds between two times that what was written is made to reach the disk, so that a power cut costs no
# more; waiting for the disk after each record would cost a run of quick trials most of its time.
SYNC_INTERVAL = 0.5


class AppendedFiles:
    """Files of a folder, opened to be appended to, from the first that others point into to the last.

    What is appended reaches the disk in the background, and at the latest when they are closed.
    """

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self._folder = folder
        self._files: dict[str, int] = {}
        self._once: dict[tuple[str, bytes], int] = {}
        self._error: OSError | None = None
        self._written, self._closing = threading.Event(), threading.Event()
        try:
            for name in names:
                flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
                self._files[name] = os.open(folder / name, flags | getattr(os, "O_NONBLOCK", 0), 0o666)
            sync_folder(folder)
        except BaseException:
            self._close_all()
            raise
        self._thread = threading.Thread(target=self._sync_in_background, daemon=True)
        self._thread.start()

    def append(self, name: str, content: bytes) -> int:
        """Append to a file all of the content, or nothing; returns the offset at which it begins.

        Raises OSError, that of a failed write to the disk among them, and BenchError for a file that is no
        longer there.
        """
        if self._error is not None:
            raise self._error
        file = self._files[name]
        self._check_still_there(name)
        at = os.lseek(file, 0, os.SEEK_END)
        try:
            rest = memoryview(content)
            while rest:
                rest = rest[os.write(file, rest) :]
        except BaseException:
            # A part of it would be read as damage.
            with contextlib.suppress(OSError):
                os.ftruncate(file, at)
            raise
        self._written.set()
        return at

    def append_once(self, name: str, content: bytes) -> int:
        """As `append`; where the same content has been appended so before, returns where that is."""
        if (name, content) not in self._once:
            self._once[name, content] = self.append(name, content)
        return self._once[name, content]

    def close(self) -> None:
        """Wait until everything is on the disk. Raises as `append`."""
        self._closing.set()
        self._written.set()
        self._thread.join()
        try:
            self._sync()
            if self._error is not None:
                raise self._error
            for name in self._files:
                self._check_still_there(name)
        finally:
            self._close_all()

    def _check_still_there(self, name: str) -> None:
        """What is appended to a file that was deleted, or whose folder was, is lost without an error."""
        mine = os.fstat(self._files[name])
        try:
            there = (self._folder / name).stat()
        except OSError:
            there = None
        if there is None or not os.path.samestat(mine, there):
            raise BenchError(
                f"{self._folder / name} was deleted or moved while the run went on; "
                "what is no longer there runs again with the same command"
            )

    def _sync_in_background(self) -> None:
        while not self._closing.is_set():
            self._written.wait()
            self._written.clear()
            self._sync()
            self._closing.wait(SYNC_INTERVAL)

    def _sync(self) -> None:
        try:
            for file in self._files.values():
                os.fsync(file)
        except OSError as error:
            self._error = error

    def _close_all(self) -> None:
        for file in self._files.values():
            os.close(file)
        self._files.clear()


def sync_folder(folder: Path) -> None:
    """Make the names of a folder's files reach the disk, where the system can be asked to."""
    with contextlib.suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
