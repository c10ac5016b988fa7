"""``list``: what there is to run."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.api import _choosing as choosing
from bench.api._listing import LISTINGS
from bench.cli import _options as options
from bench.cli._output import console, table
from bench.errors import BenchError

if TYPE_CHECKING:
    from bench.plugins.registry import Registry

LEGEND = "regimes: u unsupervised, o one-class, f semi-supervised (few labels), s supervised"
HOURS = "hours: about what two workers take for all of it, as measured with the reference runs"


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
    registry = choosing.load_plugins(plugins, data_dir)
    if markdown:
        _write_catalogue(kind, registry, pictures)
        return
    out = console()
    for i, each in enumerate([kind] if kind else list(Kind)):
        if i:
            out.print()
        out.print(table(*LISTINGS[each](registry)))
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
