"""Tables of OpenML, and those of UCI that OpenML mirrors: fetched once, then kept in the cache folder.

UCI has no interface with checksums or versions of its own; scikit-learn's `fetch_openml` checks OpenML's.
"""

from __future__ import annotations

import csv
import json
import re
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.data.fetch import UnreachableError
from bench.data.folders import cache_folder, unwritable
from bench.errors import BenchError, unknown
from bench.files import replace_file

if TYPE_CHECKING:
    import pandas as pd

_NAME = re.compile(r"(?P<name>[\w.+-]*[^\W\d][\w.+-]*)(:(?P<version>\d+))?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class OpenmlTable:
    """What OpenML says of a table. ``target`` is the column to predict, "" where none is named."""

    key: str
    id: str
    name: str
    version: str
    target: str
    licence: str
    md5: str
    rows: int
    columns: int


def read_openml(key: str) -> tuple[OpenmlTable, pd.DataFrame]:
    """A table of the cache with all its columns; BenchError with the command that fetches it otherwise."""
    import pandas as pd

    table = find_openml(key)
    return table, pd.read_parquet(table_file(table.key))


def find_openml(key: str) -> OpenmlTable:
    """What is known of a table of the cache: ``key`` is an identifier, or ``name:version``."""
    description = _cached(checked(key), ".json")
    if not description.is_file():
        raise BenchError(
            f"openml:{key} is not here yet; fetch it with: python -m bench data pull openml:{key}"
        )
    return OpenmlTable(**json.loads(description.read_text(encoding="utf-8")))


def kept_openml() -> list[OpenmlTable]:
    """The tables of the cache."""
    files = sorted(cache_folder("openml").glob("*.json"))
    return [OpenmlTable(**json.loads(file.read_text(encoding="utf-8"))) for file in files]


def fetch(key: str) -> OpenmlTable:
    """Fetch a table from OpenML into the cache, unless it is there."""
    key = checked(key)
    if _cached(key, ".json").is_file():
        return find_openml(key)
    from http.client import HTTPException
    from urllib.error import HTTPError

    from sklearn.datasets import fetch_openml

    name, _, version = key.partition(":")
    which = {"name": name, "version": int(version)} if version else {"data_id": int(key)}
    try:
        with warnings.catch_warnings():
            for tries_again in ("A network error occurred", "Downloaded file could have been corrupted"):
                warnings.filterwarnings("ignore", tries_again)
            # Kept below as a whole, so that nothing is left of a fetch that was interrupted. The faster
            # parser of scikit-learn 1.9 fails on classes that are numbers, with pandas from 3.1.
            found = fetch_openml(**which, as_frame=True, parser="liac-arff", cache=False)
    except HTTPError as error:
        raise BenchError(f"OpenML does not give {key!r}: {error.code} {error.reason}") from None
    except (OSError, HTTPException):
        raise UnreachableError(
            "www.openml.org cannot be reached; connect to the network and run it again"
        ) from None
    except ValueError as error:  # an unknown name, a wrong checksum
        raise BenchError(f"OpenML does not give {key!r}: {str(error).partition('. ')[0]}") from None
    return _keep(key, found)


def checked(key: str) -> str:
    """``key`` with a version where it is a name; BenchError where it is no key of OpenML's."""
    if key.isdecimal():
        return key
    found = _NAME.fullmatch(key)
    if not found:
        raise BenchError(
            f"{key!r} is no OpenML data set; write its number or NAME:VERSION, such as ionosphere:1"
        )
    return f"{found['name']}:{found['version'] or 1}"


def key_of_uci(identifier: str) -> str:
    """OpenML's identifier of a table of UCI's; BenchError where none is known."""
    if identifier not in uci_tables():
        raise BenchError(
            f"{unknown('UCI identifier', identifier, uci_tables())}; for another, look for the table on "
            "www.openml.org and write openml:ID"
        )
    return uci_tables()[identifier]


def _keep(key: str, found: Any) -> OpenmlTable:
    frame, details = found.frame, found.details
    targets = found.target_names or []
    table = OpenmlTable(
        key=key,
        id=str(details["id"]),
        name=str(details["name"]),
        version=str(details["version"]),
        target=targets[0] if len(targets) == 1 else "",
        licence=str(details.get("licence", "")),
        md5=str(details.get("md5_checksum", "")),
        rows=len(frame),
        columns=frame.shape[1] - len(targets),
    )
    try:
        table_file(key).parent.mkdir(parents=True, exist_ok=True)
        replace_file(table_file(key), frame.to_parquet())
        # Written last: where there is a description, there is a whole table.
        replace_file(_cached(key, ".json"), json.dumps(asdict(table)).encode())
    except OSError as error:
        raise unwritable(table_file(key).parent, error) from None
    except (TypeError, ValueError) as error:
        why = str(error).partition("\n")[0]
        raise BenchError(f"OpenML's {key!r} cannot be kept as a table: {why}") from None
    return table


def table_file(key: str) -> Path:
    """The Parquet file of a table in the cache, whether it is there or not."""
    return _cached(key, ".parquet")


def _cached(key: str, ending: str) -> Path:
    # A colon is not allowed in names of files everywhere.
    return cache_folder("openml") / f"{key.replace(':', '-v')}{ending}"


@cache
def uci_tables() -> Mapping[str, str]:
    """OpenML's identifiers by UCI's, for tables that OpenML mirrors."""
    with (Path(__file__).parent / "uci.csv").open(encoding="utf-8", newline="") as file:
        return {row["uci"]: row["openml"] for row in csv.DictReader(file)}
