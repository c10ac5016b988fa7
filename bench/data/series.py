"""Real series that are known: where their files are published, what identifies them, and what they hold."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.data.github import KnownFile

# The folder in the cache.
CACHE = "series"


@dataclass(frozen=True)
class Collection:
    """Series that were published together."""

    source: str
    licence: str


_TELEMETRY = "Hundman et al., KDD 2018: telemetry of NASA's"
COLLECTIONS = {
    "nab": Collection("Numenta Anomaly Benchmark (Lavin and Ahmad, ICMLA 2015)", "MIT; AGPL-3.0 until 2024"),
    "smap": Collection(f"{_TELEMETRY} SMAP satellite", "Caltech, as telemanom's LICENSE.txt"),
    "msl": Collection(f"{_TELEMETRY} Mars rover", "Caltech, as telemanom's LICENSE.txt"),
    "ucr": Collection("UCR Anomaly Archive (Wu and Keogh, TKDE 2021), four of 250", "none stated"),
}


@dataclass(frozen=True)
class KnownSeries:
    """A series of a collection; ``files`` are all that it is read from, its labels included."""

    collection: str
    name: str
    files: tuple[KnownFile, ...]
    points: int
    channels: int
    anomalies: int

    @property
    def label(self) -> str:
        return f"{self.collection}:{self.name}"

    @property
    def size(self) -> int:
        return sum(file.size for file in self.files)


@dataclass(frozen=True)
class TsbAdSource:
    """From which published series TSB-AD's was made, of which it has ``points`` points.

    ``agrees``: "scores" where detectors' published figures on it are those that our file gives, "labels"
    where length, first anomaly and number of anomalous points were compared, and nothing else could be.
    """

    collection: str
    series: str
    points: int
    channels: int
    agrees: str


@cache
def known_series() -> Mapping[str, KnownSeries]:
    """The series that can be fetched, by label, such as ``nab:nyc_taxi`` or ``smap:P-1``."""
    shared: dict[str, list[dict[str, str]]] = {}
    own: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in _table("series.csv"):
        if row["series"]:
            own.setdefault((row["collection"], row["series"]), []).append(row)
        else:
            shared.setdefault(row["collection"], []).append(row)
    found = [_series(key, rows, shared.get(key[0], [])) for key, rows in own.items()]
    return {each.label: each for each in found}


def _series(key: tuple[str, str], rows: list[dict[str, str]], shared: list[dict[str, str]]) -> KnownSeries:
    files = [KnownFile(row["repository"], row["path"], int(row["bytes"]), row["sha256"], CACHE)
             for row in (*rows, *shared)]  # fmt: skip
    points, anomalies = (sum(int(row[name]) for row in rows) for name in ("points", "anomalies"))
    return KnownSeries(*key, tuple(files), points, int(rows[0]["channels"]), anomalies)


@cache
def tsb_ad_sources() -> Mapping[str, TsbAdSource]:
    """The series of TSB-AD that can be made from published ones, by its file's name without the ending."""
    return {
        row["name"]: TsbAdSource(
            row["collection"], row["series"], int(row["points"]), int(row["channels"]), row["agrees"]
        )
        for row in _table("tsb_ad.csv")
    }


def _table(name: str) -> Iterator[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
