"""Reading the npz files of ADBench's format: arrays X (rows x columns) and y (0 normal, 1 anomalous)."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from bench import DataError
from bench.data import find_npz, npz_names

if TYPE_CHECKING:
    import numpy as np

HINT = (
    "fetch ADBench's files with `data pull adbench:*`, or give a folder of npz files with --data-dir or "
    "BENCH_DATA_DIR"
)


def files() -> list[dict[str, Any]]:
    return [{"file": name} for name in npz_names()]


def file_hash(file: str, **_: Any) -> str:
    return hashlib.sha256(find_npz(file).read_bytes()).hexdigest()[:16]


def legacy_state(rng: np.random.Generator) -> np.random.RandomState:
    """NumPy's legacy generator with the trial's seed, as studies that call ``np.random.seed`` draw from it.

    ``rng`` is the dataset's generator.
    """
    import numpy as np

    seeds = rng.bit_generator.seed_seq
    assert isinstance(seeds, np.random.SeedSequence)
    return np.random.RandomState(seeds.entropy)


def read(file: str) -> tuple[np.ndarray, np.ndarray]:
    """The rows and the labels of a file, in its order. Raises DataError if it cannot be read as such."""
    import numpy as np

    path = find_npz(file)
    try:
        arrays = np.load(path, allow_pickle=False)
        if not isinstance(arrays, np.lib.npyio.NpzFile):
            raise ValueError("it holds a single array")
        with arrays:
            missing = {"X", "y"} - set(arrays.files)
            if missing:
                raise DataError(f"{path.name} has no array {' and no array '.join(sorted(missing))}")
            return arrays["X"], np.ravel(arrays["y"])
    except (OSError, EOFError, ValueError, BadZipFile, zlib.error) as error:
        raise DataError(
            f"{path.name} cannot be read as an npz file without pickled objects: {error}"
        ) from None
