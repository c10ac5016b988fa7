"""``time``: what detectors cost as tables or series grow, on a GPU too, and beside their library."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from bench.cli import _options as options
from bench.cli._output import console
from bench.errors import BenchError
from bench.files import plain_name

if TYPE_CHECKING:
    from bench.plugins.registry import Registry
    from bench.timing.measuring import Timing
    from bench.timing.pairs import PairTiming
    from bench.timing.series import SeriesTiming

# What other tables of timings are called.
TAKEN = ("implementations", "series")


def command(
    detectors: options.Detectors = None,
    rows: Annotated[str, typer.Option(help="Numbers of rows to train on; as many are scored.")] = (
        "1000,4000,16000"
    ),
    features: Annotated[str, typer.Option(help="Numbers of columns.")] = "10,100",
    device: Annotated[
        str,
        typer.Option(help="auto (the CPU, and a GPU if there is one), cpu or cuda.", metavar="DEVICE"),
    ] = "auto",
    repeats: Annotated[int, typer.Option(min=1, help="How often each is timed, at least.")] = 3,
    limit: Annotated[
        str, typer.Option(help="Time for a cell, '60s' or '5m'; it and larger ones are left out then.")
    ] = "60s",
    threads: Annotated[
        int, typer.Option(min=1, max=options.MOST_THREADS, help="Threads for numerical libraries.")
    ] = 1,
    implementations: Annotated[
        bool,
        typer.Option(
            "--implementations",
            help="Time what is faster here than in its library against the library's own, and write "
            "timing-implementations.md instead.",
        ),
    ] = False,
    points: Annotated[
        str | None,
        typer.Option(
            help="Numbers of points: time what reads series on one of each length, and write "
            "timing-series.md and timing-series.csv instead."
        ),
    ] = None,
    name: Annotated[
        str, typer.Option(help="Of another grid, beside the one that is there: timing-NAME.md and .csv.")
    ] = "grid",
    plugins: options.Plugins = None,
    results: options.Results = Path("results"),
) -> None:
    """Time detectors on a grid of rows and features, and write timing-grid.md and timing-grid.csv.

    One cell is measured at a time, in a process of its own. Times are warm; a cell that runs past --limit
    is stopped and marked, and the detector is not tried on larger ones. With --implementations the limit is
    that of a fit with its scoring. With --points each cell has a process of its own, whose peak of memory is
    written, too.
    """
    import bench
    from bench.runs.writing import check_writable
    from bench.spec import split_specs
    from bench.timing import pair_tables, series_tables, tables
    from bench.timing.grid import parse_sizes
    from bench.trials.environment import describe, set_threads

    sizes = Sizes(
        parse_sizes("--rows", rows),
        parse_sizes("--features", features),
        tuple(name for text in detectors for name in split_specs(text)) if detectors else None,
    )
    if name in TAKEN or name != plain_name(name):
        raise BenchError(
            f"--name {name!r} cannot name these files; write letters and digits, such as 'large'"
        )
    if implementations and points is not None:
        raise BenchError("--implementations are of tables, --points of series; leave one out")
    if (implementations or points is not None) and device == "cuda":
        what = "--implementations" if implementations else "--points"
        raise BenchError(f"{what} are timed on the CPU; leave out --device cuda")
    lengths = parse_sizes("--points", points) if points is not None else ()
    registry = options.load_plugins(plugins)
    seconds = options.parse_duration(limit) or None
    check_writable(results)
    set_threads(threads)
    if implementations:
        pairs = _pairs(registry, sizes, repeats, seconds)
        files = pair_tables.write(pairs, describe(bench.__version__, threads), results)
    elif lengths:
        of_series = _series(registry, lengths, sizes.detectors, repeats, seconds)
        files = series_tables.write(of_series, describe(bench.__version__, threads), results)
    else:
        timings = _grid(registry, sizes, device, repeats, seconds)
        files = tables.write(timings, describe(bench.__version__, threads), results, name)
    console().print("wrote " + ", ".join(str(file) for file in files), markup=False)


class Sizes(NamedTuple):
    """Of what detectors are timed on, and which ones: all where that is None."""

    rows: tuple[int, ...]
    features: tuple[int, ...]
    detectors: tuple[str, ...] | None


def _grid(registry: Registry, sizes: Sizes, device: str, repeats: int, limit: float | None) -> list[Timing]:
    from bench.engine.machine import fair_memory
    from bench.timing import tables
    from bench.timing.grid import choose_devices, make_grid
    from bench.timing.measuring import MeasuringWorker, measure_all

    out = console()
    devices = choose_devices(device)
    grid = make_grid(registry, **sizes._asdict(), devices=devices)
    for note in grid.notes if "cuda" in devices or device == "cpu" else (*grid.notes, tables.NO_CUDA):
        out.print(f"note: {note}", markup=False)
    timings: list[Timing] = []
    measurer = MeasuringWorker(registry, repeats=repeats, limit=limit, memory=fair_memory(1))
    with contextlib.closing(measurer):
        for timing in measure_all(grid.cells, measurer):
            timings.append(timing)
            out.print(f"{len(timings)}/{len(grid.cells)} {_line(timing)}", markup=False)
    return timings


def _series(
    registry: Registry,
    points: tuple[int, ...],
    detectors: tuple[str, ...] | None,
    repeats: int,
    limit: float | None,
) -> list[SeriesTiming]:
    from bench.engine.machine import fair_memory
    from bench.timing import series_tables
    from bench.timing.grid import choose_devices
    from bench.timing.series import SeriesWorker, measure_series, series_grid

    out = console()
    choose_devices("cpu")
    grid = series_grid(registry, points=points, detectors=detectors)
    for note in grid.notes:
        out.print(f"note: {note}", markup=False)
    timings: list[SeriesTiming] = []
    for timing in measure_series(grid.cells, SeriesWorker(registry, repeats, limit, fair_memory(1))):
        timings.append(timing)
        out.print(f"{len(timings)}/{len(grid.cells)} {series_tables.line(timing)}", markup=False)
    return timings


def _pairs(registry: Registry, sizes: Sizes, repeats: int, limit: float | None) -> list[PairTiming]:
    from bench.engine.machine import fair_memory
    from bench.timing import pair_tables
    from bench.timing.grid import choose_devices
    from bench.timing.pairs import PairWorker, make_pairs, measure_pairs

    out = console()
    choose_devices("cpu")
    pairs, notes = make_pairs(registry, **sizes._asdict())
    for note in notes:
        out.print(f"note: {note}", markup=False)
    timings: list[PairTiming] = []
    with contextlib.closing(PairWorker(registry, limit=limit, memory=fair_memory(1))) as measure:
        for timing in measure_pairs(pairs, measure, registry, repeats=repeats, limit=limit):
            timings.append(timing)
            out.print(f"{len(timings)}/{len(pairs)} {pair_tables.line(timing)}", markup=False)
    return timings


def _line(timing: Timing) -> str:
    from bench.analysis.cells import significant

    cell = timing.cell
    what = f"{cell.detector} {cell.rows} × {cell.features} {cell.device}"
    if timing.status != "ok":
        return f"{what}: {timing.status}: {timing.reason}"
    fit, score = significant(timing.fit_seconds), significant(timing.score_microseconds)
    return f"{what}: fit {fit} s, score {score} µs/row"
