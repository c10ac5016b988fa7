"""Each real data set that is known or here, with what is known of it and where it lies."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.data import openml
from bench.data.catalogue import Known, known_files
from bench.data.folders import cache_folder, data_folder
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


def entries() -> list[Entry]:
    """ADBench's files, other files of the data folder, the tables kept from OpenML, and known series."""
    return [
        *map(_adbench, known_files().values()),
        *_own(),
        *map(_openml, openml.kept_openml()),
        *map(_series, known_series().values()),
    ]


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


def _related(name: str) -> tuple[str, ...]:
    """The other data sets, fetched or bundled, that come from the same source."""
    source = source_of(name)
    others = (other for other in (*known_files(), *BUNDLED) if source and other != name)
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


def _size(file: Path) -> int:
    return file.stat().st_size
