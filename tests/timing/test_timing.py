"""The verb ``time``: which cells it measures, what it says of them, and what it does about slow ones."""

from __future__ import annotations

import contextlib
import dataclasses
import os

import numpy as np
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from bench.cli.time import command as time_command
from bench.errors import BenchError
from bench.plugins.registry import load_registry
from bench.timing import tables
from bench.timing.grid import choose_devices, make_grid, parse_sizes, shifted_gaussian
from bench.timing.growth import exponent, growth, speed_ups
from bench.timing.measuring import Measurer, MeasuringWorker, Timing, measure_all
from bench.trials.environment import DEVICE_VARIABLE, describe

TRY_OUT = """
import time
import numpy as np
from bench import detector

@detector
class Raises:
    def fit(self, train):
        raise ValueError("no such luck")
    def score(self, X):
        return X[:, 0]

@detector
class Hangs:
    def fit(self, train):
        if len(train.X) > 64:  # the warm-up's rows are too few for it
            time.sleep(600)
    def score(self, X):
        return X[:, 0]

@detector(modalities=("image",))
class OnlyImages:
    def fit(self, train):
        pass
    def score(self, X):
        return X[:, 0]

@detector(gpu=True)
class SaysWhere:
    def fit(self, train):
        self.sign = {"cpu": 1.0, "cuda": -1.0}[train.device]
    def score(self, X):
        return self.sign * X[:, 0]
"""


@pytest.fixture
def with_try_out(write_plugin):
    return load_registry([write_plugin("try_out", TRY_OUT)], installed=False)


def cells_of(registry, *detectors, rows=(60,), features=(3,), devices=("cpu",)):
    return make_grid(registry, rows=rows, features=features, detectors=detectors, devices=devices).cells


def measured(registry, *detectors, **grid):
    return list(measure_all(cells_of(registry, *detectors, **grid), Measurer(registry, repeats=2)))


def fake(cell, fit=1.0, score=1.0, **fields):
    return Timing(cell, "ok", fit_seconds=fit, stage_seconds=0.0, score_microseconds=score, runs=3, **fields)


def test_the_grid_gives_labels_only_to_detectors_that_need_them(registry):
    regimes = {
        cell.detector: cell.trial.regime
        for cell in cells_of(registry, "knn", "random_forest", "autoencoder*forest", "random_score")
    }
    assert regimes == {
        "knn": "unsupervised",
        "random_score": "unsupervised",
        "random_forest": "supervised",
        "autoencoder_difference_forest": "supervised",
        "autoencoder_histogram_forest": "supervised",
    }


def test_the_grid_grows_and_takes_patterns_and_parameters(registry):
    cells = cells_of(registry, "kn*", "lof:n_neighbors=7", rows=(80, 40), features=(4, 2))
    sizes = [(cell.features, cell.rows) for cell in cells if cell.detector == "knn"]
    assert sizes == [(2, 40), (2, 80), (4, 40), (4, 80)]
    assert {cell.detector for cell in cells} == {"knn", "lof:n_neighbors=7"}


def test_what_does_not_fit_is_noted(with_try_out):
    grid = make_grid(with_try_out, rows=(60,), features=(3,), detectors=("only_images", "knn"))
    assert {cell.detector for cell in grid.cells} == {"knn"}
    assert [note for note in grid.notes if "only_images" in note]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"detectors": ("knnn",)}, "did you mean 'knn'"),
        ({"rows": (10,)}, "at least 40 rows"),
        ({"detectors": ("knn:neighbours=3",)}, "n_neighbors"),
        ({"detectors": ("isolation_forest",), "devices": ("cuda",)}, "can use a GPU"),
    ],
)
def test_a_grid_that_cannot_be_is_refused(registry, arguments, said):
    with pytest.raises(BenchError, match=said):
        make_grid(registry, **{"rows": (60,), "features": (3,), **arguments})


def test_sizes_are_numbers_above_zero():
    assert parse_sizes("--rows", "1000,4000") == (1000, 4000)
    for text in ("", "many", "1000,", "0", "-5"):
        with pytest.raises(BenchError, match="--rows"):
            parse_sizes("--rows", text)


