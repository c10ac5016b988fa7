"""What a person can ask to be fetched, by name or pattern, and fetching it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase

from bench.data import openml
from bench.data.fetch import Seen, UnreachableError
from bench.data.publishers import Item, find_publishers
from bench.errors import BenchError, unknown

# What asks a server for a table by its number.
TABLE_SERVERS = ("openml", "uci")
# How many failures of one call are shown in full.
SHOWN = 3


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
    publishers = find_publishers()
    known = {item.label: item for publisher in publishers for item in publisher.items()}
    found = [item for label, item in known.items() if fnmatchcase(label.lower(), name.lower())]
    if not found or not any(source in publisher.collections for publisher in publishers):
        raise unknown("data set", name, known)
    yield from found
