"""``time``: what each detector costs as the data grows, on the CPU and on a GPU."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bench.cli import _options as options
from bench.cli._output import console

if TYPE_CHECKING:
    from bench.timing.measuring import Timing


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
    plugins: options.Plugins = None,
    results: options.Results = Path("results"),
) -> None:
    """Time detectors on a grid of rows and features, and write timing-grid.md and timing-grid.csv.

    One cell is measured at a time, in a process of its own. Times are warm; a cell that runs past --limit
    is stopped and marked, and the detector is not tried on larger ones.
    """
    import bench
    from bench.engine.machine import fair_memory
    from bench.runs.writing import check_writable
    from bench.spec import split_specs
    from bench.timing import tables
    from bench.timing.grid import choose_devices, make_grid, parse_sizes
    from bench.timing.measuring import MeasuringWorker, measure_all
    from bench.trials.environment import describe, set_threads

    out = console()
    registry = options.load_plugins(plugins)
    devices = choose_devices(device)
    grid = make_grid(
        registry,
        rows=parse_sizes("--rows", rows),
        features=parse_sizes("--features", features),
        detectors=tuple(name for text in detectors for name in split_specs(text)) if detectors else None,
        devices=devices,
    )
    seconds = options.parse_duration(limit)
    check_writable(results)
    for note in grid.notes if "cuda" in devices or device == "cpu" else (*grid.notes, tables.NO_CUDA):
        out.print(f"note: {note}", markup=False)
    set_threads(threads)
    timings: list[Timing] = []
    measurer = MeasuringWorker(registry, repeats=repeats, limit=seconds or None, memory=fair_memory(1))
    with contextlib.closing(measurer):
        for timing in measure_all(grid.cells, measurer):
            timings.append(timing)
            out.print(f"{len(timings)}/{len(grid.cells)} {_line(timing)}", markup=False)
    files = tables.write(timings, describe(bench.__version__, threads), results)
    out.print("wrote " + ", ".join(str(file) for file in files), markup=False)


def _line(timing: Timing) -> str:
    from bench.analysis.cells import significant

    cell = timing.cell
    what = f"{cell.detector} {cell.rows} × {cell.features} {cell.device}"
    if timing.status != "ok":
        return f"{what}: {timing.status}: {timing.reason}"
    fit, score = significant(timing.fit_seconds), significant(timing.score_microseconds)
    return f"{what}: fit {fit} s, score {score} µs/row"
