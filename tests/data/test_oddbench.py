"""OddBench's tables: what is known of each, which leak, and finding their files."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from file_server import serving

from bench.data import find_odd, odd_names, oddbench, pulling
from bench.data.github import COMMITS, KnownFile
from bench.data.listing import entries
from bench.data.oddbench import OddTable, odd_tables
from bench.data.publishers import oddbench as published
from bench.errors import BenchError
from bench.splits.sources import SOURCES, related_group


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """A data folder and a cache, both empty."""
    own, cache = tmp_path / "own", tmp_path / "cache"
    own.mkdir()
    monkeypatch.setenv("BENCH_DATA_DIR", str(own))
    monkeypatch.setenv("BENCH_CACHE_DIR", str(cache))
    return own, cache


def put(folder, *names):
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / f"{name}.npz").write_bytes(b"")
    return folder


def test_each_table_is_known_by_what_its_audit_found():
    tables = odd_tables().values()
    assert len(tables) == 759
    assert sum(table.is_clean for table in tables) == 550
    assert sum(table.copies > 0.1 for table in tables) == 202
    assert sum(table.conflicts > 0.1 for table in tables) == 91
    assert sum(table.published < 0.5 for table in tables) == 107
    mine = odd_tables()["AbandonedMineLand"]
    assert (mine.train, mine.test, mine.columns, mine.anomalies) == (6527, 6656, 5, 128)
    assert mine.published == pytest.approx(0.7777, abs=1e-4)


AUDIT = Path(__file__).parents[3] / "shared/data/oddbench-audit.csv"


@pytest.mark.skipif(not AUDIT.is_file(), reason="the audit's table is not here")
def test_the_audit_agrees_with_another_one():
    import pandas as pd

    other = pd.read_csv(AUDIT)
    for row in other.itertuples():
        table = odd_tables()[row.name.removesuffix(".npz")]
        assert (table.train, table.test, table.columns, table.anomalies) == (
            row.ntrain,
            row.ntest,
            row.d,
            row.anom,
        )
        assert table.copies == pytest.approx(row.copies_test, abs=1e-4)
        assert table.conflicts == pytest.approx(row.conflict_anom, abs=1e-4)


def test_files_come_from_the_commit_that_the_checksums_are_of(monkeypatch):
    monkeypatch.delenv("BENCH_GITHUB_URL", raising=False)
    url = odd_tables()["WineQuality"].file.url
    commit = COMMITS["psorus/Outformer"]
    assert (
        url
        == f"https://raw.githubusercontent.com/psorus/Outformer/{commit}/benchmarks/oddbench/WineQuality.npz"
    )
    assert all(len(bytes.fromhex(table.file.sha256)) == 32 for table in odd_tables().values())


@pytest.mark.parametrize("below", ["oddbench", "benchmarks/oddbench"])
def test_tables_are_found_in_the_data_folder(folders, below):
    own, _ = folders
    put(own / below, "WineGrapes")
    assert find_odd("WineGrapes") == own / below / "WineGrapes.npz"


def test_a_data_folder_of_another_name_is_none_of_oddbench(folders):
    put(folders[0], "WineGrapes")
    assert odd_names() == []


def test_a_pattern_stands_for_what_is_here_and_does_not_leak(folders):
    assert not odd_tables()["WineQuality"].is_clean
    put(folders[0] / "oddbench", "WineQuality", "AbandonedMineLand", "OfMine")
    put(folders[1] / "oddbench/psorus/Outformer/benchmarks/oddbench", "ALLPatientData")
    assert odd_names() == ["ALLPatientData", "AbandonedMineLand", "OfMine"]
    assert find_odd("WineQuality").is_file()  # by its name it is had all the same


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("WineQuality", "data pull oddbench:WineQuality"),
        ("WineQualty", "did you mean 'WineQuality'"),
        ("../WineQuality", "without folders"),
        ("nothing like it", "data list"),
    ],
)
def test_what_is_not_here_is_said(folders, name, what):
    with pytest.raises(BenchError, match=what.replace("(", r"\(")):
        find_odd(name)


def test_a_table_is_fetched_and_checked(folders, monkeypatch):
    content = b"a table"
    path = "benchmarks/oddbench/Made.npz"
    file = KnownFile(
        oddbench.REPOSITORY, path, len(content), hashlib.sha256(content).hexdigest(), cache="oddbench"
    )
    made = OddTable(name="Made", file=file, train=1, test=2, columns=1, anomalies=1, copies=0.0,
                    conflicts=0.0, published=0.5, repository="a/b")  # fmt: skip
    monkeypatch.setattr(published, "odd_tables", lambda: {"Made": made})
    with serving() as server:
        server.files[f"/{oddbench.REPOSITORY}/{COMMITS[oddbench.REPOSITORY]}/{path}"] = content
        monkeypatch.setenv("BENCH_GITHUB_URL", server.url)
        [item] = pulling.choose(["oddbench:M*"])
        assert (item.label, item.size) == ("oddbench:Made", len(content))
        pulling.pull([item], lambda _: lambda size: None, lambda _: None)
    assert find_odd("Made").read_bytes() == content


@pytest.mark.parametrize("name", ["oddbench:", "oddbench:Nothing*", "*", "odd*:WineQuality", "nothing:*"])
def test_a_name_that_stands_for_nothing_is_said(name):
    with pytest.raises(BenchError, match="data set"):
        pulling.choose([name])


def test_all_tables_are_one_entry_unless_they_are_asked_for(folders):
    put(folders[0] / "oddbench", "WineQuality")
    [together] = [entry for entry in entries() if entry.label.startswith("oddbench:")]
    assert together.label == "oddbench:*"
    assert "759 tables, of which 550 do not leak" in together.source
    assert "none stated" in together.licence
    wine = {entry.label: entry for entry in entries(["oddbench:wine*"])}
    assert wine["oddbench:WineQuality"].here == "data folder"
    assert wine["oddbench:WineFraud"].here == ""
    assert wine["oddbench:WineFraud"].related == ("oddbench:WineQuality",)
    assert "leaks: 19% of test rows are training rows" in wine["oddbench:WineFraud"].source


def test_tables_of_one_source_are_one_block():
    assert related_group("oddbench:WineFraud,rows=10000") == related_group("oddbench:WineQuality")
    # Found by comparing rows: ADBench has these, too.
    assert related_group("oddbench:SatelliteAnomaly") == related_group("adbench:30_satellite,rows=1000")
    assert related_group("oddbench:ShuttleAnomaly") == related_group("adbench:32_shuttle")
    assert related_group("oddbench:ThyroidDisease") == related_group("adbench:2_annthyroid")
    known = {f"oddbench:{name.lower()}" for name in odd_tables()}
    named = {each for source in SOURCES for each in source.datasets if each.startswith("oddbench:")}
    assert named <= known
