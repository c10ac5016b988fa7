"""Finding and loading plugins: the built-in folders, folders given by the user, installed packages.

The same loader serves worker processes, which receive folders and plugin names, never classes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from bench.errors import BenchError, unknown
from bench.plugins.estimator import import_class
from bench.plugins.harness import EXTENSIONS
from bench.plugins.loading import (
    line_and_reason,
    plugins_of_entry_point,
    plugins_of_file,
    private_package,
    shown_path,
)
from bench.plugins.metadata import DatasetPlugin, DetectorPlugin, FeaturesPlugin, Plugin
from bench.spec import Spec, label
from bench.splits.corruption import CORRUPTIONS

ENTRY_POINT_GROUPS = ("bench.detectors", "bench.features", "bench.datasets")
# Import names whose package on PyPI has another name.
DISTRIBUTIONS = {
    "pycrfsuite": "python-crfsuite",
    "pywt": "PyWavelets",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
}


@dataclass(frozen=True)
class Broken:
    """A plugin file that could not be loaded, and why."""

    where: str
    why: str

    def __str__(self) -> str:
        return f"plugin left out: {self.where}: {self.why}"


@dataclass
class Registry:
    """All plugins by name, and the files that failed to load."""

    folders: tuple[Path, ...] = ()
    detectors: dict[str, DetectorPlugin] = field(default_factory=dict)
    features: dict[str, FeaturesPlugin] = field(default_factory=dict)
    datasets: dict[str, DatasetPlugin] = field(default_factory=dict)
    broken: list[Broken] = field(default_factory=list)

    def add(self, plugins: Iterable[Plugin]) -> None:
        """Add plugins, refusing a name that is taken; the first one keeps it."""
        for plugin in plugins:
            shelf = self._shelf(plugin)
            if plugin.name in shelf:
                why = f"the name {plugin.name!r} is taken by {shelf[plugin.name].path}; choose another"
                self.broken.append(Broken(plugin.path, why))
            else:
                shelf[plugin.name] = plugin

    def detector(self, spec: Spec) -> tuple[DetectorPlugin, dict[str, Any]]:
        """The plugin of that name and its complete parameters; BenchError for an unknown name.

        The harness's parameters, which every detector has, are among them only where given.
        """
        if spec.name not in self.detectors:
            raise self.unknown("detector", spec.name)
        plugin = self.detectors[spec.name]
        if spec.bare is not None:
            raise BenchError(f"detector {spec.name!r}: write PARAM=VALUE instead of {spec.bare!r}")
        own = plugin.own(spec.params)
        params = _complete("detector", plugin, own, _known(plugin, own))
        for each in EXTENSIONS.values():
            params |= each.checked(plugin, spec.params, self)
        return plugin, params

    def dataset(self, spec: Spec) -> tuple[DatasetPlugin, dict[str, Any]]:
        """The plugin of that name and its complete parameters; BenchError for an unknown name.

        Corruptions, which every dataset has for parameters, are among them only where they are given.
        """
        if spec.name not in self.datasets:
            raise self.unknown("dataset", spec.name)
        plugin = self.datasets[spec.name]
        given = dict(spec.params)
        if spec.bare is not None:
            if plugin.required is None:
                raise BenchError(f"dataset {spec.name!r}: write PARAM=VALUE instead of {spec.bare!r}")
            if plugin.required in given:
                raise BenchError(f"dataset {spec.name!r}: {plugin.required!r} is given twice")
            given[plugin.required] = spec.bare
        if plugin.required is not None and plugin.required not in given:
            raise BenchError(f"dataset {spec.name!r} needs a value: {spec.name}:{plugin.required.upper()}")
        known = (*plugin.defaults, plugin.required or "", *CORRUPTIONS)
        return plugin, _complete("dataset", plugin, given, known)

    def unknown(self, kind: str, name: str) -> BenchError:
        """The error for a name of a detector or dataset that is not there."""
        error = unknown(kind, name, self.detectors if kind == "detector" else self.datasets)
        if self.folders:
            return error
        return BenchError(f"{error} (one of your own is found with --plugins DIR)")

    def _shelf(self, plugin: Plugin) -> dict[str, Any]:
        match plugin:
            case DetectorPlugin():
                return self.detectors
            case FeaturesPlugin():
                return self.features
            case _:
                return self.datasets


def load_registry(
    folders: Iterable[Path] = (), *, installed: bool = True, files: Collection[str] | None = None
) -> Registry:
    """Load the built-in plugins, those of ``folders``, and those of installed packages.

    files: of the folders' only these, by the paths that plugins have; for who knows which plugins it needs.
    """
    extra = tuple(Path(folder).resolve() for folder in folders)
    for folder in extra:
        if not folder.is_dir():
            raise BenchError(f"plugin folder {str(folder)!r} does not exist or is not a folder")
    registry = Registry(folders=extra)
    read = cache(Path.read_bytes)
    for folder in dict.fromkeys((*builtin_folders(), *extra)):
        package = private_package(folder, read)
        for file in sorted(folder.glob("*.py")):
            if not file.name.startswith("_") and (files is None or str(file) in files):
                _load(registry, shown_path(file), partial(plugins_of_file, file, package, read))
    if installed:
        points = entry_points()  # reads what every installed package says, whichever group is asked for
        for group in ENTRY_POINT_GROUPS:
            for point in points.select(group=group):
                where = f"installed package, entry point {point.name!r} = {point.value!r}"
                _load(registry, where, partial(plugins_of_entry_point, point))
    return registry


def builtin_folders() -> tuple[Path, ...]:
    """The folders of built-in plugins: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "builtin"
    root = inside if inside.is_dir() else package.parent
    return (root / "detectors", root / "datasets")


