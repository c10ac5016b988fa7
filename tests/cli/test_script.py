"""The command that the package installs."""

from __future__ import annotations

import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

from bench.cli import main

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"


def test_the_installed_command_is_the_command_line():
    [(name, value)] = tomllib.loads(PYPROJECT.read_text())["project"]["scripts"].items()
    assert name == "detector-bench"
    assert EntryPoint(name, value, "console_scripts").load() is main
