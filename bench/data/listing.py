"""Each real data set that is known or here, with what is known of it and where it lies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from bench.data import oddbench, openml
from bench.data.catalogue import Known, known_files
from bench.data.folders import cache_folder, data_folder
from bench.data.oddbench import OddTable, odd_tables, where_odd
from bench.data.series import COLLECTIONS, KnownSeries, known_series
from bench.splits.sources import source_of

# Real data that scikit-learn brings along.
BUNDLED = ("breast_cancer", "digits")


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A data set. ``here`` says where it lies, "" for nowhere; numbers are None where they are not known."""

    label: str
    rows: int | None = None
    columns: int | None = None
    anomalies: int | None = None
    size: int
    here: str = ""
    licence: str = ""
    source: str = ""
    related: tuple[str, ...] = ()


def entries(patterns: Sequence[str] = ()) -> list[Entry]:
    """ADBench's files, other files of the data folder, tables kept from OpenML, known series, and OddBench's.

    OddBench's many tables are one entry. With patterns: the data sets, each for itself, whose labels match.
    """
    found = [
        *map(_adbench, known_files().values()),
        *_own(),
        *map(_openml, openml.kept_openml()),
        *map(_series, known_series().values()),
    ]
    tables = list(map(_odd, odd_tables().values()))
    if not patterns:
        return [*found, _together(tables)]
    wanted = [pattern.lower() for pattern in patterns]
    return [entry for entry in (*found, *tables)
            if any(fnmatchcase(entry.label.lower(), pattern) for pattern in wanted)]  # fmt: skip


def _adbench(known: Known) -> Entry:
    return Entry(
        label=f"adbench:{known.name}",
        rows=known.rows,
        columns=known.columns,
        anomalies=known.anomalies,
        size=known.size,
        here=_where(known),
        licence=known.licence,
        source=known.source,
        related=_related(known.name),
    )


def _related(name: str, among: Iterable[str] = ()) -> tuple[str, ...]:
    """The other data sets, fetched or bundled or of ``among``, that come from the same source."""
    source = source_of(name)
    others = (other for other in (*known_files(), *BUNDLED, *among) if source and other != name)
    return tuple(other for other in others if source_of(other) is source)


def _where(known: Known) -> str:
    """The folder in which the file is found first, and whether its content is another than ADBench's."""
    for word, folder in (("data folder", data_folder()), ("cache", cache_folder("adbench"))):
        file = folder / f"{known.name}.npz" if folder else None
        if file and file.is_file():
            same = hashlib.sha256(file.read_bytes()).hexdigest() == known.sha256
            return word if same else f"{word}, other content"
    return ""


def _own() -> Iterator[Entry]:
    folder = data_folder()
    for file in sorted(folder.glob("*.npz")) if folder else ():
        if file.stem not in known_files():
            yield Entry(label=f"adbench:{file.stem}", size=_size(file), here="data folder")


def _openml(found: openml.OpenmlTable) -> Entry:
    return Entry(
        label=f"openml:{found.key}",
        rows=found.rows,
        columns=found.columns,
        size=_size(openml.table_file(found.key)),
        here="cache",
        licence=found.licence,
        related=_related(f"openml:{found.id}"),
        source=f"OpenML {found.id}: {found.name}, version {found.version}",
    )


def _series(known: KnownSeries) -> Entry:
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


def _odd(table: OddTable) -> Entry:
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
        licence=oddbench.LICENCE,
        source=f"{oddbench.SOURCE}, of {table.repository}{leaks}",
        related=_related(label, (f"oddbench:{name}" for name in odd_tables())),
    )


def _together(tables: Sequence[Entry]) -> Entry:
    clean = sum(table.is_clean for table in odd_tables().values())
    here = sum(bool(table.here) for table in tables)
    return Entry(
        label="oddbench:*",
        size=sum(table.size for table in tables),
        here=f"{here} of them" if here else "",
        licence=oddbench.LICENCE,
        source=f"{oddbench.SOURCE}: {len(tables)} tables, of which {clean} do not leak",
    )


def _size(file: Path) -> int:
    return file.stat().st_size
