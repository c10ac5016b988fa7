"""What a plugin file, or an installed package's entry point, defines, and what identifies its code.

A folder's files are imported as modules of a private package named after their content, so that plugin
folders need no ``__init__.py`` and never take a top-level name.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import importlib.abc
import re
import sys
import traceback
import types
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from importlib.machinery import ModuleSpec
from importlib.metadata import EntryPoint
from pathlib import Path

from bench.plugins.decorators import plugin_of
from bench.plugins.metadata import Plugin

# How the files of a folder are read: each once, where many import the same neighbours.
Read = Callable[[Path], bytes]
# The module of ``from .module import ...``; empty where it stands elsewhere, or there is no such module.
_RELATIVE = re.compile(rb"from\s+\.(\w*)")
_PREFIX = "_bench_plugins_"


class _FormerPackages(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Empty modules for private packages of which the files have changed since.

    numba's cache on disk belongs to a file, and is kept when others of the folder change, but it imports the
    module by the name that this had when it was compiled. A pickled stage of other code still fails: what it
    looks for in the module is not there.
    """

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        package = sys.modules.get(name.partition(".")[0])
        is_current = package is not None and package.__spec__ is None
        return (
            ModuleSpec(name, self, is_package=True) if name.startswith(_PREFIX) and not is_current else None
        )

    def exec_module(self, module: types.ModuleType) -> None:
        pass


# Last: it is asked for what no other finder knows.
sys.meta_path.append(_FormerPackages())


def plugins_of_file(file: Path, package: str, read: Read) -> Iterator[Plugin]:
    """The plugins that a file defines, imported as a module of a private package."""
    if "." in file.stem:
        raise ImportError(
            f"a plugin file's name may not hold a dot; rename it to {file.stem.replace('.', '_')}.py"
        )
    module = importlib.import_module(f"{package}.{file.stem}")
    yield from _plugins_in(module, str(file), source_hash(file, read))


def plugins_of_entry_point(point: EntryPoint) -> Iterator[Plugin]:
    """The plugins of the module that an entry point names, or the one plugin; TypeError for anything else."""
    loaded = point.load()
    module = loaded if isinstance(loaded, types.ModuleType) else sys.modules[point.module]
    file = Path(module.__file__ or "")
    if loaded is module:
        yield from _plugins_in(module, str(file), source_hash(file))
    else:
        plugin = plugin_of(loaded)
        if plugin is None:
            raise TypeError("it is neither a module nor a registered detector or dataset")
        name = plugin.name or point.name
        yield replace(plugin, name=name, path=str(file), source=source_hash(file))


def _plugins_in(module: types.ModuleType, path: str, source: str) -> Iterator[Plugin]:
    """The plugins that a module defines; those that it imported belong to the module they came from."""
    seen: set[int] = set()
    for variable, value in vars(module).items():
        plugin = plugin_of(value)
        # A second variable for the same plugin is no second plugin.
        if plugin is not None and plugin.module == module.__name__ and id(plugin) not in seen:
            seen.add(id(plugin))
            yield replace(plugin, name=plugin.name or variable, path=path, source=source)


def private_package(folder: Path, read: Read = Path.read_bytes) -> str:
    """Prepare the package that a folder's files are modules of; returns its name.

    The name is made of what the files hold, not of where they lie: a stage that was pickled on one machine
    is found on another, and only if the code there is the same.
    """
    digest = hashlib.sha256()
    for file in sorted(folder.glob("*.py")):
        content = read(file)
        digest.update(f"{file.name} {len(content)} ".encode() + content)
    name = f"{_PREFIX}{digest.hexdigest()[:10]}"
    package = sys.modules.setdefault(name, types.ModuleType(name))
    package.__path__ = [str(folder)]
    return name


def source_hash(file: Path, read: Read = Path.read_bytes) -> str:
    """A hash of a plugin file and of the neighbours that it imports with ``from .name import ...``."""
    digest = hashlib.sha256()
    for part in with_neighbours(file, read):
        digest.update(read(part))
    return digest.hexdigest()[:16]


def with_neighbours(file: Path, read: Read = Path.read_bytes) -> list[Path]:
    """A plugin file, and those beside it that it imports with ``from .name import ...``."""
    return _with_neighbours(file, read, set())


def _with_neighbours(file: Path, read: Read, seen: set[Path]) -> list[Path]:
    seen.add(file)
    found = [file]
    for name in _imported(read(file)):
        neighbour = file.parent / f"{name}.py"
        if neighbour not in seen and neighbour.is_file():
            found += _with_neighbours(neighbour, read, seen)
    return found


def _imported(content: bytes) -> Iterable[str]:
    """The modules beside it that a file imports, wherever in it, in its order."""
    named = [name.decode() for name in _RELATIVE.findall(content)]
    # A syntax tree takes longer than importing the file, and most imports name their module first.
    if all(named):
        return dict.fromkeys(named)
    imports = [
        node for node in ast.walk(ast.parse(content)) if isinstance(node, ast.ImportFrom) and node.level == 1
    ]
    return dict.fromkeys(
        name.partition(".")[0]
        for node in sorted(imports, key=lambda node: node.lineno)
        for name in ([node.module] if node.module else sorted(alias.name for alias in node.names))
    )


def line_and_reason(error: BaseException, where: str) -> str:
    """``line 3: NameError: ...``, the line being the last one in the plugin's own file."""
    reason = f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError):
        file = Path(error.filename or where).name
        places = [] if file == Path(where).name else [file]
        places += [] if error.lineno is None else [f"line {error.lineno}"]
        return ": ".join([*([", ".join(places)] if places else []), f"{type(error).__name__}: {error.msg}"])
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if Path(frame.filename).name == Path(where).name]
    return f"line {lines[-1]}: {reason}" if lines else reason


def shown_path(file: Path) -> str:
    """The path as a person would write it: relative to here if it lies below."""
    return str(file.relative_to(Path.cwd())) if file.is_relative_to(Path.cwd()) else str(file)
