"""Paths that an agent names, confined to one folder."""

from __future__ import annotations

from pathlib import Path

from bench.errors import BenchError
from bench.tables.places import MARK

# Larger files take longer to read than anyone waits for an answer.
MOST_MEGABYTES = 500


class Confined:
    """A folder; what is asked of it leads to nothing outside of it, by ``..`` or by a link."""

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise BenchError(f"--folder: {str(folder)!r} does not exist or is not a folder")
        self.folder = folder.resolve()

    def path(self, name: str) -> Path:
        """The path of a name below the folder, links resolved; BenchError where that is outside of it."""
        given = Path(name)
        if "\0" in name or given.is_absolute() or ".." in given.parts:
            raise self._refused(name)
        try:
            found = (self.folder / given).resolve()
        except (OSError, RuntimeError):  # a link to itself
            raise self._refused(name) from None
        if not found.is_relative_to(self.folder):
            raise self._refused(name)
        return found

    def file(self, name: str) -> Path:
        """A file below the folder; one sheet or table of it may be named after two colons.

        BenchError for one that is not there or too large, and for a query in place of a table's name.
        """
        file, mark, part = name.partition(MARK)
        found = self.path(file)
        if not found.is_file():
            raise BenchError(f"there is no file {file!r} in the folder that is served")
        size = found.stat().st_size / 1e6
        if size > MOST_MEGABYTES:
            raise BenchError(
                f"{file!r} has {size:,.0f} MB, and at most {MOST_MEGABYTES} are read here; use the command "
                "line, or a part of the file"
            )
        if any(sign in part for sign in "()*\0") or part.lstrip()[:5].lower() in ("selec", "with ", "from "):
            raise BenchError(f"{part!r} is no name of a sheet or a table; queries are not run here")
        return Path(f"{found}{mark}{part}")

    def results(self, name: str) -> Path:
        """A results folder below the folder; BenchError where it or a file of its runs is a link outside."""
        found = self.path(name)
        for each in (found / "runs", *(found / "runs").glob("*"), *(found / "runs").glob("*/*")):
            if not each.resolve().is_relative_to(self.folder):
                raise self._refused(str(each.relative_to(self.folder)))
        return found

    def _refused(self, name: str) -> BenchError:
        return BenchError(
            f"{name!r} is outside of the folder that is served; give a path below it, such as 'data.csv'"
        )
