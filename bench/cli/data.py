"""``data``: the real data that there is, and fetching it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.api import _choosing as choosing
from bench.api._parsing import listed
from bench.api._watching import size_text
from bench.cli import _options as options
from bench.cli._output import console, table
from bench.cli.audit import command as audit
from bench.errors import BenchError

if TYPE_CHECKING:
    from bench.data.publishers import Entry

# A narrower terminal wraps lines: cells that are cut off would say nothing.
LEAST_WIDTH = 130

app = typer.Typer(
    help="Real data: what there is, fetching it, and what is wrong with it.", no_args_is_help=True
)


@app.command("list")
def list_(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Data sets or patterns, such as 'oddbench:*'; all without.", metavar="[NAME...]"),
    ] = None,
    data_dir: options.DataDir = None,
) -> None:
    """List the real data that is known or here: size, licence, source, relations, and where it lies.

    Results on related data sets, which were made from the same measurements, are no independent evidence.
    """
    from bench.data.folders import cache_folder
    from bench.data.listing import entries
    from bench.data.openml import uci_tables

    choosing.use_data_dir(data_dir)
    found = entries(listed(names))
    if not found:
        raise BenchError(f"no data set matches {', '.join(names or ())!r}; `data list` shows what there is")
    headers = ["data set", "rows", "columns", "anomalies", "size", "here", "source, licence, relations"]
    out = console()
    out.width = max(out.width, LEAST_WIDTH)
    out.print(table(headers, map(_row, found), right=(1, 2, 3, 4)))
    single = [entry for entry in found if not entry.label.endswith(":*")]
    here = sum(bool(entry.here) for entry in single)
    out.print(
        f"{here} of {len(single)} are here; `python -m bench data pull NAMES` fetches others, and tables of "
        f"OpenML (openml:ID) and of UCI, where OpenML mirrors them: uci:{', uci:'.join(uci_tables())}",
        markup=False,
    )
    out.print(f"the cache is {cache_folder('')}", markup=False)


@app.command("pull")
def pull(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="'adbench:*cardio*', 'oddbench:*', openml:1466, uci:193, 'nab:*', smap:P-1.",
            metavar="NAME...",
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All of ADBench's files, 22 MB.")] = False,
) -> None:
    """Fetch data sets into the cache folder, checked by their checksums; what is here is not fetched again.

    A download that broke off goes on where it stopped. The cache is the user's own cache folder, or the
    one that the variable BENCH_CACHE_DIR names; BENCH_DATA_URL names a mirror of ADBench's repository,
    BENCH_GITHUB_URL one of GitHub's raw files, which series and OddBench's tables come from.
    """
    from bench import api
    from bench.cli._progress import Terminal

    api.data_pull(listed(names), all=every, say=Terminal())


app.command("audit")(audit)


@app.command("split")
def split(
    dataset: Annotated[
        str, typer.Argument(help="As records name it: 'adbench:6_cardio,rows=1000'.", metavar="DATASET")
    ],
    out: Annotated[Path, typer.Option(help="The npz file.", metavar="FILE")],
    seed: Annotated[int, typer.Option(min=0, help="The trial's seed.")] = 0,
    regime: Annotated[str, typer.Option(help="What a detector may see.", metavar="REGIME")] = "unsupervised",
    plugins: options.Plugins = None,
    data_dir: options.DataDir = None,
) -> None:
    """Write the rows and labels of a dataset's trials to an npz file, as they are before scaling.

    What a record says of a detector can so be computed again without the harness; docs/guide/records.md has
    an example.
    """
    from bench import api

    found = api.data_split(dataset, seed=seed, regime=regime, out=out, plugins=plugins, data_dir=data_dir)
    sizes = (
        f"{len(found[f'y_{part}'])} {part}"
        for part in ("train", "calibration", "test")
        if f"y_{part}" in found
    )
    console().print(f"{out}: rows for {', '.join(sizes)}", markup=False)


def _row(entry: Entry) -> list[str]:
    numbers = (entry.rows, entry.columns, entry.anomalies)
    related = f"related to {', '.join(entry.related)}" if entry.related else ""
    return [
        entry.label,
        *("" if number is None else str(number) for number in numbers),
        size_text(entry.size),
        entry.here,
        "; ".join(filter(None, (entry.source, entry.licence, related))),
    ]
