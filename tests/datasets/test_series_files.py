"""Series of published formats, from files as they are published; what is not as it should be is said."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import numpy as np
import pytest
from plugin_modules import of_datasets

from bench.data import tsb_ad_sources
from bench.errors import BenchError, DataError

files = of_datasets("_series_files")
TSB_AD = of_datasets("_series_tsb_ad").TSB_AD
NAB, UCR, TIMEEVAL = (files.FORMATS[name] for name in ("nab", "ucr", "timeeval"))
SMAP, MSL = files.FORMATS["smap"], files.FORMATS["msl"]

PUBLISHED = Path(__file__).parents[3] / "shared" / "published" / "tsb-ad"
REAL = os.environ.get("BENCH_DATA_DIR")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Write a file of the data folder: text, an array, or a value as JSON."""
    monkeypatch.setenv("BENCH_DATA_DIR", str(tmp_path))

    def write(path, content):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, np.ndarray):
            np.save(file, content)
        else:
            file.write_text(content if isinstance(content, str) else json.dumps(content))
        return file

    return write


def nab_csv(points, minutes=5):
    times = np.datetime64("2014-02-01T00:00:00") + np.arange(points) * np.timedelta64(minutes, "m")
    rows = [f"{str(time).replace('T', ' ')},{i * 1.5}" for i, time in enumerate(times)]
    return "\n".join(["timestamp,value", *rows, ""])


@pytest.fixture
def nab(folder):
    """A file of 100 points every five minutes, with a window over points 60 to 63, and one with none."""
    folder("data/realTraffic/road.csv", nab_csv(100))
    folder("data/artificialNoAnomaly/flat.csv", nab_csv(10))
    window = ["2014-02-01 05:00:00.000000", "2014-02-01 05:15:00.000000"]
    folder(
        "labels/combined_windows.json", {"realTraffic/road.csv": [window], "artificialNoAnomaly/flat.csv": []}
    )


def anomalous(recording):
    return np.flatnonzero(recording.y).tolist()


def test_nab_has_both_ends_of_each_window_and_trains_on_its_probation(nab):
    recording = NAB.recording("road")
    assert recording.values[:, 0].tolist() == [1.5 * i for i in range(100)]
    assert anomalous(recording) == [60, 61, 62, 63]
    assert recording.train == (15,)
    assert recording.points_per_day == 288
    assert recording.names == ("value",)


def test_nab_trains_on_no_more_than_750_points(folder):
    folder("data/a/long.csv", nab_csv(6000))
    folder("labels/combined_windows.json", {"a/long.csv": []})
    assert NAB.recording("long").train == (750,)


def test_what_has_no_anomaly_is_read_but_not_listed(nab):
    assert NAB.names() == ["road"]
    assert NAB.variants() == [{"series": "road"}]
    assert anomalous(NAB.recording("flat")) == []


def test_nab_keeps_the_order_of_its_file_whatever_the_times(folder):
    folder("data/a/back.csv", "timestamp,value\n2014-01-01 00:00:00,1\n2014-01-01 02:00:00,2\n"
           "2014-01-01 02:00:00,3\n2014-01-01 01:00:00,4\n")  # fmt: skip
    folder("labels/combined_windows.json", {"a/back.csv": []})
    recording = NAB.recording("back")
    assert recording.values[:, 0].tolist() == [1, 2, 3, 4]
    assert recording.position.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("path", "content", "words"),
    [
        (
            "data/realTraffic/road.csv",
            "time,value\n1,2\n",
            "road.csv and combined_windows.json cannot be read",
        ),
        ("data/realTraffic/road.csv", "", "road.csv .* cannot be read as the series 'road'"),
        ("data/realTraffic/road.csv", "timestamp,value\n2014-01-01,x\n2014-01-02,y\n", "cannot be read"),
        ("labels/combined_windows.json", "{", "cannot be read"),
        ("labels/combined_windows.json", {}, "realTraffic/road.csv"),
        ("data/realTraffic/road.csv", "timestamp,value\n2014-01-01,1\n2014-01-02,\n", "NaN .* in point 1"),
    ],
)
def test_a_damaged_file_of_nab_is_one_sentence(nab, folder, path, content, words):
    folder(path, content)
    with pytest.raises(DataError, match=words):
        NAB.recording("road")


