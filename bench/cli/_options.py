"""Options that several verbs share, and what they stand for."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.cli._own_data import OwnData
from bench.cli._reading import words_of
from bench.errors import BenchError, BenchWarning

if TYPE_CHECKING:
    from bench.plans.plan import Plan
    from bench.plugins.registry import Registry
    from bench.tables import Dialect

DEFAULT_SUITE = "core"
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
AllNormal = Annotated[
    bool,
    typer.Option(
        "--all-normal",
        help="All rows are known to be normal: anomalies are sought in other files.",
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


@dataclass(frozen=True)
class Choice:
    """What the options that choose trials say."""

    suite: str | None = None
    every: bool = False
    detectors: Sequence[str] | None = None
    datasets: Sequence[str] | None = None
    regimes: Sequence[str] | None = None
    seeds: str | None = None
    own: OwnData | None = None
    share: str | None = None
    settings: str | None = None


def own_data(
    file: Path | None,
    label: str | None,
    normal: str | None,
    drop: Sequence[str] | None,
    time: str | None = None,
    series: str | None = None,
    dialect: Dialect | None = None,
) -> OwnData | None:
    """The person's own file, if one is given; BenchError for options that are about none."""
    if series is not None and time is None:
        raise BenchError(
            "--series tells the series of a file apart; name the column of time with --time COLUMN"
        )
    if file is not None:
        return OwnData(file, label, normal, drop or (), time, series, dialect)
    given: dict[str, Any] = {"--label": label, "--normal": normal, "--drop": drop, "--time": time}
    given |= {} if dialect is None else dict.fromkeys(words_of(dialect)[:1], True)
    for option, value in given.items():
        if value:
            raise BenchError(f"{option} is about a file of your own; give it with --data FILE")
    return None


def check_folder(file: Path) -> None:
    """Refuse a file to write in a folder that is not there, before anything is computed."""
    if not file.parent.is_dir():
        raise BenchError(f"cannot write {str(file)!r}: there is no folder {str(file.parent)!r}")


def load_plugins(plugins: Sequence[Path] | None, data_dir: Path | None = None) -> Registry:
    """The registry; plugin files that are broken are warned about and left out."""
    from bench.plugins.registry import load_registry

    use_data_dir(data_dir)
    registry = load_registry(plugins or ())
    for broken in registry.broken:
        warnings.warn(str(broken), BenchWarning, stacklevel=2)
    return registry


def use_data_dir(data_dir: Path | None) -> None:
    """Make a folder that was given the data folder, for this process and those that it starts."""
    if data_dir is not None:
        if not data_dir.is_dir():
            raise BenchError(f"--data-dir: {str(data_dir)!r} does not exist or is not a folder")
        os.environ["BENCH_DATA_DIR"] = str(data_dir.resolve())


def plan_of(choice: Choice, registry: Registry) -> Plan:
    """The plan that the options ask for."""
    from bench.plans.selection import Selection, make_plan
    from bench.plans.suite import load_suite
    from bench.spec import split_specs

    if choice.own and (choice.suite or choice.datasets):
        raise BenchError("--data is run by itself; leave out --suite and --datasets")
    if not (choice.every or choice.suite or choice.detectors or choice.datasets or choice.own):
        raise BenchError(
            "say what to run: --all, --suite NAME, --detectors NAMES, --datasets NAMES or --data FILE "
            "(`list suites` and `list detectors` show what there is)"
        )

    def names(given: Sequence[str] | None) -> tuple[str, ...] | None:
        return tuple(name for text in given for name in split_specs(text)) if given else None

    selection = Selection(
        detectors=names(choice.detectors),
        datasets=names(choice.datasets),
        regimes=names(choice.regimes),
        seeds=None if choice.seeds is None else parse_seeds(choice.seeds),
        share=(1, 1) if choice.share is None else parse_share(choice.share),
        settings=choice.settings,
    )
    suite = choice.own.suite() if choice.own else load_suite(choice.suite or DEFAULT_SUITE)
    return make_plan(suite, registry, selection, every=choice.every)


def parse_seeds(text: str) -> tuple[int, ...]:
    """``5`` -> 0 to 4; ``0,3`` -> 0 and 3; ``10-19`` -> those ten."""
    seeds: list[int] = []
    if text.isdecimal():
        seeds += range(int(text))
    else:
        for part in text.split(","):
            found = re.fullmatch(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?", part)
            if not found:
                seeds.clear()
                break
            seeds += range(int(found[1]), int(found[2] or found[1]) + 1)
    if not seeds:
        raise BenchError(f"--seeds {text!r} names no seeds; write '5', '0,3,7' or '10-19'")
    return tuple(dict.fromkeys(seeds))


def parse_share(text: str) -> tuple[int, int]:
    """``3/8`` -> the third of eight parts."""
    found = re.fullmatch(r"\s*(\d+)\s*/\s*(\d+)\s*", text)
    part, parts = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= part <= parts:
        raise BenchError(f"--share {text!r} is no part of a whole; write '1/8' for the first of eight")
    return part, parts


def parse_duration(text: str) -> float:
    """``90s``, ``10m``, ``2h`` or ``1.5`` (seconds) -> seconds."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", text.strip().lower())
    if not found:
        raise BenchError(f"{text!r} is not a length of time; write '90s', '10m' or '2h'")
    return float(found[1]) * {"": 1, "s": 1, "m": 60, "h": 3600}[found[2]]


def check_alpha(alpha: float) -> None:
    """Refuse what is not the chance of an error."""
    if not 0 < alpha < 1:
        raise BenchError(f"--alpha {alpha:g} is not a chance; write a number between 0 and 1, such as 0.05")


def parse_memory(text: str) -> int:
    """``500M``, ``4G`` -> bytes."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([mg])(?:i?b)?", text.strip().lower())
    if not found:
        raise BenchError(f"{text!r} is not an amount of memory; write '500M' or '4G'")
    return int(float(found[1]) * {"m": 2**20, "g": 2**30}[found[2]])
