"""``list``: what there is to run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli import _options as options
from bench.cli._output import console, table
from bench.errors import BenchError
from bench.plugins.contract import short_modalities, short_regimes

if TYPE_CHECKING:
    from bench.plugins.metadata import Plugin
    from bench.plugins.registry import Registry

LEGEND = "regimes: u unsupervised, o one-class, f semi-supervised (few labels), s supervised"
HOURS = "hours: about what two workers take for all of it, as measured with the reference runs"
Rows = tuple[list[str], list[list[str]]]


class Kind(StrEnum):
    detectors = "detectors"
    features = "features"
    datasets = "datasets"
    suites = "suites"


LEGENDS = {Kind.detectors: LEGEND, Kind.suites: HOURS}


def command(
    kind: Annotated[Kind | None, typer.Argument(help="What to list; all of it if left out.")] = None,
    plugins: options.Plugins = None,
    data_dir: options.DataDir = None,
    markdown: Annotated[
        bool,
        typer.Option("--markdown", help="The catalogue of detectors or datasets, as in their README.md."),
    ] = False,
    pictures: Annotated[
        Path | None,
        typer.Option(help="With datasets --markdown: also draw the catalogue's pictures, into this folder."),
    ] = None,
) -> None:
    """List detectors, features, datasets or suites, with one line on each.

    A detector that needs a package which is not installed says which; install it to use the detector.
    """
    if pictures is not None and not (markdown and kind is Kind.datasets):
        raise BenchError("--pictures goes with `list datasets --markdown`")
    registry = options.load_plugins(plugins, data_dir)
    if markdown:
        _write_catalogue(kind, registry, pictures)
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
        if each in LEGENDS:
            out.print(LEGENDS[each])


def _write_catalogue(kind: Kind | None, registry: Registry, pictures: Path | None) -> None:
    from bench.report import catalogue, data_catalogue

    if kind is Kind.detectors:
        sys.stdout.write(catalogue.markdown(registry.detectors.values()))
    elif kind is Kind.datasets:
        if pictures is not None:
            from bench.report.data_pictures import draw_pictures

            draw_pictures(registry.datasets.values(), pictures)
        sys.stdout.write(data_catalogue.markdown(registry.datasets.values()))
    else:
        raise BenchError("write `list detectors --markdown` or `list datasets --markdown`")


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
        optimum = "some" if callable(plugin.optimum) else "yes" if plugin.optimum else ""
        rows.append([name, plugin.modality, optimum, usable, plugin.summary])
        rows += [[f"{name}:{file}", plugin.modality, optimum, "yes", ""] for file in files]
    return ["dataset", "modality", "optimum", "available", "what it is"], rows


def _suites(_: Registry) -> Rows:
    from bench.plans.suite import load_suite, suite_names

    suites = [load_suite(name) for name in suite_names()]
    rows = [[s.name, str(len(s.seeds)), "" if s.hours is None else f"{s.hours:g}", s.title] for s in suites]
    return ["suite", "seeds", "hours", "what it is"], rows


def _availability(plugin: Plugin) -> str:
    from bench.plugins.registry import missing_packages

    missing = missing_packages(plugin)
    return f"pip install {' '.join(missing)}" if missing else "yes"
