"""Options that several verbs share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bench.api._choosing import load_plugins as load_plugins
from bench.api._parsing import check_folder as check_folder
from bench.api._parsing import parse_duration as parse_duration

# Numerical libraries are built for so many; some end the process where they are given more.
MOST_THREADS = 64

Suite = Annotated[
    str | None,
    typer.Option(help="A suite by name (see `list suites`), or the path of your own TOML file."),
]
All = Annotated[
    bool,
    typer.Option("--all", help="Every registered detector, on the suite 'core' unless you name another."),
]
Detectors = Annotated[
    list[str] | None,
    typer.Option(help="Only these: 'knn,lof', 'auto*', 'knn:n_neighbors=20'. May be repeated."),
]
Datasets = Annotated[
    list[str] | None,
    typer.Option(help="Only these: 'bumps*', 'adbench:*cardio*', 'digits:anomaly=3'. May be repeated."),
]
Regimes = Annotated[
    list[str] | None,
    typer.Option(help="Only these: unsupervised, one-class, semi-supervised, supervised."),
]
Seeds = Annotated[
    str | None,
    typer.Option(help="How many seeds ('5' means 0 to 4), or which ones ('0,3,7' or '10-19')."),
]
Share = Annotated[
    str | None,
    typer.Option(help="Only a part of the datasets: '1/8' to '8/8' together are all; see `merge`."),
]
Settings = Annotated[
    str | None,
    typer.Option(
        help="Which parameters of detectors are tried: 'default', 'random:20' (these and 20 random settings) "
        "or 'grid'; the suite's if left out."
    ),
]
Plugins = Annotated[
    list[Path] | None,
    typer.Option(help="A folder with plugin files of your own. May be repeated."),
]
DataDir = Annotated[
    Path | None,
    typer.Option(help="A folder of npz files for adbench:*, instead of the variable BENCH_DATA_DIR."),
]
Results = Annotated[Path, typer.Option(help="Where runs are kept and tables are written.")]
Device = Annotated[
    str, typer.Option(help="What detectors that can use a GPU run on: auto, cpu or cuda.", metavar="DEVICE")
]
Name = Annotated[
    str | None,
    typer.Option(help="Name of the run's directory, instead of one made of the time and the suite."),
]
Mlflow = Annotated[
    str | None,
    typer.Option(metavar="URI", help="Log the leaderboards to MLflow: a server, or 'sqlite:///mlflow.db'."),
]
Retry = Annotated[bool, typer.Option(help="Run again what did not end 'ok'.")]
Fresh = Annotated[bool, typer.Option(help="Run everything, finished or not.")]
