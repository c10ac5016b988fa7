"""Making an entry of a run: which plugin files belong to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import bench
from bench.entries.archive import FORMAT, Manifest, archive_of
from bench.errors import BenchError
from bench.plans.selection import choose_datasets, choose_detectors
from bench.plugins.loading import with_neighbours
from bench.plugins.metadata import DetectorPlugin, Plugin
from bench.plugins.registry import Registry, builtin_folders
from bench.runs.reading import Run
from bench.trials.features import extractor_of
from bench.trials.members import members_of


def entry_of(run: Run, registry: Registry) -> bytes:
    """The archive of a run, with the files of its plugins that are not built in.

    Raises BenchError for a plugin that is not there, or whose file has changed since the run.
    """
    plugins: list[Plugin] = []
    for label, source in _used(run, "detector").items():
        [(plugin, named)] = choose_detectors([label], registry)
        _check_unchanged("detector", plugin, source)
        plugins += _parts(registry.detectors[named.name], named.params, registry)
    for label, source in _used(run, "dataset").items():
        [(dataset, _)] = choose_datasets([label], registry)
        _check_unchanged("dataset", dataset, source)
        plugins.append(dataset)
    own = sorted(
        (each for each in plugins if Path(each.path).parent not in builtin_folders()), key=lambda p: p.name
    )
    manifest = Manifest(
        format=FORMAT, bench=bench.__version__, plugins={each.name: each.file_name for each in own}
    )
    return archive_of(run, manifest, _files(own))


def _used(run: Run, kind: str) -> dict[str, str]:
    """Labels of the run's detectors or datasets, each with the hash of the code that was run last."""
    return {getattr(record, kind).label: getattr(record.code, kind) for record in run.heads()}


def _parts(plugin: DetectorPlugin, params: dict[str, object], registry: Registry) -> Iterator[Plugin]:
    """A detector, its members, and the features that it reads."""
    yield plugin
    for member, _ in members_of(plugin, params, registry):
        yield member
    extractor = extractor_of(params, registry)
    if extractor is not None:
        yield extractor


def _check_unchanged(kind: str, plugin: Plugin, source: str) -> None:
    if plugin.source != source:
        raise BenchError(
            f"the file of the {kind} {plugin.name!r} has changed since the run; run it again, or submit from "
            "the checkout that it was run with"
        )


def _files(plugins: Iterable[Plugin]) -> dict[str, bytes]:
    """The files of plugins and of what they import from beside them, by name."""
    found: dict[str, Path] = {}
    for plugin in plugins:
        for file in with_neighbours(Path(plugin.path)):
            if found.setdefault(file.name, file) != file:
                raise BenchError(
                    f"two plugin files are called {file.name}: {found[file.name]} and {file}; rename one"
                )
    return {name: file.read_bytes() for name, file in found.items()}
