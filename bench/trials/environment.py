"""What a record was made with: machine, interpreter, library versions and the state of the code."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, version
from pathlib import Path

import msgspec
from msgspec import Struct

from bench.errors import BenchError, unknown
from bench.plugins.registry import on_pypi

# Libraries whose version can move any score. A detector adds those that it requires.
CORE_LIBRARIES = ("numpy", "scipy", "sklearn")
RECORDED_LIBRARIES = (*CORE_LIBRARIES, "torch", "pyod", "pandas")

# Set before a numerical library loads, so that two jobs do not fight for the same cores and results do
# not depend on how many jobs there are.
THREAD_VARIABLES = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS", "LOKY_MAX_CPU_COUNT",
)  # fmt: skip

# Names the device for detectors that can use a GPU; worker processes inherit it.
DEVICE_VARIABLE = "BENCH_DEVICE"
DEVICES = ("auto", "cpu", "cuda")


class Gpu(Struct, frozen=True):
    """A GPU that detectors may use, its driver and the version of CUDA that torch was built for."""

    name: str
    driver: str
    cuda: str | None


class Environment(Struct, frozen=True, kw_only=True):
    """What records were made with. What is not known is empty, 0 or None."""

    bench: str = ""
    code: str | None = None
    python: str = ""
    system: str = ""
    cpu: str = ""
    cores: int | None = None
    memory_gib: float = 0.0
    threads_per_trial: int = 0
    gpu: Gpu | None = None
    libraries: dict[str, str] = {}


def device() -> str:
    """The device that plugins may use in this process; detectors read ``train.device`` instead.

    Returns
    -------
    str
        "cuda" where the run lets detectors use a GPU, else "cpu".
    """
    return os.environ.get(DEVICE_VARIABLE, "cpu")


def choose_device(wanted: str) -> None:
    """Set the device for this process and those that it starts: auto, cpu or cuda.

    Raises BenchError for another name, and for cuda where there is no such device.
    """
    if wanted not in DEVICES:
        raise unknown("device", wanted, DEVICES)
    found = wanted != "cpu" and _has_cuda()
    if wanted == "cuda" and not found:
        raise BenchError("--device cuda: torch finds no CUDA device here; use --device cpu")
    os.environ[DEVICE_VARIABLE] = "cuda" if found else "cpu"


def _has_cuda() -> bool:
    # torch takes a second to import: only where there is a driver.
    if not Path("/proc/driver/nvidia").exists() and shutil.which("nvidia-smi") is None:
        return False
    import torch

    return torch.cuda.is_available()


def _gpu() -> Gpu | None:
    """Name, driver and CUDA version of the GPU that detectors may use."""
    if device() != "cuda":
        return None
    import torch

    query = ["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"]
    try:
        driver = subprocess.run(query, capture_output=True, text=True, check=True, timeout=10).stdout
    except (OSError, subprocess.SubprocessError):
        driver = ""
    return Gpu(torch.cuda.get_device_name(), driver.strip().partition("\n")[0], torch.version.cuda)


def set_threads(threads: int) -> None:
    """Set the number of threads of the numerical libraries in processes that start from now on."""
    for variable in THREAD_VARIABLES:
        os.environ[variable] = str(threads)


def library_versions(import_names: Iterable[str]) -> dict[str, str]:
    """Versions by import name; a library that is not installed is left out."""
    found = {name: _version(name) for name in sorted(set(import_names))}
    return {name: number for name, number in found.items() if number}


_distributions = cache(packages_distributions)


@cache
def _version(import_name: str) -> str:
    for distribution in (import_name, import_name.replace("_", "-"), on_pypi(import_name)):
        with contextlib.suppress(PackageNotFoundError):
            return version(distribution)
    # Reads what is noted of every installed file, which takes a second.
    names = _distributions().get(import_name)
    return version(names[0]) if names else ""


def describe(bench_version: str, threads: int) -> Environment:
    """The environment, without anything that names a person or a host."""
    return Environment(
        bench=bench_version,
        code=git_state(),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        cpu=_cpu_model(),
        cores=os.cpu_count(),
        memory_gib=_memory_gib(),
        threads_per_trial=threads,
        gpu=_gpu(),
        libraries=library_versions(RECORDED_LIBRARIES),
    )


def identify(environment: Environment) -> str:
    """A short name for an environment, the same for equal ones."""
    content = json.dumps(msgspec.to_builtins(environment), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:8]


def git_state() -> str | None:
    """The commit of the harness's own checkout, with ``+changes`` where files differ from it."""
    here = Path(__file__).parents[1]
    if not (here.parent / ".git").exists():
        return None
    try:
        commit = _git(here, "rev-parse", "--short=12", "HEAD")
        changed = _git(here.parent, "status", "--porcelain", "--", "bench", "detectors", "datasets")
    except (OSError, subprocess.SubprocessError):
        return None
    return f"{commit}+changes" if changed else commit


def _git(folder: Path, *arguments: str) -> str:
    run = subprocess.run(
        ["git", *arguments], cwd=folder, capture_output=True, text=True, check=True, timeout=10
    )
    return run.stdout.strip()


def _cpu_model() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory_gib() -> float:
    import psutil

    return round(float(psutil.virtual_memory().total) / 2**30, 1)
