"""Writing a plugin file to start from: a small one that works, with comments for its author."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from string import Template
from typing import Literal

from bench.errors import BenchError
from bench.files import write_file
from bench.plugins.registry import load_registry

Kind = Literal["detector", "dataset"]

TEMPLATES = Path(__file__).parent / "templates"


def default_folder(kind: Kind) -> Path:
    """The folder ``detectors`` or ``datasets`` of the current folder, or where there is none, that itself."""
    folder = Path(f"{kind}s")
    return folder if folder.is_dir() else Path()


def write_plugin(kind: Kind, name: str, folder: Path) -> Path:
    """Write a plugin of that name into a folder, which is created where it does not exist; returns the file.

    Raises BenchError for a name that is no Python name or is taken, for a file that exists, and where nothing
    can be written.
    """
    if not re.fullmatch("[a-z][a-z0-9_]*", name) or keyword.iskeyword(name):
        raise BenchError(f"{name!r} cannot name a {kind}; write small letters, digits and _, as in my_{kind}")
    file = folder / f"{name}.py"
    if file.exists():
        raise BenchError(f"{str(file)!r} exists already; choose another name or --folder")
    registry = load_registry([folder] if folder.is_dir() else [])
    taken = registry.detectors if kind == "detector" else registry.datasets
    if name in taken:
        raise BenchError(f"the name {name!r} is taken by {taken[name].path}; choose another")
    text = Template((TEMPLATES / f"{kind}.txt").read_text(encoding="utf-8"))
    return write_file(
        folder, file.name, text.substitute(name=name, class_name=_class_name(name)), option="--folder"
    )


def _class_name(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
