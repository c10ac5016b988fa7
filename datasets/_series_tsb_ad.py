"""TSB-AD's series: from its own files, or made as it made them from files of NAB and arrays of SMAP and MSL.

Liu and Paparrizos, The Elephant in the Room: Towards a Reliable Time-Series Anomaly Detection Benchmark,
NeurIPS 2024. What was done to the sources was found by comparing lengths, labels and published figures.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from bench import BenchError, DataError, Recording
from bench.data import find_series, series_files, tsb_ad_sources

from . import _series_files as formats


def _names() -> list[str]:
    """The series whose own file is here, or what they can be made from."""
    own = series_files("tsb-ad")
    here = {name for layout in ("nab", "telemanom") for name in series_files(layout)}
    return sorted({*own, *(name for name, source in tsb_ad_sources().items() if source.series in here)})


def _files(name: str) -> list[Path]:
    """The series' own file, or those that it is made from."""
    source = tsb_ad_sources().get(name)
    try:
        return [find_series("tsb-ad", name)]
    except BenchError:
        if source is None:
            raise
    if source.collection == "nab":
        return formats.nab_files(source.series)
    return formats.telemetry_files(source.series)[:2]


def _read(name: str, files: list[Path]) -> Recording:
    if len(files) == 1:
        return formats.read_tsb_ad(name, files)
    return _of_nab(name, files) if tsb_ad_sources()[name].collection == "nab" else _of_telemetry(name, files)


def _of_nab(name: str, files: list[Path]) -> Recording:
    """The file without its first row, beside labels that still count it and so come a point early.

    A window's last point is not part of it; the end of the series is cut off where TSB-AD has fewer points.
    """
    table, points = formats.read_csv(files[0]), tsb_ad_sources()[name].points
    times, y = formats.nab_times(table), np.zeros(len(table), dtype=np.int8)
    for first, last in formats.nab_windows(files):
        y[(times >= first) & (times < last)] = 1
    values = table["value"].to_numpy(dtype=float)[1 : points + 1, None]
    _check_length(name, files[0], len(values), points)
    return Recording.of_one(values, y[:points], train=formats.tsb_ad_train(name), names=["Data"])


def _of_telemetry(name: str, files: list[Path]) -> Recording:
    """The test array with its labels: the first channel in the univariate benchmark, else all of them."""
    source = tsb_ad_sources()[name]
    array = np.load(files[0], allow_pickle=False)[:, : source.channels]
    _check_length(name, files[0], len(array), source.points)
    y = formats.telemetry_labels(source.series, files[1], len(array))
    return Recording.of_one(array, y, train=formats.tsb_ad_train(name))


def _check_length(name: str, file: Path, points: int, wanted: int) -> None:
    if points != wanted:
        raise DataError(f"{file.name} gives {points} points, and {name} has {wanted}: it is another version")


TSB_AD = formats.Format(_names, _files, _read)
