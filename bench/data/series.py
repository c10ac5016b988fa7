"""Real series that are known: where their files are published, what identifies them, and what they hold."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.data.folders import cache_folder

# What stands in for GitHub's raw files, with OWNER/NAME/COMMIT/ folders below it.
MIRROR_VARIABLE = "BENCH_GITHUB_URL"
COMMITS = {
    "numenta/NAB": "ea702d75cc2258d9d7dd35ca8e5e2539d71f3140",
    "imperial-qore/TranAD": "7ffb98d0c18189cc3d9ab732b4cb0278200a0af0",
    "khundman/telemanom": "2e6c5b6c3558e7835601519b7bdef37c649bdbdc",
}


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
class KnownFile:
    """A file of a public repository; ``size`` is in bytes."""

    repository: str
    path: str
    size: int
    sha256: str

    @property
    def url(self) -> str:
        mirror = os.environ.get(MIRROR_VARIABLE, "https://raw.githubusercontent.com").rstrip("/")
        return f"{mirror}/{self.repository}/{COMMITS[self.repository]}/{self.path}"

    @property
    def place(self) -> Path:
        """Where it lies in the cache once it was fetched: as in its repository."""
        return cache_folder("series") / self.repository / self.path


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
    files = [KnownFile(row["repository"], row["path"], int(row["bytes"]), row["sha256"])
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