def test_labels_that_cannot_be_read_are_said_where_series_are_listed(nab, folder):
    folder("labels/combined_windows.json", "{")
    with pytest.raises(DataError, match="labels of series cannot be read"):
        NAB.names()


def test_the_fingerprint_changes_with_the_values_and_with_the_labels(nab, folder):
    seen = [NAB.fingerprint("road"), NAB.fingerprint("road")]
    folder("data/realTraffic/road.csv", nab_csv(101))
    seen.append(NAB.fingerprint("road"))
    folder("labels/combined_windows.json", {"realTraffic/road.csv": [], "artificialNoAnomaly/flat.csv": []})
    seen.append(NAB.fingerprint("road"))
    assert seen[0] == seen[1]
    assert len({*seen}) == 3


# SMAP and MSL.


@pytest.fixture
def telemetry(folder):
    folder("SMAP_MSL/train/P-1.npy", np.arange(30.0).reshape(10, 3))
    folder("SMAP_MSL/test/P-1.npy", 100 + np.arange(60.0).reshape(20, 3))
    folder("SMAP_MSL/test/T-9.npy", np.zeros((20, 5)))
    folder("SMAP_MSL/test/T-10.npy", np.zeros((20, 5)))  # has no labels
    folder("labeled_anomalies.csv", "chan_id,spacecraft,anomaly_sequences,class,num_values\n"
           'P-1,SMAP,"[[1, 2]]",[point],20\nP-1,SMAP,"[[5, 7], [19, 19]]","[point, point]",20\n'
           'T-9,MSL,"[[4, 4]]",[point],20\n')  # fmt: skip


def test_telemetry_is_learnt_from_one_array_and_tested_on_the_other(telemetry):
    recording = SMAP.recording("P-1")
    assert recording.values.shape == (30, 3)
    assert recording.values[:11, 0].tolist() == [*range(0, 30, 3), 100]
    assert recording.train == (10,)
    assert np.flatnonzero(np.diff(recording.position) != 1).tolist() == [9]  # a gap where they meet
    assert recording.names == ("telemetry", "command 1", "command 2")


def test_labels_of_telemetry_have_both_ends_and_the_later_line_counts(telemetry):
    assert anomalous(SMAP.recording("P-1")) == [15, 16, 17, 29]


def test_each_spacecraft_lists_its_labelled_channels(telemetry):
    assert SMAP.names() == ["P-1"]
    assert MSL.names() == ["T-9"]


def test_telemetry_without_its_parts_is_refused(telemetry):
    with pytest.raises(DataError, match=r"T-9\.npy is in the folder test, but not in train"):
        MSL.recording("T-9")
    with pytest.raises(BenchError, match=r"T-9\.npy cannot be read"):
        MSL.fingerprint("T-9")


def test_a_channel_without_labels_is_refused(telemetry, folder):
    folder("SMAP_MSL/train/T-10.npy", np.zeros((20, 5)))
    with pytest.raises(DataError, match=r"labeled_anomalies\.csv has no labels of the channel 'T-10'"):
        MSL.recording("T-10")


def test_pickled_arrays_are_not_loaded(telemetry, folder, tmp_path):
    np.save(tmp_path / "SMAP_MSL" / "test" / "P-1.npy", np.array([{}]), allow_pickle=True)
    with pytest.raises(DataError, match=r"P-1\.npy .* cannot be read"):
        SMAP.recording("P-1")


def test_the_first_channels_can_be_taken_alone(telemetry):
    whole = SMAP.recording("P-1")
    alone = files.first_channels(whole, 1)
    assert alone.values.tolist() == whole.values[:, :1].tolist()
    assert alone.names == ("telemetry",)
    assert (alone.train, alone.y.tolist()) == (whole.train, whole.y.tolist())
    for count in (0, 4):
        with pytest.raises(DataError, match=f"of 3 channels, {count} cannot be taken"):
            files.first_channels(whole, count)


