"""OddBench's tables."""

from __future__ import annotations

from functools import partial

from bench.data.fetch import fetch
from bench.data.oddbench import LICENCE, SOURCE, OddTable, odd_tables, where_odd
from bench.data.publishers import Entry, Item, Publisher
from bench.data.related import related


def _entries() -> list[Entry]:
    return list(map(_entry, odd_tables().values()))


def _entry(table: OddTable) -> Entry:
    leaks = ""
    if not table.is_clean:
        leaks = (
            f", leaks: {table.copies:.0%} of test rows are training rows, {table.conflicts:.0%} of anomalies "
            "normal rows"
        )
    label = f"oddbench:{table.name}"
    return Entry(
        label=label,
        rows=table.train + table.test,
        columns=table.columns,
        anomalies=table.anomalies,
        size=table.file.size,
        here=where_odd(table.name),
        licence=LICENCE,
        source=f"{SOURCE}, of {table.repository}{leaks}",
        related=related(label, (f"oddbench:{name}" for name in odd_tables())),
    )


def _together(tables: list[Entry]) -> Entry:
    clean = sum(table.is_clean for table in odd_tables().values())
    here = sum(bool(table.here) for table in tables)
    return Entry(
        label="oddbench:*",
        size=sum(table.size for table in tables),
        here=f"{here} of them" if here else "",
        licence=LICENCE,
        source=f"{SOURCE}: {len(tables)} tables, of which {clean} do not leak",
    )


def _items() -> list[Item]:
    return list(map(_item, odd_tables().values()))


def _item(table: OddTable) -> Item:
    file = table.file
    download = partial(fetch, file.url, file.place, size=file.size, sha256=file.sha256)
    return Item(f"oddbench:{table.name}", file.size, lambda seen: download(seen=seen))


PUBLISHER = Publisher(order=3, entries=_entries, together=_together, collections=("oddbench",), items=_items)