def test_a_gpu_is_used_where_there_is_one_and_refused_where_not(monkeypatch):
    monkeypatch.setenv(DEVICE_VARIABLE, "cpu")
    monkeypatch.setattr("shutil.which", lambda name: name)  # a driver, so that torch is asked
    for there, wanted, devices in [
        (True, "auto", ("cpu", "cuda")),
        (True, "cuda", ("cuda",)),
        (True, "cpu", ("cpu",)),
        (False, "auto", ("cpu",)),
    ]:
        monkeypatch.setattr("torch.cuda.is_available", lambda there=there: there)
        assert choose_devices(wanted) == devices
    with pytest.raises(BenchError, match="no CUDA device"):
        choose_devices("cuda")


def test_the_data_are_seeded_and_a_twentieth_is_shifted():
    one, two, other = (
        shifted_gaussian(np.random.default_rng(seed), rows=400, features=7) for seed in (0, 0, 1)
    )
    assert np.array_equal(one.X_train, two.X_train)
    assert not np.array_equal(one.X_train, other.X_train)
    assert one.X_train.shape == one.X_test.shape == (400, 7)
    assert one.y_train.mean() == one.y_test.mean() == 0.05
    shift = one.X_test[one.y_test == 1].mean() - one.X_test[one.y_test == 0].mean()
    assert 1.5 < shift < 2.5


def test_cells_are_measured(registry):
    # In the order of their costs.
    knn, autoencoder, forest = measured(registry, "knn", "random_forest", "autoencoder:epochs=2")
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


def test_only_what_can_use_a_gpu_has_a_cell_there(with_try_out):
    cells = cells_of(with_try_out, "says_where", "isolation_forest", devices=("cpu", "cuda"))
    assert sorted((cell.detector, cell.device) for cell in cells) == [
        ("isolation_forest", "cpu"),
        ("says_where", "cpu"),
        ("says_where", "cuda"),
    ]


def test_the_gpu_is_compared_with_the_cpu_where_it_was_used(with_try_out):
    here, there = cells_of(with_try_out, "says_where", devices=("cpu", "cuda"))
    scores = np.array([0.1, 0.2, 0.3, 0.4])
    cpu = fake(here, fit=6.0, score=10.0, scores=scores, ran_on="cpu")
    gpu = fake(there, fit=2.0, score=2.0, scores=scores[[0, 2, 1, 3]], ran_on="Some GPU")
    [found] = speed_ups([cpu, gpu])
    assert (found.fit, found.score, found.agreement) == pytest.approx((3.0, 5.0, 0.8))
    text = tables.markdown([cpu, gpu], describe("0", 1))
    assert "0.8000" in text
    assert tables.CPU_ONLY not in text
    assert tables.CPU_ONLY in tables.markdown([cpu], describe("0", 1))
    fell_back = dataclasses.replace(gpu, ran_on="cpu")
    assert speed_ups([cpu, fell_back]) == []
    assert "cuda (ran on cpu)" in tables.markdown([cpu, fell_back], describe("0", 1))


def test_exponents_are_those_of_the_largest_feature_count(registry):
    cells = cells_of(registry, "knn", rows=(100, 200, 400), features=(2, 5))
    # Fitting grows with the square of the rows at 5 features, and not at 2; scoring a row is always as dear.
    timings = [fake(cell, fit=cell.rows**2 / 1e4 if cell.features == 5 else 1.0, score=3.0) for cell in cells]
    [found] = growth(timings)
    assert (found.features, found.rows) == (5, (100, 200, 400))
    assert (found.fit, found.score) == pytest.approx((2.0, 1.0))


def test_one_size_has_no_exponent():
    assert exponent([100], [1.0]) is None
    assert exponent([], []) is None
    assert exponent([100, 200], [1.0, 8.0]) == pytest.approx(3.0)


def test_the_verb_writes_both_files_and_says_that_there_is_no_gpu(tmp_path, monkeypatch):
    monkeypatch.setenv(DEVICE_VARIABLE, "cpu")
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    app = typer.Typer()
    app.command()(time_command)
    grid = ["--rows", "40,80", "--features", "2", "--detectors", "sampling,constant_score", "--repeats", "1"]
    outcome = CliRunner().invoke(app, [*grid, "--results", str(tmp_path)])
    assert outcome.exit_code == 0, outcome.output
    assert tables.NO_CUDA in outcome.output
    text = (tmp_path / "timing-grid.md").read_text(encoding="utf-8")
    assert "Measured on" in text
    assert "constant scores" in text
    frame = pd.read_csv(tmp_path / "timing-grid.csv")
    assert list(frame["rows"]) == [40, 80, 40, 80]
    assert list(frame["status"]) == ["failed", "failed", "ok", "ok"]
    assert (frame.loc[frame["detector"] == "sampling", "fit_seconds"] > 0).all()