# UCR, TSB-AD, TimeEval.


@pytest.mark.parametrize("between", ["\n", "  ", " \n"])
def test_a_ucr_file_says_in_its_name_what_is_for_training_and_where_the_anomaly_is(folder, between):
    name = "004_UCR_Anomaly_2sddb40_50_60_64"
    folder(f"deep/{name}.txt", between.join(f"{i:.3e}" for i in range(100)))
    assert UCR.names() == [name]
    recording = UCR.recording(name)
    assert recording.values[:, 0].tolist() == list(range(100))
    assert recording.train == (50,)
    assert anomalous(recording) == [60, 61, 62, 63, 64]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("1_UCR_Anomaly_a_2_5_9", "1 2 3 4 5 6", "has 6 points, and by its name an anomaly from 5 to 9"),
        ("1_UCR_Anomaly_a_2_5_3", "1 2 3 4 5 6", "an anomaly from 5 to 3"),
        ("1_UCR_Anomaly_a_9_2_3", "1 2 3 4 5 6", "6 points; 9 of them cannot be for training"),
        ("1_UCR_Anomaly_a_2_3_3", "1 2 x 4 5 6", "cannot be read as the series"),
        ("1_UCR_Anomaly_a_2_3_3", "1 2 nan 4 5 6", "NaN or infinite values, first in point 2"),
    ],
)
def test_a_ucr_file_that_contradicts_its_name_is_refused(folder, name, content, words):
    folder(f"{name}.txt", content)
    with pytest.raises(DataError, match=words):
        UCR.recording(name)


def test_a_file_of_tsb_ad_has_channels_and_a_last_column_of_labels(folder):
    name = "901_Made_id_1_Up_tr_2_1st_3"
    folder(f"TSB-AD-M/{name}.csv", "heat,flow,Label\n1,2,0\n3,4,0\n5,6,0\n7,8,1\n")
    recording = TSB_AD.recording(name)
    assert recording.values.tolist() == [[1, 2], [3, 4], [5, 6], [7, 8]]
    assert anomalous(recording) == [3]
    assert recording.train == (2,)
    assert recording.names == ("heat", "flow")
    assert TSB_AD.names() == [name]


TAXI = "006_NAB_id_6_Traffic_tr_2579_1st_5839"


def test_a_series_of_tsb_ad_is_made_from_nab_a_point_apart_from_its_labels(folder):
    folder("data/realKnownCause/nyc_taxi.csv", nab_csv(10_320))
    window = ["2014-02-01 05:00:00", "2014-02-01 05:15:00"]
    folder("labels/combined_windows.json", {"realKnownCause/nyc_taxi.csv": [window]})
    recording = TSB_AD.recording(TAXI)
    assert recording.values[:3, 0].tolist() == [1.5, 3.0, 4.5]  # without the file's first row
    assert len(recording.y) == 10_319
    assert anomalous(recording) == [60, 61, 62]  # where they are in the file, without the window's end
    assert recording.train == (2579,)
    assert TSB_AD.names() == [TAXI]


def test_a_file_of_tsb_ad_itself_comes_before_what_it_was_made_from(folder):
    folder("data/realKnownCause/nyc_taxi.csv", nab_csv(10_320))
    folder("labels/combined_windows.json", {"realKnownCause/nyc_taxi.csv": []})
    folder(f"TSB-AD-U/{TAXI}.csv", "Data,Label\n" + "7,0\n" * 2600)
    assert TSB_AD.recording(TAXI).values[0] == 7


def test_another_version_of_a_source_is_refused(folder):
    folder("data/realKnownCause/nyc_taxi.csv", nab_csv(500))
    folder("labels/combined_windows.json", {"realKnownCause/nyc_taxi.csv": []})
    with pytest.raises(DataError, match=r"nyc_taxi\.csv gives 499 points, and 006_NAB.* has 10319"):
        TSB_AD.recording(TAXI)


