"""``inspect``: pictures of what one detector made of one dataset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli import _options as options
from bench.cli import _reading as reading
from bench.cli._output import console

if TYPE_CHECKING:
    from bench.tables import Dialect


@reading.reads_a_file
def command(
    detector: Annotated[str, typer.Argument(help="knn, or with parameters: knn:n_neighbors=3.")],
    dataset: Annotated[
        str | None,
        typer.Argument(help="breast_cancer, or 'bumps:normals=500,anomalies=50'; left out with --data."),
    ] = None,
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
    data: reading.Data = None,
    label: reading.Label = None,
    normal: reading.Normal = None,
    drop: reading.Drop = None,
    time: reading.Time = None,
    series: reading.SeriesColumn = None,
    *,
    dialect: Dialect | None,
) -> None:
    """Draw how a detector's scores part a dataset's classes, and which rows it missed.

    The trial is run anew, as `run` does it: the scores are those of the record. For a detector that
    rebuilds rows, what it cannot rebuild is drawn as well. index.md has a text for each picture.
    """
    from bench import api

    found = api.inspect(
        detector, dataset, seed=seed, regime=regime, out=out, device=device, plugins=plugins,
        data_dir=data_dir, data=data, label=label, normal=normal, drop=reading.listed(drop),
        time=time, series=series, dialect=dialect,
    )  # fmt: skip

    from bench.inspect import summary

    said = console()
    said.print(summary(found.inspection), markup=False)
    for sentence in found.not_shown:
        said.print(f"not shown: {sentence}", markup=False)
    said.print("wrote " + ", ".join(str(file) for file in found.files), markup=False)
