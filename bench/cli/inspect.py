"""``inspect``: pictures of what one detector made of one dataset."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.cli import _options as options
from bench.cli._output import console
from bench.errors import BenchError
from bench.plugins.contract import REGIMES

if TYPE_CHECKING:
    from bench.plugins.registry import Registry
    from bench.trials.trial import Named, Trial

INSPECTIONS = Path("results") / "inspect"
# As in the suite `core`: clean training rows have no anomalies to be told about.
FALSE_ALARMS = 0.05


def command(
    detector: Annotated[str, typer.Argument(help="knn, or with parameters: knn:n_neighbors=3.")],
    dataset: Annotated[str, typer.Argument(help="breast_cancer, or 'bumps:normals=500,anomalies=50'.")],
    seed: Annotated[int, typer.Option(min=0, help="The trial's seed.")] = 0,
    regime: Annotated[
        str | None,
        typer.Option(help="What the detector may see; the first that it fits if left out.", metavar="REGIME"),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder of the pictures; one below results/inspect, named after the trial, if left out."
        ),
    ] = None,
    device: options.Device = "auto",
    plugins: options.Plugins = None,
    data_dir: options.DataDir = None,
) -> None:
    """Draw how a detector's scores part a dataset's classes, and which rows it missed.

    The trial is run anew, as `run` does it: the scores are those of the record. For a detector that
    rebuilds rows, what it cannot rebuild is drawn as well. index.md has a text for each picture.
    """
    from bench.trials.environment import choose_device, set_threads

    set_threads(1)  # as in a run's workers, and before a numerical library loads
    choose_device(device)
    registry = options.load_plugins(plugins, data_dir)
    trial = _trial(detector, dataset, seed, regime, registry)

    from bench.inspect import inspect_trial, reasons, summary, write_diagnostics

    inspection = inspect_trial(trial, registry)
    folder = out or INSPECTIONS / _plain("-".join([*trial.place, str(seed)]))
    files, missing = write_diagnostics(inspection, folder)
    said = console()
    said.print(summary(inspection), markup=False)
    for sentence in reasons(missing):
        said.print(f"not shown: {sentence}", markup=False)
    said.print("wrote " + ", ".join(str(file) for file in files), markup=False)


def _trial(detector: str, dataset: str, seed: int, regime: str | None, registry: Registry) -> Trial:
    """The trial that is meant; BenchError for names that stand for several or for none."""
    from bench.plans.selection import Selection, choose_datasets, choose_detectors, make_plan
    from bench.plans.suite import Grid, Suite

    plugin, named = _only(choose_detectors([detector], registry), detector, "detectors")
    _, variant = _only(choose_datasets([dataset], registry), dataset, "datasets")
    if regime in REGIMES and regime not in plugin.regimes:
        raise BenchError(
            f"{named.label} is not for the regime {regime!r}, but for: {', '.join(plugin.regimes)}"
        )
    grids = (
        Grid((variant.label,), ("unsupervised", "supervised")),
        Grid((variant.label,), ("one-class",), FALSE_ALARMS),
        Grid((variant.label,), ("semi-supervised",)),
    )
    selection = Selection((named.label,), regimes=None if regime is None else (regime,))
    return next(iter(make_plan(Suite("inspect", "One trial", (seed,), grids), registry, selection)))


def _only(chosen: Sequence[tuple[Any, Named]], given: str, kind: str) -> tuple[Any, Named]:
    if len(chosen) > 1:
        raise BenchError(f"{given!r} stands for {len(chosen)} {kind}; name one, such as {chosen[0][1].label}")
    return chosen[0]


def _plain(label: str) -> str:
    """A label as the name of a folder."""
    return re.sub(r"[^\w.,=-]+", "_", label)
