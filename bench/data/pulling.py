"""What a person can ask to be fetched, by name or pattern, and fetching it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial

from bench.data import openml
from bench.data.catalogue import Known, known_files
from bench.data.fetch import Seen, UnreachableError, fetch
from bench.data.folders import cache_folder
from bench.data.series import COLLECTIONS, KnownSeries, known_series
from bench.errors import BenchError, unknown

SOURCES = ("adbench", "openml", "uci", *COLLECTIONS)
# How many failures of one call are shown in full.
SHOWN = 3


@dataclass(frozen=True)
class Item:
    """One data set to fetch. ``size`` is in bytes; 0 where it is known only afterwards."""

    label: str
    size: int
    fetch: Callable[[Seen], object]


def choose(names: Iterable[str]) -> list[Item]:
    """What names stand for: ``adbench:*cardio*``, ``openml:1466``, ``uci:193``, ``nab:*`` or ``smap:P-1``."""
    found = {item.label: item for name in names for item in _items(name)}
    return list(found.values())


def pull(items: Iterable[Item], seen: Callable[[Item], Seen], done: Callable[[Item], None]) -> None:
    """Fetch one after another. One that fails does not stop the others, unless nothing can be reached."""
    failures = []
    for item in items:
        try:
            item.fetch(seen(item))
        except UnreachableError:
            raise
        except BenchError as error:
            failures.append(str(error))
        else:
            done(item)
    if failures:
        more = len(failures) - SHOWN
        raise BenchError("; ".join([*failures[:SHOWN], *([f"and {more} more failed"] if more > 0 else [])]))


def _items(name: str) -> Iterator[Item]:
    source, _, rest = name.strip().partition(":")
    labels = [*(f"adbench:{known}" for known in known_files()), *known_series()]
    if source not in SOURCES or not rest:
        raise unknown("data set", name, labels)
    if source == "adbench":
        found = [known for known in known_files().values() if fnmatchcase(known.name.lower(), rest.lower())]
        if not found:
            raise unknown("data set", name, labels)
        yield from map(_adbench, found)
    elif source in COLLECTIONS:
        series = [known for label, known in known_series().items()
                  if fnmatchcase(label.lower(), name.strip().lower())]  # fmt: skip
        if not series:
            raise unknown("data set", name, labels)
        yield from map(_series, series)
    else:
        key = openml.key_of_uci(rest) if source == "uci" else openml.checked(rest)
        yield Item(name.strip(), 0, lambda _: openml.fetch(key))


def _adbench(known: Known) -> Item:
    file = cache_folder("adbench") / f"{known.name}.npz"
    download = partial(fetch, known.url, file, size=known.size, sha256=known.sha256)
    return Item(f"adbench:{known.name}", known.size, lambda seen: download(seen=seen))


def _series(known: KnownSeries) -> Item:
    return Item(known.label, known.size, lambda seen: _fetch_all(known, seen))


def _fetch_all(known: KnownSeries, seen: Seen) -> None:
    """Fetch a series' files, of which those it shares with others may be here."""
    before = 0
    for file in known.files:
        fetch(file.url, file.place, size=file.size, sha256=file.sha256, seen=_after(before, seen))
        before += file.size


def _after(before: int, seen: Seen) -> Seen:
    return lambda size: seen(before + size)
