"""``list``: what there is to run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Optional

import typer

from bench.cli import options
from bench.cli.output import console, table
from bench.errors import BenchError
from bench.plugin import short_modalities, short_regimes

if TYPE_CHECKING:
    from bench.declare import Plugin
    from bench.registry import Registry

LEGEND = "regimes: u unsupervised, o one-class, f semi-supervised (few labels), s supervised"
Rows = tuple[list[str], list[list[str]]]


class Kind(StrEnum):
    detectors = "detectors"
    features = "features"
    datasets = "datasets"
    suites = "suites"


def command(
    kind: Annotated[Optional[Kind], typer.Argument(help="What to list; all of it if left out.")] = None,  # noqa: UP045
    plugins: options.Plugins = None,
    data_dir: options.DataDir = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="The catalogue of detectors, as in detectors/README.md.")
    ] = False,
) -> None:
    """List detectors, features, datasets or suites, with one line on each.

    A detector that needs a package which is not installed says which; install it to use the detector.
    """
    registry = options.load_plugins(plugins, data_dir)
    if markdown:
        from bench.report import catalogue

        if kind is not Kind.detectors:
            raise BenchError("--markdown is for detectors: write `list detectors --markdown`")
        sys.stdout.write(catalogue.markdown(registry.detectors.values()))
        return
    out = console()
    chosen = [kind] if kind else list(Kind)
    listings: dict[Kind, Callable[[Registry], Rows]] = {
        Kind.detectors: _detectors,
        Kind.features: _features,
        Kind.datasets: _datasets,
        Kind.suites: _suites,
    }
    for i, each in enumerate(chosen):
        if i:
            out.print()
        headers, rows = listings[each](registry)
        out.print(table(headers, rows))
        if each is Kind.detectors:
            out.print(LEGEND)


def _detectors(registry: Registry) -> Rows:
    rows = [
        [
            name,
            plugin.family,
            short_regimes(plugin.regimes),
            short_modalities(plugin.modalities),
            ", ".join(plugin.flaws),
            _availability(plugin),
            plugin.summary,
        ]
        for name, plugin in sorted(registry.detectors.items())
    ]
    return ["detector", "family", "regimes", "modalities", "flaws", "available", "what it is"], rows


def _features(registry: Registry) -> Rows:
    rows = [
        [name, ", ".join(plugin.modalities), _availability(plugin), plugin.summary]
        for name, plugin in sorted(registry.features.items())
    ]
    return ["features", "modalities", "available", "what it is"], rows


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
