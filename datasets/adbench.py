"""The npz files of a folder, in ADBench's format: arrays X (rows x columns) and y (0 normal, 1 anomalous)."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

from bench import Split, dataset
from bench.errors import BenchError, DataError

if TYPE_CHECKING:
    import numpy as np


def data_folder() -> Path | None:
    folder = os.environ.get("BENCH_DATA_DIR")
    return Path(folder) if folder else None


def files() -> list[dict[str, Any]]:
    folder = data_folder()
    names = sorted(path.stem for path in folder.glob("*.npz")) if folder else []
    return [{"file": name} for name in names]


def file_hash(file: str, **_: Any) -> str:
    return hashlib.sha256(find(file).read_bytes()).hexdigest()[:16]


def find(name: str) -> Path:
    folder = data_folder()
    if folder is None:
        raise BenchError(f"no folder to find {name!r} in; give --data-dir or set BENCH_DATA_DIR")
    path = folder / f"{name}.npz"
    if Path(name).name != name or not path.is_file():
        raise BenchError(f"there is no file {name + '.npz'!r} in the data folder {str(folder)!r}")
    return path


@dataset(
    variants=files,
    fingerprint=file_hash,
    hint="no npz files; give a folder of them with --data-dir or BENCH_DATA_DIR",
)
def adbench(
    rng: np.random.Generator,
    file: str,
    *,
    test: float = 0.3,
    calibration: float = 0.2,
    scaling: str = "standard",
) -> Split:
    """A table from an npz file of --data-dir, such as ADBench's: adbench:6_cardio.

    Split at random, stratified by label: ``test`` and ``calibration`` are shares of all rows. Source of
    the format: Han et al., ADBench, NeurIPS 2022.
    """
    import numpy as np

    path = find(file)
    try:
        arrays = np.load(path, allow_pickle=False)
        if not isinstance(arrays, np.lib.npyio.NpzFile):
            raise ValueError("it holds a single array")
        with arrays:
            missing = {"X", "y"} - set(arrays.files)
            if missing:
                raise DataError(f"{path.name} has no array {' and no array '.join(sorted(missing))}")
            X, y = arrays["X"], arrays["y"]
    except (OSError, EOFError, ValueError, BadZipFile) as error:
        raise DataError(
            f"{path.name} cannot be read as an npz file without pickled objects: {error}"
        ) from None
    return Split.stratified(X, np.ravel(y), rng, test=test, calibration=calibration, scaling=scaling)
