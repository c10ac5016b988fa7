"""What detectors take as a series grows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bench.errors import BenchError
from bench.plugins.registry import load_registry
from bench.timing import series_tables
from bench.timing.series import SeriesTiming, SeriesWorker, measure_here, measure_series, series_grid
from bench.trials.environment import describe

pytestmark = pytest.mark.usefixtures("servers_started_anew")
TRY_OUT = """
import time
import numpy as np
from bench import detector

@detector(modalities=("series",))
class Hangs:
    def fit(self, train):
        if len(train.X) == 300:  # more points are what makes ready
            self.held = np.ones(80 * 2**17)
            time.sleep(600)
    def score(self, X):
        return X[:, 0]

@detector(modalities=("series",))
class Large:
    def fit(self, train):
        self.held = np.ones(80 * 2**17) if len(train.X) == 300 else None
    def score(self, X):
        return X[:, 0]

@detector(modalities=("series",))
class Raises:
    def fit(self, train):
        raise ValueError("no such luck")
    def score(self, X):
        return X[:, 0]
"""


@pytest.fixture
def with_try_out(write_plugin):
    return load_registry([write_plugin("try_out", TRY_OUT)], installed=False)


def made_up(registry, seconds, detector="spectral_residual"):
    """Timings of a detector by points; None for a cell that ran into the limit."""
    cells = {
        cell.rows: cell for cell in series_grid(registry, points=list(seconds), detectors=(detector,)).cells
    }
    return [
        SeriesTiming(cells[points], "timeout", "it ran longer than 60 s and was stopped")
        if spent is None
        else SeriesTiming(cells[points], "ok", "", spent, 3 * 2**30, 1)
        for points, spent in seconds.items()
    ]


def test_what_reads_series_or_windows_has_cells_and_what_does_not_is_noted(registry):
    grid = series_grid(registry, points=(80, 60), detectors=("spectral_residual", "hbos:window=20", "knn"))
    assert [(cell.rows, cell.features) for cell in grid.cells] == [(60, 1), (60, 1), (80, 1), (80, 1)]
    assert {cell.detector for cell in grid.cells} == {"spectral_residual", "hbos:window=20"}
    assert "knn is left out: it reads no series" in grid.notes
    with pytest.raises(BenchError, match="none of these reads series; give windows, as in 'knn:window=auto'"):
        series_grid(registry, points=(60,), detectors=("knn",))


def test_each_cell_has_a_process_of_its_own_whose_whole_memory_is_told(with_try_out):
    """What one cell has taken is nothing to the next one's peak."""
    cells = series_grid(with_try_out, points=(300, 400), detectors=("large",)).cells
    large, small = measure_series(cells, SeriesWorker(with_try_out, repeats=2))
    assert (large.status, small.status) == ("ok", "ok"), (large.reason, small.reason)
    assert large.memory_bytes - small.memory_bytes > 60 * 2**20
    assert small.memory_bytes > 10 * 2**20  # an interpreter with numpy
    assert large.runs == small.runs == 2
    assert large.seconds_per_million == pytest.approx(large.seconds / 300 * 1e6)


def test_what_ran_into_the_limit_is_said_and_longer_series_are_left_out(with_try_out):
    cells = series_grid(with_try_out, points=(300, 400), detectors=("hangs", "median_difference")).cells
    found = measure_series(cells, SeriesWorker(with_try_out, repeats=1, limit=10.0))
    timings = {(timing.cell.detector, timing.points): timing for timing in found}
    assert timings["hangs", 300].status == "timeout"
    assert timings["hangs", 300].memory_bytes > 90 * 2**20  # seen before it was stopped
    assert timings["hangs", 400].status == "skipped"
    assert timings["hangs", 400].reason == "left out: a series of 300 points ended in timeout"
    assert timings["median_difference", 400].status == "ok", timings["median_difference", 400].reason
    text = series_tables.markdown(list(timings.values()), describe("0", 1))
    assert "timeout: it ran longer than 10 s and was stopped" in text


def test_a_detector_that_fails_is_a_row_with_its_reason(with_try_out):
    [cell] = series_grid(with_try_out, points=(300,), detectors=("raises",)).cells
    timing = measure_here(cell, with_try_out.folders, 1)
    assert (timing.status, timing.seconds, timing.runs) == ("failed", None, 0)
    assert "no such luck (try_out.py" in timing.reason


def test_scores_of_the_points_are_those_of_a_recommendation(registry, monkeypatch):
    """A detector that can leave a point out does: it is not its own nearest neighbour."""
    asked = []
    monkeypatch.setattr("bench.timing.series.require_varied", lambda scores: asked.append(scores))
    [cell] = series_grid(registry, points=(500,), detectors=("matrix_profile:window=20",)).cells
    assert measure_here(cell, (), 1).status == "ok"
    assert np.median(asked[0]) > 0.1
    assert len(asked[0]) == 500


def test_growth_is_that_of_the_lengths_that_ended(registry):
    timings = made_up(registry, {10_000: 1.0, 100_000: 10.0, 200_000: 40.0, 1_000_000: None})
    name, points, exponent, longest = series_tables.growth_row("spectral_residual", timings)
    assert (name, points) == ("spectral_residual", "10000, 100000, 200000")
    assert longest.value == pytest.approx(2.0)
    assert 1 < exponent.value < 1.5
    one = made_up(registry, {10_000: 1.0})
    assert [str(cell) for cell in series_tables.growth_row("a", one)[2:]] == ["–", "–"]


def test_both_files_hold_all_cells(registry, tmp_path):
    timings = made_up(registry, {1_000_000: None, 10_000: 2.0})
    series_tables.write(timings, describe("0", 1), tmp_path)
    frame = pd.read_csv(tmp_path / "timing-series.csv")
    assert frame["points"].tolist() == [10_000, 1_000_000]
    assert frame["status"].tolist() == ["ok", "timeout"]
    [row] = [line for line in (tmp_path / "timing-series.md").read_text().splitlines() if "| 10000 |" in
             " ".join(line.split()) and "ok" in line]  # fmt: skip
    assert [cell.strip() for cell in row.split("|")[2:6]] == ["10000", "2.00", "200", "3072"]
