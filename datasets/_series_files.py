"""Reading series of published formats: NAB, SMAP and MSL, the UCR archive, TSB-AD and TimeEval.

None of their data are part of this project. NAB: MIT licence since 2024, before AGPL-3.0. SMAP and MSL:
California Institute of Technology, by telemanom's LICENSE.txt (three clauses, as BSD's); their arrays are
copied by TranAD, whose code has a BSD licence. The UCR archive states none. What is in files of TSB-AD and
TimeEval has the licences of its sources.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench import DataError, Floats, Recording
from bench.data import find_series, series_files

if TYPE_CHECKING:
    import pandas as pd

# NAB leaves so large a part of a file to learn from, and of no more than so many points.
PROBATION, PROBATION_POINTS = 0.15, 5000
# The part that comes first of a series that says nothing of training.
FIRST = 0.3
_UCR = re.compile(r"\d+_UCR_Anomaly_.*_(?P<train>\d+)_(?P<begin>\d+)_(?P<end>\d+)")
_TSB_AD = re.compile(r"\d+_.*_tr_(?P<train>\d+)_1st_\d+")
DAY = np.timedelta64(1, "D")


# What a file raises that is not as it should be.
UNREADABLE = (OSError, ValueError, KeyError, IndexError, TypeError)


@dataclass(frozen=True)
class Format:
    """A format: the series that are here, the files that one is read from, and how they are read.

    ``files`` takes a series' name, ``read`` the name and these files.
    """

    listed: Callable[[], list[str]]
    files: Callable[[str], list[Path]]
    read: Callable[[str, list[Path]], Recording]

    def names(self) -> list[str]:
        """The series that are here and have labelled anomalies. Raises DataError for labels out of order."""
        try:
            return self.listed()
        except UNREADABLE as error:
            raise DataError(f"the labels of series cannot be read: {error!r}") from None

    def variants(self) -> list[dict[str, Any]]:
        """The parameters of a dataset for each of `names`."""
        return [{"series": name} for name in self.names()]

    def recording(self, name: str) -> Recording:
        """The series of that name; BenchError where it is not here, or not as it should be."""
        files = self.files(name)
        try:
            return self.read(name, files)
        except UNREADABLE as error:
            shown = " and ".join(file.name for file in files)
            raise DataError(f"{shown} cannot be read as the series {name!r}: {error!r}") from None

    def fingerprint(self, name: str) -> str:
        """A hash of all that the series is read from."""
        try:
            contents = [file.read_bytes() for file in self.files(name)]
        except OSError as error:
            raise DataError(f"{error.filename} cannot be read: {error.strerror}") from None
        return hashlib.sha256(b"".join(hashlib.sha256(each).digest() for each in contents)).hexdigest()[:16]


def read_csv(file: Path) -> pd.DataFrame:
    import pandas as pd

    return pd.read_csv(file)


# NAB.


def _nab_names() -> list[str]:
    return [name for name, file in series_files("nab").items() if nab_windows(_with_windows(file))]


def nab_files(name: str) -> list[Path]:
    return _with_windows(find_series("nab", name))


def _with_windows(file: Path) -> list[Path]:
    return [file, file.parents[2] / "labels" / "combined_windows.json"]


def nab_times(table: pd.DataFrame) -> np.ndarray:
    return np.array(table["timestamp"].to_list(), dtype="datetime64[us]")


def nab_windows(files: list[Path]) -> list[tuple[Any, Any]]:
    """The first and the last time of each window with an anomaly."""
    file, labels = files
    windows = json.loads(labels.read_text(encoding="utf-8"))[f"{file.parent.name}/{file.name}"]
    return [(np.datetime64(first, "us"), np.datetime64(last, "us")) for first, last in windows]


def _read_nab(_: str, files: list[Path]) -> Recording:
    """All points in the file's order, both ends of a window included; NAB's probation is for training.

    Its points are neighbours as in NAB, whatever the time between them: traffic was measured at irregular
    times, seven files repeat some, and one goes back an hour.
    """
    table = read_csv(files[0])
    times, y = nab_times(table), np.zeros(len(table), dtype=np.int8)
    for first, last in nab_windows(files):
        y[(times >= first) & (times <= last)] = 1
    train = int(min(PROBATION * len(y), PROBATION * PROBATION_POINTS))
    values = table["value"].to_numpy(dtype=float)[:, None]
    return Recording.of_one(values, y, train=train, points_per_day=per_day(times), names=["value"])


def per_day(times: np.ndarray) -> float | None:
    """Sampling steps in a day, by the median time between two points."""
    step = np.median(np.diff(times).astype(float)) if len(times) > 1 else 0.0
    return float(DAY / np.timedelta64(round(step), "us")) if step > 0 else None


# SMAP and MSL.


def _telemetry_names(spacecraft: str) -> list[str]:
    """The channels of a spacecraft whose arrays are here."""
    names = series_files("telemanom")
    if not names:
        return []
    labelled = read_csv(find_series("telemanom-labels", "labeled_anomalies"))
    of_craft = set(labelled.loc[labelled["spacecraft"].str.lower() == spacecraft, "chan_id"])
    return [name for name in names if name in of_craft]


def telemetry_files(name: str) -> list[Path]:
    """The test array, the labels, and the training array."""
    test = find_series("telemanom", name)
    labels = find_series("telemanom-labels", "labeled_anomalies")
    return [test, labels, test.parents[1] / "train" / test.name]


def telemetry_labels(name: str, labels: Path, points: int) -> np.ndarray:
    """Both ends of a range included. A channel that is listed twice has the later labels, as in TSB-AD."""
    table = read_csv(labels)
    listed = table.loc[table["chan_id"] == name, "anomaly_sequences"]
    if listed.empty:
        raise DataError(f"{labels.name} has no labels of the channel {name!r}")
    y = np.zeros(points, dtype=np.int8)
    for first, last in json.loads(listed.iloc[-1]):
        y[first : last + 1] = 1
    return y


def _read_telemetry(name: str, files: list[Path]) -> Recording:
    """The training array, a gap, and the test array; telemetry is the first channel, commands the others."""
    test, labels, train = files
    if not train.is_file():
        raise DataError(f"{name}.npy is in the folder test, but not in train beside it; copy both folders")
    learnt, tested = (np.load(file, allow_pickle=False) for file in (train, test))
    values = np.concatenate([learnt, tested])
    y = np.concatenate([np.zeros(len(learnt), dtype=np.int8), telemetry_labels(name, labels, len(tested))])
    position = np.arange(len(values))
    position[len(learnt) :] += 1
    names = ["telemetry", *(f"command {i}" for i in range(1, values.shape[1]))]
    return Recording(values, y, np.zeros(len(values), np.int64), position, (len(learnt),), names=tuple(names))


# UCR.


def _read_ucr(name: str, files: list[Path]) -> Recording:
    """One value after another; the name ends in how many are for training, and the anomaly's ends.

    Both ends are included and counted from 0: so counted, InternalBleeding19 changes where its name says.
    """
    values = np.array(files[0].read_text(encoding="ascii").split(), dtype=float)[:, None]
    found = _UCR.fullmatch(name)
    assert found is not None
    begin, end = int(found["begin"]), int(found["end"])
    if not begin <= end < len(values):
        raise DataError(f"{name} has {len(values)} points, and by its name an anomaly from {begin} to {end}")
    y = np.zeros(len(values), dtype=np.int8)
    y[begin : end + 1] = 1
    return Recording.of_one(values, y, train=int(found["train"]))


# TSB-AD.


def tsb_ad_train(name: str) -> int:
    """How many points are for training, by the name."""
    found = _TSB_AD.fullmatch(name)
    if found is None:
        raise DataError(f"{name!r} is no name of TSB-AD: 001_NAB_id_1_Facility_tr_1007_1st_2014")
    return int(found["train"])


def read_tsb_ad(name: str, files: list[Path]) -> Recording:
    """Columns of values, and a last column Label."""
    table = read_csv(files[0])
    y = table.pop("Label").to_numpy()
    return Recording.of_one(
        table.to_numpy(dtype=float), y, train=tsb_ad_train(name), names=list(table.columns)
    )


# TimeEval.


def _timeeval_files(name: str) -> list[Path]:
    """The test file, and a training file where one lies beside it: that with no anomaly first."""
    test = find_series("timeeval", name)
    if test.name == "test.csv":
        beside = [test.with_name(f"{each}.csv") for each in ("train_no_anomaly", "train", "train_anomaly")]
    else:
        beside = [test.with_name(f"{name}.train.csv")]
    return [test, *[file for file in beside if file.is_file()][:1]]


def _read_timeeval(_: str, files: list[Path]) -> Recording:
    """Columns timestamp, the channels and is_anomaly; the training file is a stretch of its own.

    Without one the first 30 % are for training.
    """
    test, *train = [read_csv(file) for file in files]
    stamps = test.iloc[:, 0]
    tables = [table.drop(columns=table.columns[0]) for table in (*train, test)]
    labels = [table.pop("is_anomaly").to_numpy() for table in tables]
    trained = len(train[0]) if train else round(FIRST * len(test))
    position = np.arange(sum(map(len, tables)))
    position[trained:] += 1 if train else 0
    return Recording(
        np.concatenate([table.to_numpy(dtype=float) for table in tables]),
        np.concatenate(labels),
        np.zeros(len(position), dtype=np.int64),
        position,
        (trained,),
        points_per_day=None if stamps.dtype.kind in "iuf" else per_day(_as_times(stamps)),
        names=tuple(tables[-1].columns),
    )


def _as_times(stamps: pd.Series) -> np.ndarray:
    return np.array(stamps.to_list(), dtype="datetime64[us]")


def first_channels(recording: Recording, count: int) -> Recording:
    """A recording of the first channels alone."""
    from dataclasses import replace

    if not 1 <= count <= len(recording.names):
        raise DataError(f"of {len(recording.names)} channels, {count} cannot be taken")
    values: Floats = recording.values[:, :count]
    return replace(recording, values=values, names=recording.names[:count])


def _names_of(layout: str) -> Callable[[], list[str]]:
    return lambda: list(series_files(layout))


def _file_of(layout: str) -> Callable[[str], list[Path]]:
    return lambda name: [find_series(layout, name)]


FORMATS = {
    "nab": Format(_nab_names, nab_files, _read_nab),
    "smap": Format(lambda: _telemetry_names("smap"), telemetry_files, _read_telemetry),
    "msl": Format(lambda: _telemetry_names("msl"), telemetry_files, _read_telemetry),
    "ucr": Format(_names_of("ucr"), _file_of("ucr"), _read_ucr),
    "timeeval": Format(_names_of("timeeval"), _timeeval_files, _read_timeeval),
}
