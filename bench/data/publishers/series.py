"""Collections of series: NAB, telemetry of NASA's, and the UCR archive."""

from __future__ import annotations

from bench.data.fetch import Seen, fetch
from bench.data.publishers import Entry, Item, Publisher
from bench.data.series import COLLECTIONS, KnownSeries, known_series


def _entries() -> list[Entry]:
    return list(map(_entry, known_series().values()))


def _entry(known: KnownSeries) -> Entry:
    collection = COLLECTIONS[known.collection]
    return Entry(
        label=known.label,
        rows=known.points,
        columns=known.channels,
        anomalies=known.anomalies,
        size=known.size,
        here="cache" if all(file.place.is_file() for file in known.files) else "",
        licence=collection.licence,
        source=collection.source,
    )


def _items() -> list[Item]:
    return list(map(_item, known_series().values()))


def _item(known: KnownSeries) -> Item:
    return Item(known.label, known.size, lambda seen: _fetch_all(known, seen))


def _fetch_all(known: KnownSeries, seen: Seen) -> None:
    """Fetch a series' files, of which those it shares with others may be here."""
    before = 0
    for file in known.files:
        fetch(file.url, file.place, size=file.size, sha256=file.sha256, seen=_after(before, seen))
        before += file.size


def _after(before: int, seen: Seen) -> Seen:
    return lambda size: seen(before + size)


PUBLISHER = Publisher(order=2, entries=_entries, collections=tuple(COLLECTIONS), items=_items)
