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
from bench.data.oddbench import OddTable, odd_tables
from bench.data.series import COLLECTIONS, KnownSeries, known_series
from bench.errors import BenchError, unknown

# What asks a server for a table by its number, and what is a collection of files.
TABLE_SERVERS = ("openml", "uci")
COLLECTED = ("adbench", "oddbench", *COLLECTIONS)
# How many failures of one call are shown in full.
SHOWN = 3


@dataclass(frozen=True)
class Item:
    """One data set to fetch. ``size`` is in bytes; 0 where it is known only afterwards."""

    label: str
    size: int
    fetch: Callable[[Seen], object]


def choose(names: Iterable[str]) -> list[Item]:
    """What names stand for: ``adbench:*cardio*``, ``oddbench:*``, ``openml:1466``, ``uci:193``, ``nab:*``."""
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
    name = name.strip()
    source, _, rest = name.partition(":")
    if source in TABLE_SERVERS and rest:
        key = openml.key_of_uci(rest) if source == "uci" else openml.checked(rest)
        yield Item(name, 0, lambda _: openml.fetch(key))
        return
    known = _known()
    found = [item for label, item in known.items() if fnmatchcase(label.lower(), name.lower())]
    if source not in COLLECTED or not found:
        raise unknown("data set", name, known)
    yield from found


def _known() -> dict[str, Item]:
    """All that is published as files, by label."""
    items = [
        *map(_adbench, known_files().values()),
        *map(_series, known_series().values()),
        *map(_odd, odd_tables().values()),
    ]
    return {item.label: item for item in items}


def _adbench(known: Known) -> Item:
    file = cache_folder("adbench") / f"{known.name}.npz"
    download = partial(fetch, known.url, file, size=known.size, sha256=known.sha256)
    return Item(f"adbench:{known.name}", known.size, lambda seen: download(seen=seen))


def _odd(table: OddTable) -> Item:
    file = table.file
    download = partial(fetch, file.url, file.place, size=file.size, sha256=file.sha256)
    return Item(f"oddbench:{table.name}", file.size, lambda seen: download(seen=seen))


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
