"""``list``: what there is to run."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from bench.cli import options
from bench.cli.output import console, table

if TYPE_CHECKING:
    from bench.declare import Plugin
    from bench.registry import Registry

Rows = tuple[list[str], list[list[str]]]


class Kind(StrEnum):
    detectors = "detectors"
    datasets = "datasets"
    suites = "suites"


def command(
    kind: Annotated[Optional[Kind], typer.Argument(help="What to list; all three if left out.")] = None,  # noqa: UP045
    plugins: options.Plugins = None,
    data_dir: options.DataDir = None,
) -> None:
    """List detectors, datasets or suites, with one line on each.

    A detector that needs a package which is not installed says which; install it to use the detector.
    """
    registry = options.load_plugins(plugins, data_dir)
    out = console()
    chosen = [kind] if kind else list(Kind)
    listings: dict[Kind, Callable[[Registry], Rows]] = {
        Kind.detectors: _detectors,
        Kind.datasets: _datasets,
        Kind.suites: _suites,
    }
    for i, each in enumerate(chosen):
        if i:
            out.print()
        headers, rows = listings[each](registry)
        out.print(table(headers, rows))


def _detectors(registry: Registry) -> Rows:
    rows = [
        [name, ", ".join(plugin.regimes), _availability(plugin), plugin.summary]
        for name, plugin in sorted(registry.detectors.items())
    ]
    return ["detector", "regimes", "available", "what it is"], rows


def _datasets(registry: Registry) -> Rows:
    rows = []
    for name, plugin in sorted(registry.datasets.items()):
        files = [str(params[plugin.required]) for params in plugin.variants()] if plugin.required else []
        usable = "no data" if plugin.required and not files else _availability(plugin)
        rows.append([name, plugin.modality, usable, plugin.summary])
        rows += [[f"{name}:{file}", plugin.modality, "yes", ""] for file in files]
    return ["dataset", "modality", "available", "what it is"], rows


def _suites(_: Registry) -> Rows:
    from bench.suite import load_suite, suite_names

    suites = [load_suite(name) for name in suite_names()]
    return ["suite", "seeds", "what it is"], [[s.name, str(len(s.seeds)), s.title] for s in suites]


def _availability(plugin: Plugin) -> str:
    from bench.registry import missing_packages

    missing = missing_packages(plugin)
    return f"pip install {' '.join(missing)}" if missing else "yes"
