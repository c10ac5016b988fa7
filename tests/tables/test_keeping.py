"""Samples of large files are cached."""

from __future__ import annotations

import pandas as pd
import pytest
from tables import large

from bench.errors import BenchWarning
from bench.tables import keeping, read_table_once


@pytest.mark.filterwarnings("ignore:large.csv is large")
def test_the_sample_of_a_large_file_is_kept_until_the_file_changes(file, tmp_path, monkeypatch):
    monkeypatch.setenv("BENCH_CACHE_DIR", str(tmp_path / "cache"))
    path = large(file, 3000)
    with pytest.warns(BenchWarning, match="a random sample of 500"):
        first = read_table_once(path, most_rows=500, large=0)
    assert len(list((tmp_path / "cache" / "own").iterdir())) == 1

    def refuse(*_, **__):
        raise AssertionError("the whole file is read again")

    with monkeypatch.context() as patched:
        patched.setattr(keeping, "read_sample", refuse)
        with pytest.warns(BenchWarning, match=r"large\.csv has 3,000 rows; a random sample of 500"):
            again = read_table_once(path, most_rows=500, large=0)
    pd.testing.assert_frame_equal(first, again)

    changed = large(file, 3100)
    with pytest.warns(BenchWarning, match="3,100 rows"):
        read_table_once(changed, most_rows=500, large=0)
    small = read_table_once(changed, large=10**9)
    assert len(small) == 3100
