"""What the tests share."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from forked import Servers, run_bench
from hypothesis import settings

from bench.engine import forking
from bench.plugins.registry import Registry, load_registry
from bench.trials.environment import set_threads

# As in a worker process; tests that run trials in their own process load numpy after this.
set_threads(1)

# The same examples on each machine, and none that fails because the machine is busy.
settings.register_profile("bench", derandomize=True, deadline=None, max_examples=60)
settings.load_profile("bench")

ROOT = Path(__file__).parents[1]
# What takes long in a few tests, and is begun first: at the end no process waits for another's.
LONG = {"test_faults.py", "engine_ray", "browser"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: LONG.isdisjoint(item.path.parts))


@pytest.fixture(scope="session", autouse=True)
def empty_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test sees, or adds to, what its user has fetched."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BENCH_CACHE_DIR", str(folder))
        yield folder


@pytest.fixture(scope="session", autouse=True)
def forked_servers() -> Iterator[None]:
    """Workers come from the process that commands of tests are forked from, and need not import libraries."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forking, "multiprocessing", Servers)
        yield
    Servers.end()


@pytest.fixture(scope="module")
def servers_started_anew(forked_servers: None) -> Iterator[None]:
    """Workers of pools start as they do for users: for tests of how that is, and of their whole memory."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forking, "multiprocessing", multiprocessing)
        yield


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The built-in plugins."""
    return load_registry(installed=False)


@pytest.fixture
def write_plugin(tmp_path: Path) -> Callable[..., Path]:
    """Write a plugin file into a folder below tmp_path; returns the folder."""

    def write(name: str, text: str, folder: str = "plugins") -> Path:
        place = tmp_path / folder
        place.mkdir(exist_ok=True)
        (place / f"{name}.py").write_text(dedent(text), encoding="utf-8")
        return place

    return write


@pytest.fixture
def bench_environment() -> dict[str, str]:
    """The environment of a process that runs the command line from any folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    environment.pop("BENCH_DATA_DIR", None)
    return environment


@pytest.fixture
def cli(tmp_path: Path, bench_environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run ``python -m bench`` with some arguments, in tmp_path unless another folder is given."""

    def run(*arguments: str, cwd: Path = tmp_path) -> subprocess.CompletedProcess[str]:
        return run_bench(arguments, cwd, bench_environment)

    return run


@pytest.fixture
def refusal(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., list[str]]:
    """Run the command line in this process and in tmp_path; returns what it says as it ends with code 2."""
    from bench.api import _choosing
    from bench.cli import _options, main

    monkeypatch.chdir(tmp_path)
    for module in (_choosing, _options):
        monkeypatch.setattr(module, "load_plugins", lambda *_: registry)

    def run(*arguments: str) -> list[str]:
        monkeypatch.setattr(sys, "argv", ["bench", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        assert ended.value.code == 2
        return capsys.readouterr().err.splitlines()

    return run