@pytest.mark.parametrize(
    ("name", "channels"),
    [("531_SMAP_id_1_Sensor_tr_1811_1st_4510", 1), ("169_SMAP_id_26_Sensor_tr_1811_1st_4510", 25)],
)
def test_a_series_of_tsb_ad_is_made_from_the_test_array_of_a_channel(folder, name, channels):
    array = np.arange(7244.0 * 25).reshape(7244, 25)
    folder("test/R-1.npy", array)
    folder("labeled_anomalies.csv", "chan_id,spacecraft,anomaly_sequences,class,num_values\n"
           'R-1,SMAP,"[[4510, 4512]]",[point],7244\n')  # fmt: skip
    recording = TSB_AD.recording(name)
    assert np.array_equal(recording.values, array[:, :channels])
    assert anomalous(recording) == [4510, 4511, 4512]
    assert recording.train == (1811,)


def test_a_series_of_tsb_ad_that_cannot_be_made_says_what_to_fetch(folder):
    folder("else.txt", "")
    with pytest.raises(BenchError, match="fetch it with: python -m bench data pull nab:nyc_taxi"):
        TSB_AD.recording(TAXI)
    with pytest.raises(BenchError, match="there is no file of TSB-AD named '003_NAB_id_3_Web_tr_1_1st_2'"):
        TSB_AD.recording("003_NAB_id_3_Web_tr_1_1st_2")


TEST_CSV = (
    "timestamp,heat,is_anomaly\n2020-01-01 00:00:00,1,0\n2020-01-01 01:00:00,2,1\n2020-01-01 02:00:00,3,0\n"
)
TRAIN_CSV = "timestamp,heat,is_anomaly\n2019-01-01 00:00:00,8,0\n2019-01-01 01:00:00,9,0\n"


@pytest.mark.parametrize(
    ("test", "train"),
    [("sine.test.csv", "sine.train.csv"), ("sine/test.csv", "sine/train_no_anomaly.csv")],
)
def test_a_series_of_timeeval_has_its_training_file_as_a_stretch_of_its_own(folder, test, train):
    folder(f"multivariate/{test}", TEST_CSV)
    folder(f"multivariate/{train}", TRAIN_CSV)
    assert TIMEEVAL.names() == ["sine"]
    recording = TIMEEVAL.recording("sine")
    assert recording.values[:, 0].tolist() == [8, 9, 1, 2, 3]
    assert recording.position.tolist() == [0, 1, 3, 4, 5]
    assert recording.train == (2,)
    assert anomalous(recording) == [3]
    assert recording.points_per_day == 24
    assert recording.names == ("heat",)


def test_a_series_of_timeeval_without_one_trains_on_what_comes_first(folder):
    rows = "".join(f"{i},{i * 2},{i * 3},{int(i == 7)}\n" for i in range(10))
    folder("a.test.csv", "timestamp,x,y,is_anomaly\n" + rows)
    recording = TIMEEVAL.recording("a")
    assert recording.train == (3,)
    assert recording.position.tolist() == list(range(10))
    assert recording.values.shape == (10, 2)
    assert recording.points_per_day is None


# The real files, where they are.


@pytest.mark.skipif(not REAL, reason="BENCH_DATA_DIR names no folder with real series")
@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="TSB-AD's published table is not beside the project")
@pytest.mark.parametrize("name", sorted(tsb_ad_sources()))
def test_what_was_made_is_as_long_and_as_anomalous_as_was_published(name):
    try:
        recording = TSB_AD.recording(name)
    except BenchError as error:
        pytest.skip(str(error))
    rows = [row for table in ("uni", "multi")
            for row in csv.DictReader((PUBLISHED / f"{table}_mergedTable_VUS-PR.csv").open())]  # fmt: skip
    [row] = [row for row in rows if row["file"] == f"{name}.csv"]
    begins = np.flatnonzero(np.diff(recording.y, prepend=0) == 1)
    assert len(recording.y) == int(row["ts_len"])
    assert recording.y.sum() == int(row["anomaly_len"])
    assert len(begins) == int(row["num_anomaly"])
    assert begins[0] == int(name.rpartition("_")[2])
