"""Tables of OpenML that were fetched, which are asked for by their numbers."""

from __future__ import annotations

from bench.data.openml import OpenmlTable, kept_openml, table_file
from bench.data.publishers import Entry, Publisher
from bench.data.related import related


def _entries() -> list[Entry]:
    return list(map(_entry, kept_openml()))


def _entry(found: OpenmlTable) -> Entry:
    return Entry(
        label=f"openml:{found.key}",
        rows=found.rows,
        columns=found.columns,
        size=table_file(found.key).stat().st_size,
        here="cache",
        licence=found.licence,
        related=related(f"openml:{found.id}"),
        source=f"OpenML {found.id}: {found.name}, version {found.version}",
    )


PUBLISHER = Publisher(order=1, entries=_entries)
