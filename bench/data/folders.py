"""Where data lie on this machine: the user's data folder, and the cache of what was fetched."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path

from bench.data.catalogue import known_files
from bench.errors import BenchError

DATA_VARIABLE = "BENCH_DATA_DIR"
CACHE_VARIABLE = "BENCH_CACHE_DIR"


def data_folder() -> Path | None:
    """The user's own folder of npz files, if there is one."""
    folder = os.environ.get(DATA_VARIABLE)
    return Path(folder) if folder else None


def cache_folder(source: str) -> Path:
    """Where what was fetched from a source is kept: below BENCH_CACHE_DIR or the user's cache folder."""
    folder = os.environ.get(CACHE_VARIABLE)
    if folder:
        return Path(folder) / source
    from platformdirs import user_cache_path

    return user_cache_path("detector-bench") / source


def unwritable(folder: Path, error: OSError) -> BenchError:
    """What to say where the cache cannot be written to."""
    why = error.strerror or error
    return BenchError(f"cannot write to the cache folder {folder}: {why}; set {CACHE_VARIABLE} to another")


def npz_names() -> list[str]:
    """The npz files that patterns stand for: those of the data folder, or of the cache without one."""
    folder = data_folder() or cache_folder("adbench")
    return sorted(path.stem for path in folder.glob("*.npz"))


def find_npz(name: str) -> Path:
    """The npz file of that name in the data folder, else in the cache; BenchError where it is in neither."""
    own = data_folder()
    if Path(name).name != name or "\\" in name:
        raise BenchError(f"{name!r} is no name of a data file; give it without folders, such as '6_cardio'")
    for folder in filter(None, (own, cache_folder("adbench"))):
        path = folder / f"{name}.npz"
        if path.is_file():
            return path
    if name in known_files():
        raise BenchError(
            f"{name}.npz is not here yet; fetch it with: python -m bench data pull adbench:{name}"
        )
    near = get_close_matches(name, [*npz_names(), *known_files()], n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else "give the folder that it is in with --data-dir"
    where = f" in the data folder {str(own)!r}" if own else ""
    raise BenchError(f"there is no file {name + '.npz'!r}{where}; {hint}")
