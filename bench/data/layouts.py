"""Files of series on this machine: each layout in which they are published is known by its files' names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from bench.data.folders import cache_folder, data_folder
from bench.data.series import CACHE, known_series
from bench.errors import BenchError

# How deep below a folder files are looked for: a collection's folders, and those of a few collections.
DEPTH = 5


@dataclass(frozen=True)
class Layout:
    """A format's files. ``pattern``: their path, of which the group ``name`` names the series.

    ``what``: a file, in messages. ``collections``: those that can be fetched. ``beside``: what must lie three
    folders above the file.
    """

    pattern: re.Pattern[str]
    what: str
    collections: tuple[str, ...] = ()
    beside: str = ""


def _layout(pattern: str, what: str, collections: tuple[str, ...] = (), beside: str = "") -> Layout:
    return Layout(re.compile(rf"(?:.*/)?{pattern}"), what, collections, beside)


# The last: a copy of the labels serves whatever folder has the arrays.
LAYOUTS = {
    "nab": _layout(
        r"data/[^/]+/(?P<name>[^/]+)\.csv", "file of NAB", ("nab",), "labels/combined_windows.json"
    ),
    "telemanom": _layout(r"test/(?P<name>[A-Z]+-\d+)\.npy", "channel of SMAP or MSL", ("smap", "msl")),
    "ucr": _layout(r"(?P<name>\d+_UCR_Anomaly_[^/]*_\d+_\d+_\d+)\.txt", "file of the UCR archive", ("ucr",)),
    "tsb-ad": _layout(r"(?P<name>\d+_[^/]*_tr_\d+_1st_\d+)\.csv", "file of TSB-AD"),
    "timeeval": _layout(r"(?P<name>[^/]+)(?:\.|/)test\.csv", "test file of TimeEval"),
    "telemanom-labels": _layout(r"(?P<name>labeled_anomalies)\.csv", "file", ("smap", "msl")),
}


def series_files(layout: str) -> dict[str, Path]:
    """The files of a layout by their series: those of the data folder, or of the cache without one."""
    found = _named(layout, data_folder() or cache_folder(CACHE))
    return {name: found[name] for name in sorted(found)}


def find_series(layout: str, name: str) -> Path:
    """The file of a series in the data folder, else in the cache; BenchError where it is in neither.

    Folders are searched with what is below them. Of several files with one name it is the first.
    """
    own = data_folder()
    here: set[str] = set()
    for folder in filter(None, (own, cache_folder(CACHE))):
        found = _named(layout, folder)
        if name in found:
            return found[name]
        here |= found.keys()
    raise _missing(layout, name, here, own)


def _missing(layout: str, name: str, here: set[str], own: Path | None) -> BenchError:
    """What to do where there is no such file."""
    known = {each.name: each.label for each in known_series().values()
             if each.collection in LAYOUTS[layout].collections}  # fmt: skip
    if name in known:
        return BenchError(
            f"{known[name]} is not here yet; fetch it with: python -m bench data pull {known[name]}"
        )
    near = get_close_matches(name, sorted(here | known.keys()), n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "give the folder that it is in with --data-dir"
    where = f" in the data folder {str(own)!r}" if own else ""
    return BenchError(f"there is no {LAYOUTS[layout].what} named {name!r}{where}; {hint}")


def _named(layout: str, folder: Path) -> dict[str, Path]:
    """The files of a layout in and below a folder, by the name of their series."""
    wanted = LAYOUTS[layout]
    found: dict[str, Path] = {}
    for path in _below(folder):
        match = wanted.pattern.fullmatch(path)
        file = folder / path
        if match and (
            not wanted.beside or ((file.parents[2] / wanted.beside).is_file() and not _is_named(path))
        ):
            found.setdefault(match["name"], file)
    return found


def _is_named(path: str) -> bool:
    """Whether a file's own name says of which layout it is, as no name of a file of NAB does."""
    return any(each.pattern.fullmatch(path) for each in LAYOUTS.values() if not each.beside)


def _below(folder: Path) -> Iterator[str]:
    """The paths of files below a folder, with /, in order; hidden folders are left out."""
    for place, folders, files in os.walk(folder):
        inside = Path(place).relative_to(folder)
        deep = len(inside.parts) >= DEPTH
        folders[:] = [] if deep else sorted(name for name in folders if not name.startswith("."))
        yield from ((inside / name).as_posix() for name in sorted(files))
