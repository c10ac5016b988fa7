"""Reading MATLAB files in a process of its own: of a damaged one, scipy's reader may end its process."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np

from bench.errors import DataError
from bench.tables.arrays import check_plain, side_by_side
from bench.tables.chunks import Chunks, Wanted

COMMAND = (sys.executable, "-P", "-c", "from bench.tables import matlab; matlab.serve()")
# The exit code of a process that says why a file cannot be read.
REFUSED = 2
# Before each name: a matrix may be called "file", as numpy's own argument is.
MARK = "_"


def read_mat(path: Path, wanted: Wanted) -> Chunks:
    """The matrices of a MATLAB file side by side."""
    path.open("rb").close()
    found = subprocess.run([*COMMAND, str(path)], capture_output=True, check=False)
    if found.returncode == REFUSED:
        raise DataError(found.stderr.decode())
    if found.returncode:
        raise DataError(f"{path.name} cannot be read as a MAT file: it is damaged; save it anew")
    with np.load(io.BytesIO(found.stdout), allow_pickle=False) as arrays:
        return side_by_side({name.removeprefix(MARK): arrays[name] for name in arrays.files}, path, wanted)


def serve() -> None:
    """Write the matrices of the file that the last argument names to standard output, as an NPZ file; or, to
    standard error, why not.
    """
    path = Path(sys.argv[-1])
    try:
        written = io.BytesIO()
        np.savez(
            written, allow_pickle=False, **{MARK + name: array for name, array in _matrices(path).items()}
        )
    except DataError as error:
        sys.stderr.write(str(error))
        sys.exit(REFUSED)
    sys.stdout.buffer.write(written.getvalue())


def _matrices(path: Path) -> dict[str, np.ndarray]:
    from scipy.io import loadmat

    try:
        found = loadmat(path)
    except NotImplementedError:
        raise DataError(f"{path.name} is of MATLAB's version 7.3; save it with the option -v7") from None
    except Exception as error:  # of a damaged file scipy raises whatever comes, UnboundLocalError too
        why = " ".join(str(error).split())
        raise DataError(f"{path.name} cannot be read as a MAT file: {why}") from None
    matrices = {name: array for name, array in found.items() if not name.startswith("__")}
    check_plain(matrices, path)
    return matrices
