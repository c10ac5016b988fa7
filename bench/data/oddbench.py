"""OddBench's tables: what is known of each, which leak, and where they lie on this machine."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path

from bench.data.folders import cache_folder, data_folder
from bench.data.github import KnownFile
from bench.errors import BenchError

REPOSITORY, FOLDER = "psorus/Outformer", "benchmarks/oddbench"
# The folder's name, by which it is known in the data folder.
NAME = "oddbench"
# A table of which more test rows are training rows, or more anomalies equal a normal row, says little of a
# detector: it has seen what it is tested on, or cannot tell what nothing tells apart.
MOST_COPIES = MOST_CONFLICTS = 0.1
SOURCE = "OddBench (macrOData, arXiv 2602.09329)"
LICENCE = "none stated: pulled, never passed on"


@dataclass(frozen=True, kw_only=True)
class OddTable:
    """A table of OddBench.

    train, test, columns, anomalies: its training rows, all of them normal; its test rows, its columns, and
    the anomalies among the test rows. copies: the share of test rows that equal a training row. conflicts:
    the share of test anomalies that equal a normal row. published: the ROC AUC of an isolation forest, as
    the file has it. repository: of whoever collected the rows.
    """

    name: str
    file: KnownFile
    train: int
    test: int
    columns: int
    anomalies: int
    copies: float
    conflicts: float
    published: float
    repository: str

    @property
    def is_clean(self) -> bool:
        """Whether few test rows are copies of training rows, and few anomalies of normal rows."""
        return self.copies <= MOST_COPIES and self.conflicts <= MOST_CONFLICTS


@cache
def odd_tables() -> Mapping[str, OddTable]:
    """The 759 tables that can be fetched, of 790, by name."""
    with (Path(__file__).parent / "oddbench.csv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: _table(row) for row in csv.DictReader(file)}


def _table(row: Mapping[str, str]) -> OddTable:
    path = f"{FOLDER}/{row['name']}.npz"
    return OddTable(
        name=row["name"],
        file=KnownFile(REPOSITORY, path, int(row["bytes"]), row["sha256"], cache=NAME),
        train=int(row["train"]),
        test=int(row["test"]),
        columns=int(row["columns"]),
        anomalies=int(row["anomalies"]),
        copies=float(row["copies"]),
        conflicts=float(row["conflicts"]),
        published=float(row["published"]),
        repository=row["repository"],
    )


def odd_names() -> list[str]:
    """The tables that patterns stand for: those that are here and clean, or not known."""
    known = odd_tables()
    here = {path.stem for folder in _folders() for path in folder.glob("*.npz")}
    return sorted(name for name in here if name not in known or known[name].is_clean)


def where_odd(name: str) -> str:
    """In which folder a table is found first: "data folder", "cache", or "" for neither."""
    for folder in _folders():
        if (folder / f"{name}.npz").is_file():
            return "cache" if folder == _cached() else "data folder"
    return ""


def find_odd(name: str) -> Path:
    """The file of that name in the data folder, else in the cache; BenchError where it is in neither."""
    if Path(name).name != name or "\\" in name:
        raise BenchError(f"{name!r} is no name of a table; give it without folders, such as 'WineQuality'")
    for folder in _folders():
        file = folder / f"{name}.npz"
        if file.is_file():
            return file
    if name in odd_tables():
        raise BenchError(f"{name} is not here yet; fetch it with: python -m bench data pull oddbench:{name}")
    near = get_close_matches(name, odd_tables(), n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "`python -m bench data list` shows what there is"
    raise BenchError(f"OddBench has no table {name!r}; {hint}")


def _folders() -> Iterator[Path]:
    """Where tables may be: in the data folder as it is or as the repository's, and in the cache."""
    own = data_folder()
    if own is not None:
        for folder in (own, own / NAME, own / FOLDER):
            if folder.resolve().name == NAME:
                yield folder
    yield _cached()


def _cached() -> Path:
    return cache_folder(NAME) / REPOSITORY / FOLDER
