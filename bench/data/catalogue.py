"""What is known of ADBench's files: what they hold, what identifies them, and where their rows come from."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REPOSITORY = "Minqi824/ADBench"
COMMIT = "3dac8221081e190f157d78e93bfa8867f90d0965"
# A mirror with the repository's folders below it can stand in for GitHub.
URL_VARIABLE = "BENCH_DATA_URL"


@dataclass(frozen=True, kw_only=True)
class Known:
    """One of ADBench's files. ``path`` is that within the repository; ``size`` is in bytes."""

    name: str
    path: str
    size: int
    sha256: str
    rows: int
    columns: int
    anomalies: int
    source: str
    licence: str

    @property
    def url(self) -> str:
        default = f"https://raw.githubusercontent.com/{REPOSITORY}/{COMMIT}"
        return f"{os.environ.get(URL_VARIABLE, default).rstrip('/')}/{self.path}"


@cache
def known_files() -> Mapping[str, Known]:
    """ADBench's files by name, such as ``6_cardio``."""
    sources = {row["name"]: row for row in _table("sources.csv")}
    return {
        row["name"]: Known(
            name=row["name"],
            path=row["path"],
            size=int(row["bytes"]),
            sha256=row["sha256"],
            rows=int(row["samples"]),
            columns=int(row["features"]),
            anomalies=int(row["anomalies"]),
            source=sources[row["name"]]["source"],
            licence=sources[row["name"]]["licence"],
        )
        for row in _table("manifest.csv")
    }


def _table(name: str) -> Iterator[dict[str, str]]:
    with (Path(__file__).parent / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
