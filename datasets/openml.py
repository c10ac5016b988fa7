"""Tables of OpenML, and those of UCI that it mirrors, with some classes for anomalous."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from bench import DataError, Labels, Scaling, Split, check_choice, dataset
from bench.data import find_openml, kept_openml, key_of_uci, read_openml
from bench.data import uci_tables as mirrored

from ._encoded import encoded_split

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

LICENCE = "each table's own; `data list` shows it"


def tables() -> list[dict[str, Any]]:
    return [{"id": table.key} for table in kept_openml()]


def uci_tables() -> list[dict[str, Any]]:
    here = {table.key for table in kept_openml()}
    return [{"id": identifier} for identifier, key in mirrored().items() if key in here]


def fingerprint(id: Any, **_: Any) -> str:
    """OpenML's own checksum, and a hash of the code that infers what the columns hold."""
    from bench.tables import code_hash

    return f"{find_openml(str(id)).md5} {code_hash()}"


def uci_fingerprint(id: Any, **_: Any) -> str:
    return fingerprint(key_of_uci(str(id)))


@lru_cache(maxsize=1)
def _table(key: str, _: str) -> tuple[str, pd.DataFrame]:
    """The name of the column of classes and the table, kept for the next seed."""
    from bench.tables import tidy

    known, frame = read_openml(key)
    return known.target, tidy(frame, f"openml:{key}")


@dataset(
    variants=tables,
    fingerprint=fingerprint,
    hint="fetch a table with `data pull openml:ID`",
    licence=LICENCE,
)
def openml(
    rng: np.random.Generator,
    id: str,
    *,
    target: str = "",
    anomaly: Any = "",
    test: float = 0.3,
    calibration: float = 0.2,
    scaling: Scaling = "standard",
) -> Split:
    """A table of OpenML that was pulled, by number or name and version: openml:1466, openml:ionosphere:1.

    ``target`` is the column of classes, OpenML's own choice by default. ``anomaly`` is the class that is
    anomalous, or a list of them, as in anomaly=[9,10]; by default the rarest. All others are normal; rows
    without a class are left out.

    Split at random, stratified by label: ``test`` and ``calibration`` are fractions of all rows; equal rows
    stay together. Missing values are filled in and text is encoded as the training rows say.
    """
    return _split(str(id), target, anomaly, rng, test=test, calibration=calibration, scaling=scaling)


@dataset(
    variants=uci_tables,
    fingerprint=uci_fingerprint,
    hint="fetch a table with `data pull uci:ID`",
    licence=LICENCE,
)
def uci(
    rng: np.random.Generator,
    id: str,
    *,
    target: str = "",
    anomaly: Any = "",
    test: float = 0.3,
    calibration: float = 0.2,
    scaling: Scaling = "standard",
) -> Split:
    """A table of UCI that was pulled from its mirror at OpenML, by UCI's number: uci:193.

    The parameters are those of the dataset `openml`.
    """
    return _split(
        key_of_uci(str(id)), target, anomaly, rng, test=test, calibration=calibration, scaling=scaling
    )


def _split(key: str, target: str, anomaly: Any, rng: np.random.Generator, **how: Any) -> Split:
    default, table = _table(key, find_openml(key).md5)
    column = target or default
    if not column:
        raise DataError(f"OpenML names no column of classes for {key!r}; choose one with target=COLUMN")
    check_choice("target", column, table.columns)
    table = table[table[column].notna()]
    return encoded_split(table.drop(columns=column), _labels(table[column], anomaly), rng, **how)


def _labels(target: pd.Series, anomaly: Any) -> Labels:
    """1 where the target is one of the anomalous classes, or of the rarest one."""
    from bench.tables import as_label

    classes = target.map(as_label)
    counts = classes.value_counts()
    wanted = [as_label(value) for value in (anomaly if isinstance(anomaly, list) else [anomaly])]
    if wanted == [""]:
        rarest = counts.index[counts == counts.min()]
        if len(rarest) > 1:
            raise DataError(
                f"{len(rarest)} values of {target.name!r} are equally rare; say which are anomalous with "
                "anomaly=VALUE"
            )
        wanted = list(rarest)
    for value in wanted:
        check_choice(f"value of {target.name!r}", value, counts.index)
    return classes.isin(wanted).to_numpy().astype(int)
