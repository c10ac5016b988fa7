"""OddBench's tables, each with the split that its file brings along."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from bench import DataError, Scaling, Split, dataset
from bench.data import find_odd, odd_names

if TYPE_CHECKING:
    import numpy as np

ARRAYS = ("train", "test", "test_labels")


def _files() -> list[dict[str, Any]]:
    return [{"table": name} for name in odd_names()]


def _hash(table: str, **_: Any) -> str:
    return hashlib.sha256(find_odd(table).read_bytes()).hexdigest()[:16]


@dataset(
    variants=_files,
    fingerprint=_hash,
    hint="fetch OddBench's tables with `data pull oddbench:*`, or give a folder that has a folder 'oddbench' "
    "of npz files with --data-dir or BENCH_DATA_DIR",
    licence="none stated",
)
def oddbench(rng: np.random.Generator, table: str, *, rows: int = 0, scaling: Scaling = "standard") -> Split:
    """A table of OddBench, with its own split: oddbench:WineQuality.

    Training rows are normal. A pattern stands for the tables that are here and do not leak: in 550 of 759 at
    most a tenth of the test rows equal a training row, and a tenth of the anomalies a normal row. The others
    are to be named in full. ``rows``: of more training rows than this a random sample is learnt from, of more
    test rows a sample is tested on, in which the share of anomalies is the table's; 0 takes all. Source:
    macrOData, arXiv 2602.09329; the repository psorus/Outformer.
    """
    import numpy as np

    arrays = _read(table)
    X_train, X_test, y_test = (arrays[name] for name in ARRAYS)
    train_rng, test_rng = rng.spawn(2)
    if 0 < rows < len(X_train):
        X_train = X_train[np.sort(train_rng.permutation(len(X_train))[:rows])]
    if 0 < rows < len(X_test):
        tested = _share(y_test, rows, test_rng)
        X_test, y_test = X_test[tested], y_test[tested]
    return Split(X_train, np.zeros(len(X_train), dtype=int), X_test, y_test, scaling=scaling)


def _share(y: np.ndarray, rows: int, rng: np.random.Generator) -> np.ndarray:
    """The ascending indices of a sample of ``rows`` rows with the share of anomalies that ``y`` has."""
    import numpy as np

    anomalies = max(1, round(rows * float((y == 1).mean())))
    parts = [rng.permutation(np.flatnonzero(y == value)) for value in (0, 1)]
    return np.sort(np.concatenate([parts[0][: rows - anomalies], parts[1][:anomalies]]))


def _read(table: str) -> dict[str, np.ndarray]:
    """The arrays of a table. Raises DataError if it cannot be read as one."""
    import numpy as np

    path = find_odd(table)
    try:
        with np.load(path, allow_pickle=False) as arrays:
            missing = [name for name in ARRAYS if name not in arrays.files]
            if missing:
                raise DataError(f"{path.name} has no array {' and no array '.join(missing)}")
            found = {name: arrays[name] for name in ARRAYS}
            if "train_labels" in arrays.files and arrays["train_labels"].any():
                raise DataError(f"{path.name} has anomalies among its training rows, which are to be normal")
            return found
    except (OSError, EOFError, ValueError, AttributeError, BadZipFile, zlib.error) as error:
        raise DataError(
            f"{path.name} cannot be read as an npz file without pickled objects: {error}"
        ) from None
