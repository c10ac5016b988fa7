"""Plugin files use the harness only through its public names: `bench`, and what rooms list in `__all__`."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import bench
from bench.plugins.registry import builtin_folders

FILES = sorted(file for folder in builtin_folders() for file in folder.glob("*.py"))
TEMPLATES = sorted((Path(bench.__file__).parent / "kit" / "templates").glob("*.txt"))


def imported(source: str) -> Iterator[tuple[str, str]]:
    """The modules of the harness that a file imports from, wherever it does, and the names."""
    for node in ast.walk(ast.parse(source.replace("$name", "name").replace("$class_name", "Name"))):
        if (
            isinstance(node, ast.ImportFrom)
            and node.level == 0
            and (node.module or "").split(".")[0] == "bench"
        ):
            yield from ((str(node.module), alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "*") for alias in node.names if alias.name.split(".")[0] == "bench")


@pytest.mark.parametrize("file", [*FILES, *TEMPLATES], ids=lambda file: file.name)
def test_plugin_files_import_public_names_only(file: Path) -> None:
    for module, name in imported(file.read_text(encoding="utf-8")):
        assert module.count(".") <= 1, f"{module} is no room, but a module in one"
        public = getattr(importlib.import_module(module), "__all__", ())
        assert name in public, f"{module} does not list {name} in __all__"


def test_the_imports_are_found() -> None:
    source = "import bench.data\ndef f():\n    from bench.tables.columns import tidy\nfrom . import _x\n"
    assert sorted(imported(source)) == [("bench.data", "*"), ("bench.tables.columns", "tidy")]


@pytest.mark.parametrize("module", ["bench", "bench.data", "bench.recommend", "bench.tables"])
def test_every_public_name_is_there_and_offered_to_the_tab_key(module: str) -> None:
    face = importlib.import_module(module)
    assert face.__all__ == sorted(face.__all__)
    for name in face.__all__:
        assert getattr(face, name) is not None
        assert name in dir(face)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'bench' has no attribute 'detectr'"):
        bench.detectr  # type: ignore[attr-defined]  # noqa: B018


def test_importing_bench_loads_no_numerical_library() -> None:
    heavy = {"numpy", "pandas", "torch", "sklearn", "pyod"}
    code = f"import sys, bench; print(*sorted(set(sys.modules) & {heavy}))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == ""
