"""ADBench's files, and other files of the data folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import partial

from bench.data.catalogue import Known, known_files
from bench.data.fetch import fetch
from bench.data.folders import cache_folder, data_folder
from bench.data.publishers import Entry, Item, Publisher
from bench.data.related import related


def _entries() -> list[Entry]:
    return [*map(_entry, known_files().values()), *_own()]


def _entry(known: Known) -> Entry:
    return Entry(
        label=f"adbench:{known.name}",
        rows=known.rows,
        columns=known.columns,
        anomalies=known.anomalies,
        size=known.size,
        here=_where(known),
        licence=known.licence,
        source=known.source,
        related=related(known.name),
    )


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
            yield Entry(label=f"adbench:{file.stem}", size=file.stat().st_size, here="data folder")


def _items() -> list[Item]:
    return list(map(_item, known_files().values()))


def _item(known: Known) -> Item:
    file = cache_folder("adbench") / f"{known.name}.npz"
    download = partial(fetch, known.url, file, size=known.size, sha256=known.sha256)
    return Item(f"adbench:{known.name}", known.size, lambda seen: download(seen=seen))


PUBLISHER = Publisher(order=0, entries=_entries, collections=("adbench",), items=_items)
