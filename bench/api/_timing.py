"""`bench.api.time`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bench.api import _choosing as choosing
from bench.api import _parsing as parsing
from bench.api._parsing import File, Texts
from bench.api._watching import Say, Watch, watch_of
from bench.errors import BenchError
from bench.files import plain_name

if TYPE_CHECKING:
    import pandas as pd

    from bench.plugins.registry import Registry
    from bench.timing.measuring import Timing
    from bench.timing.pairs import PairTiming
    from bench.timing.series import SeriesTiming

# What other tables of timings are called.
TAKEN = ("implementations", "series")


def time(
    *,
    detectors: Texts | None = None,
    rows: str | int | Iterable[int] = "1000,4000,16000",
    features: str | int | Iterable[int] = "10,100",
    device: str = "auto",
    repeats: int = 3,
    limit: str | float = "60s",
    threads: int = 1,
    implementations: bool = False,
    points: str | int | Iterable[int] | None = None,
    name: str = "grid",
    plugins: File | Sequence[File] | None = None,
    results: File = "results",
    say: Say = None,
) -> pd.DataFrame:
    """Time detectors on a grid of rows and features, and write timing-grid.md and timing-grid.csv.

    Parameters
    ----------
    detectors : str or sequence of str, optional
        Only these.
    rows, features : str or numbers
        Numbers of rows to train on, as many are scored, and of columns.
    device : str
        "auto", "cpu" or "cuda".
    repeats : int
        How often each is timed, at least.
    limit : str or float
        Time for a cell; it and larger ones are left out then.
    threads : int
        Threads for numerical libraries, of this process, too.
    implementations : bool
        Whether what is faster here than in its library is timed against the library's own instead, and
        timing-implementations.md is written.
    points : str or numbers, optional
        Numbers of points: what reads series is timed on one of each length instead, and timing-series.md and
        timing-series.csv are written.
    name : str
        Of another grid, beside the one that is there: timing-NAME.md and .csv.
    plugins, results
        Folders.
    say : callable, optional
        Called with a line on each cell.

    Returns
    -------
    pandas.DataFrame
        A row for each detector, device and size; of implementations and series, for each detector and size.

    Raises
    ------
    BenchError
        For an unknown detector, and sizes or a device that cannot be.
    """
    import bench
    from bench.runs.writing import check_writable
    from bench.spec import split_specs
    from bench.timing import pair_tables, series_tables, tables
    from bench.trials.environment import describe, set_threads

    named = parsing.texts_of(detectors)
    sizes = Sizes(
        _sizes("--rows", rows),
        _sizes("--features", features),
        tuple(name for text in named for name in split_specs(text)) if named else None,
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
    lengths = () if points is None else _sizes("--points", points)
    watch, folder = watch_of(say), Path(results)
    registry = choosing.load_plugins(parsing.folders_of(plugins))
    seconds = parsing.parse_duration(limit) or None
    check_writable(folder)
    set_threads(threads)
    if implementations:
        pairs = _pairs(registry, sizes, repeats, seconds, watch)
        files = pair_tables.write(pairs, describe(bench.__version__, threads), folder)
        found = pair_tables.frame(pairs)
    elif lengths:
        of_series = _series(registry, lengths, sizes.detectors, repeats, seconds, watch)
        files = series_tables.write(of_series, describe(bench.__version__, threads), folder)
        found = series_tables.frame(of_series)
    else:
        timings = _grid(registry, sizes, device, repeats, seconds, watch)
        files = tables.write(timings, describe(bench.__version__, threads), folder, name)
        found = tables.frame(timings)
    watch.say("wrote " + ", ".join(str(file) for file in files))
    return found


def _sizes(option: str, given: str | int | Iterable[int]) -> tuple[int, ...]:
    from bench.timing.grid import parse_sizes

    return parse_sizes(option, str(given) if isinstance(given, str | int) else ",".join(map(str, given)))


class Sizes(NamedTuple):
    """Of what detectors are timed on, and which ones: all where that is None."""

    rows: tuple[int, ...]
    features: tuple[int, ...]
    detectors: tuple[str, ...] | None


def _grid(
    registry: Registry, sizes: Sizes, device: str, repeats: int, limit: float | None, watch: Watch
) -> list[Timing]:
    from bench.engine.machine import fair_memory
    from bench.timing import tables
    from bench.timing.grid import choose_devices, make_grid
    from bench.timing.measuring import MeasuringWorker, measure_all

    devices = choose_devices(device)
    grid = make_grid(registry, **sizes._asdict(), devices=devices)
    for note in grid.notes if "cuda" in devices or device == "cpu" else (*grid.notes, tables.NO_CUDA):
        watch.say(f"note: {note}")
    timings: list[Timing] = []
    measurer = MeasuringWorker(registry, repeats=repeats, limit=limit, memory=fair_memory(1))
    with contextlib.closing(measurer):
        for timing in measure_all(grid.cells, measurer):
            timings.append(timing)
            watch.say(f"{len(timings)}/{len(grid.cells)} {_line(timing)}")
    return timings


def _series(
    registry: Registry,
    points: tuple[int, ...],
    detectors: tuple[str, ...] | None,
    repeats: int,
    limit: float | None,
    watch: Watch,
) -> list[SeriesTiming]:
    from bench.engine.machine import fair_memory
    from bench.timing import series_tables
    from bench.timing.grid import choose_devices
    from bench.timing.series import SeriesWorker, measure_series, series_grid

    choose_devices("cpu")
    grid = series_grid(registry, points=points, detectors=detectors)
    for note in grid.notes:
        watch.say(f"note: {note}")
    timings: list[SeriesTiming] = []
    for timing in measure_series(grid.cells, SeriesWorker(registry, repeats, limit, fair_memory(1))):
        timings.append(timing)
        watch.say(f"{len(timings)}/{len(grid.cells)} {series_tables.line(timing)}")
    return timings


def _pairs(
    registry: Registry, sizes: Sizes, repeats: int, limit: float | None, watch: Watch
) -> list[PairTiming]:
    from bench.engine.machine import fair_memory
    from bench.timing import pair_tables
    from bench.timing.grid import choose_devices
    from bench.timing.pairs import PairWorker, make_pairs, measure_pairs

    choose_devices("cpu")
    pairs, notes = make_pairs(registry, **sizes._asdict())
    for note in notes:
        watch.say(f"note: {note}")
    timings: list[PairTiming] = []
    with contextlib.closing(PairWorker(registry, limit=limit, memory=fair_memory(1))) as measure:
        for timing in measure_pairs(pairs, measure, registry, repeats=repeats, limit=limit):
            timings.append(timing)
            watch.say(f"{len(timings)}/{len(pairs)} {pair_tables.line(timing)}")
    return timings


def _line(timing: Timing) -> str:
    from bench.analysis.cells import significant

    cell = timing.cell
    what = f"{cell.detector} {cell.rows} × {cell.features} {cell.device}"
    if timing.status != "ok":
        return f"{what}: {timing.status}: {timing.reason}"
    fit, score = significant(timing.fit_seconds), significant(timing.score_microseconds)
    return f"{what}: fit {fit} s, score {score} µs/row"
