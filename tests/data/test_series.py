"""Real series: what is known of them, fetching them, and finding their files in any folder."""

from __future__ import annotations

import hashlib

import pytest
from file_server import serving

from bench.data import find_series, pulling, series_files, tsb_ad_sources
from bench.data.github import COMMITS, KnownFile
from bench.data.publishers import series as published
from bench.data.series import CACHE, COLLECTIONS, KnownSeries, known_series
from bench.errors import BenchError

WINDOWS = "labels/combined_windows.json"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Write files by their paths into the data folder; the cache is empty."""
    monkeypatch.setenv("BENCH_DATA_DIR", str(tmp_path / "own"))
    monkeypatch.setenv("BENCH_CACHE_DIR", str(tmp_path / "cache"))

    def write(*paths, below="own"):
        for path in paths:
            file = tmp_path / below / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("{}")
        return tmp_path / below

    return write


# What is known.


def test_each_collection_has_its_series_with_their_labels():
    counts = {name: sum(each.collection == name for each in known_series().values()) for name in COLLECTIONS}
    assert counts == {"nab": 58, "smap": 54, "msl": 27, "ucr": 4}
    taxi = known_series()["nab:nyc_taxi"]
    assert [file.path for file in taxi.files] == ["data/realKnownCause/nyc_taxi.csv", WINDOWS]
    assert (taxi.points, taxi.channels, taxi.anomalies) == (10320, 1, 1035)
    channel = known_series()["smap:P-1"]
    assert {file.path.split("/")[-2:][0] for file in channel.files} == {
        "train",
        "test",
        "labeled_anomalies.csv",
    }
    assert (channel.points, channel.channels) == (2872 + 8505, 25)


def test_files_come_from_the_commit_that_the_checksums_are_of(monkeypatch):
    monkeypatch.delenv("BENCH_GITHUB_URL", raising=False)
    windows = known_series()["nab:nyc_taxi"].files[1]
    commit = COMMITS["numenta/NAB"]
    assert windows.url == f"https://raw.githubusercontent.com/numenta/NAB/{commit}/{WINDOWS}"
    for each in known_series().values():
        for file in each.files:
            assert file.repository in COMMITS
            assert len(bytes.fromhex(file.sha256)) == 32
            assert file.size > 0


def test_each_series_of_tsb_ad_that_can_be_made_names_a_known_one():
    assert len(tsb_ad_sources()) == 70
    for name, source in tsb_ad_sources().items():
        known = known_series()[f"{source.collection}:{source.series}"]
        assert source.points < known.points
        assert source.channels in (1, known.channels)
        assert f"_{source.collection.upper()}_id_" in name


# Fetching.


@pytest.fixture
def known(monkeypatch):
    """Two series of a made-up repository that share their labels, on a mirror of GitHub."""
    contents = {"data/a.csv": b"a" * 900, "data/b.csv": b"b" * 500, "labels.json": b"{}"}
    files = {path: KnownFile("numenta/NAB", path, len(content), hashlib.sha256(content).hexdigest(), CACHE)
             for path, content in contents.items()}  # fmt: skip
    made_up = [KnownSeries("nab", name, (files[f"data/{name}.csv"], files["labels.json"]), 9, 1, 2)
               for name in "ab"]  # fmt: skip
    monkeypatch.setattr(published, "known_series", lambda: {each.label: each for each in made_up})
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with serving() as server:
        for path, content in contents.items():
            server.files[f"/numenta/NAB/{COMMITS['numenta/NAB']}/{path}"] = content
        monkeypatch.setenv("BENCH_GITHUB_URL", server.url)
        yield server


def pull(*names):
    sizes, done = [], []
    pulling.pull(pulling.choose(names), lambda _: sizes.append, lambda item: done.append(item.label))
    return sizes, done


def test_series_are_fetched_with_what_they_share_once(folder, known, tmp_path):
    sizes, done = pull("nab:*")
    assert done == ["nab:a", "nab:b"]
    assert sizes == [900, 902, 500]  # with what came before of the same series
    cache = tmp_path / "cache" / "series" / "numenta" / "NAB"
    assert (cache / "data" / "a.csv").read_bytes() == b"a" * 900
    assert (cache / "labels.json").read_bytes() == b"{}"
    assert len(known.requests) == 3
    pull("nab:a")
    assert len(known.requests) == 3


def test_a_series_with_a_file_that_is_not_as_it_was_is_not_kept(folder, known, tmp_path):
    [path] = [path for path in known.files if path.endswith("a.csv")]
    known.files[path] = b"?" * 900
    with pytest.raises(BenchError, match=r"a\.csv from 127.* wrong checksum and was deleted"):
        pull("nab:a")
    assert not list((tmp_path / "cache").rglob("a.csv"))


def test_a_series_that_is_not_known_gets_the_nearest_name(folder):
    with pytest.raises(BenchError, match="unknown data set 'nab:nyc_tax'; did you mean 'nab:nyc_taxi'"):
        pulling.choose(["nab:nyc_tax"])


# Finding files.


def test_each_layout_is_known_by_the_names_of_its_files(folder):
    own = folder(
        "NAB/data/realKnownCause/nyc_taxi.csv", f"NAB/{WINDOWS}",
        "more/TranAD/SMAP_MSL/test/P-1.npy", "more/TranAD/SMAP_MSL/train/P-1.npy",
        "more/labeled_anomalies.csv",
        "007_UCR_Anomaly_Air_10_20_30.txt",
        "TSB-AD-U/001_NAB_id_1_Facility_tr_1007_1st_2014.csv", "TSB-AD-U/TSB-AD-U-Eva.csv",
        "timeeval/sine.test.csv", "timeeval/sine.train.csv", "gutentag/ecg-1/test.csv",
    )  # fmt: skip
    assert series_files("nab") == {"nyc_taxi": own / "NAB/data/realKnownCause/nyc_taxi.csv"}
    assert series_files("telemanom") == {"P-1": own / "more/TranAD/SMAP_MSL/test/P-1.npy"}
    assert series_files("telemanom-labels") == {"labeled_anomalies": own / "more/labeled_anomalies.csv"}
    assert list(series_files("ucr")) == ["007_UCR_Anomaly_Air_10_20_30"]
    assert list(series_files("tsb-ad")) == ["001_NAB_id_1_Facility_tr_1007_1st_2014"]
    assert list(series_files("timeeval")) == ["ecg-1", "sine"]
    assert find_series("timeeval", "ecg-1") == own / "gutentag/ecg-1/test.csv"


def test_files_of_nab_need_its_windows_beside_them(folder):
    folder("data/realKnownCause/nyc_taxi.csv", "TranAD/data/NAB/nyc_taxi.csv")
    assert series_files("nab") == {}
    folder(WINDOWS)
    assert list(series_files("nab")) == ["nyc_taxi"]


def test_what_another_publisher_named_is_no_file_of_nab_though_it_lies_among_them(folder):
    folder("data/realKnownCause/nyc_taxi.csv", WINDOWS, "data/SMAP_MSL/labeled_anomalies.csv")
    folder("data/TSB/001_NAB_id_1_Facility_tr_1007_1st_2014.csv")
    assert list(series_files("nab")) == ["nyc_taxi"]
    assert list(series_files("telemanom-labels")) == ["labeled_anomalies"]


def test_hidden_folders_and_those_far_below_are_not_searched(folder):
    folder(".trash/a.test.csv", "1/2/3/4/5/b.test.csv", "1/2/3/4/5/6/c.test.csv")
    assert list(series_files("timeeval")) == ["b"]


def test_what_was_fetched_is_found_where_the_data_folder_has_none(folder, monkeypatch, tmp_path):
    path = "numenta/NAB/data/realKnownCause/nyc_taxi.csv"
    folder(path, f"numenta/NAB/{WINDOWS}", below="cache/series")
    cached = tmp_path / "cache" / "series" / path
    assert find_series("nab", "nyc_taxi") == cached
    assert series_files("nab") == {}  # patterns stand for what is in the data folder
    monkeypatch.setenv("BENCH_DATA_DIR", "")
    assert series_files("nab") == {"nyc_taxi": cached}
    monkeypatch.setenv("BENCH_DATA_DIR", str(tmp_path / "own"))
    own = folder("data/realKnownCause/nyc_taxi.csv", WINDOWS)
    assert find_series("nab", "nyc_taxi").is_relative_to(own)


@pytest.mark.parametrize(
    ("layout", "name", "words"),
    [
        (
            "nab",
            "nyc_taxi",
            "nab:nyc_taxi is not here yet; fetch it with: python -m bench data pull nab:nyc_taxi",
        ),
        ("telemanom", "T-13", "msl:T-13 is not here yet; fetch it with: python -m bench data pull msl:T-13"),
        ("nab", "nyc_taxy", "no file of NAB named 'nyc_taxy' in the data folder .*; did you mean 'nyc_taxi'"),
        ("timeeval", "sine", "no test file of TimeEval named 'sine' .* give the folder .* with --data-dir"),
        ("nab", "../../etc/passwd", "no file of NAB named"),
    ],
)
def test_a_series_that_is_not_here_says_how_to_get_it(folder, layout, name, words):
    with pytest.raises(BenchError, match=words):
        find_series(layout, name)
