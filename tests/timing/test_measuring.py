from __future__ import annotations

import contextlib
import os

import numpy as np
from timing_cells import cells_of, fake, measured

from bench.timing import tables
from bench.timing.measuring import Measurer, MeasuringWorker, Timing, measure_all
from bench.trials.environment import DEVICE_VARIABLE, describe


def test_cells_are_measured(registry):
    # In the order of their costs.
    knn, forest, autoencoder = measured(registry, "autoencoder:epochs=2", "knn", "random_forest")
    for timing in (knn, forest, autoencoder):
        assert timing.status == "ok", timing.reason
        assert timing.fit_seconds > 0
        assert timing.score_microseconds > 0
        assert timing.runs >= 2
        assert timing.ran_on == "cpu"
        assert timing.scores.shape == (60,)
    assert knn.stage_seconds == forest.stage_seconds == 0
    assert autoencoder.stage_seconds > 0


def test_detectors_that_share_a_stage_are_charged_the_same_fitting(registry):
    one, two = measured(
        registry, "autoencoder_difference_forest:epochs=2", "autoencoder_histogram_forest:epochs=2"
    )
    assert (one.status, two.status) == ("ok", "ok")
    assert one.stage_seconds == two.stage_seconds > 0


def test_a_cell_that_leaves_no_time_for_repeats_keeps_its_first_run(registry):
    [cell] = cells_of(registry, "knn")
    timing = Measurer(registry, repeats=3, limit=1e-6)(cell)
    assert timing.status == "ok"
    assert timing.runs == 1
    assert timing.fit_seconds > 0


def test_a_detector_that_fails_is_a_row_with_its_reason(with_try_out):
    constant, raises = sorted(
        measured(with_try_out, "constant_score", "raises"), key=lambda timing: timing.cell.detector
    )
    assert (constant.status, raises.status) == ("failed", "failed")
    assert "constant scores" in constant.reason
    assert "no such luck" in raises.reason
    assert raises.fit_seconds is None
    text = tables.markdown([constant, raises], describe("0", 1))
    assert "no such luck (try_out.py, line 9)" in text


def test_what_ran_into_a_limit_is_not_tried_on_more(registry):
    cells = cells_of(registry, "knn", "lof", rows=(40, 50, 60), features=(2, 3))
    tried = []

    def measure(cell):
        tried.append((cell.detector, cell.rows, cell.features))
        slow = cell.detector == "lof" and cell.rows >= 50
        return Timing(cell, "timeout", "it took too long") if slow else fake(cell)

    timings = list(measure_all(cells, measure))
    assert len(timings) == len(cells) == 12
    assert [place for place in tried if place[0] == "lof"] == [("lof", 40, 2), ("lof", 50, 2), ("lof", 40, 3)]
    left_out = [timing for timing in timings if timing.status == "skipped"]
    assert {(timing.cell.rows, timing.cell.features) for timing in left_out} == {(60, 2), (50, 3), (60, 3)}
    assert all(timing.reason == "left out: 50 × 2 ended in timeout" for timing in left_out)


def test_a_cell_that_hangs_is_stopped_and_the_next_is_measured(with_try_out):
    cells = cells_of(with_try_out, "hangs", "says_where", rows=(100,))
    with contextlib.closing(MeasuringWorker(with_try_out, repeats=1, limit=4.0)) as worker:
        timings = {timing.cell.detector: timing for timing in measure_all(cells, worker)}
    assert timings["hangs"].status == "timeout"
    assert timings["says_where"].status == "ok", timings["says_where"].reason


def test_each_device_is_told_to_the_detector_and_then_forgotten(with_try_out, monkeypatch):
    monkeypatch.setenv(DEVICE_VARIABLE, "before")
    cpu, cuda = measured(with_try_out, "says_where", devices=("cpu", "cuda"))
    assert os.environ[DEVICE_VARIABLE] == "before"
    assert (cpu.cell.device, cuda.cell.device) == ("cpu", "cuda")
    assert np.array_equal(cpu.scores, -cuda.scores)