def missing_packages(plugin: Plugin) -> list[str]:
    """The packages, by their names on PyPI, that the plugin needs and that are not installed."""
    return [on_pypi(name) for name in plugin.requires if not _importable(name)]


def on_pypi(package: str) -> str:
    """The name on PyPI of a package that is imported by another name."""
    return DISTRIBUTIONS.get(package, package)


def parameter_defaults(plugin: DetectorPlugin) -> dict[str, Any]:
    """All parameters that can be set, with their defaults; imports the library behind an `estimator`."""
    defaults = dict(plugin.defaults)
    if plugin.import_path is not None and not missing_packages(plugin):
        signature = inspect.signature(import_class(plugin.import_path))
        for name, parameter in signature.parameters.items():
            defaults.setdefault(name, None if parameter.default is parameter.empty else parameter.default)
    return defaults


def _known(plugin: DetectorPlugin, given: Mapping[str, Any]) -> Iterable[str]:
    """The parameters that a detector has; of a library, whose import takes long, only where it must be asked.

    Those of a library that is not installed cannot be known; nor can the detector be run.
    """
    if given.keys() <= plugin.defaults.keys():
        return plugin.defaults
    hidden = plugin.import_path is not None and missing_packages(plugin)
    return given if hidden else parameter_defaults(plugin)


def detector_label(plugin: DetectorPlugin, params: Mapping[str, Any]) -> str:
    """How reports name a detector: parameters that equal the default are left out."""
    return label(plugin.name, _changed(plugin, params))


def dataset_label(plugin: DatasetPlugin, params: Mapping[str, Any]) -> str:
    """How reports name a variant: parameters that equal the default are left out."""
    return label(plugin.name, _changed(plugin, params), bare=plugin.required)


def _changed(plugin: Plugin, params: Mapping[str, Any]) -> dict[str, Any]:
    missing = object()
    return {k: v for k, v in params.items() if plugin.defaults.get(k, missing) != v}


def _complete(kind: str, plugin: Plugin, given: Mapping[str, Any], known: Iterable[str]) -> dict[str, Any]:
    known = [name for name in known if name]
    for name in given:
        if name not in known:
            raise unknown(f"parameter of {kind} {plugin.name!r}:", name, known)
    typed = {name: _typed_like(plugin.defaults.get(name), value) for name, value in given.items()}
    return {**plugin.defaults, **typed}


def _typed_like(default: Any, value: Any) -> Any:
    """A whole number as int or float, whichever the default is: 1 and 1.0 are the same parameter."""
    if isinstance(default, float) and type(value) is int:
        return float(value)
    if type(default) is int and isinstance(value, float) and value.is_integer():
        return int(value)
    return value


@cache
def _importable(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # the package around a submodule is missing
        return False


def _load(registry: Registry, where: str, load: Callable[[], Iterable[Plugin]]) -> None:
    """Add what ``load()`` yields, or note why it could not be loaded. A broken file adds nothing."""
    try:
        plugins = list(load())
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        # A plugin file is someone else's code: whatever it raises, SystemExit too, is its own failure.
        registry.broken.append(Broken(where, line_and_reason(error, where)))
    else:
        registry.add(plugins)
