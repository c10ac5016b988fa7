from __future__ import annotations

import numpy as np
import pytest
from timing_cells import cells_of

from bench.errors import BenchError
from bench.timing.grid import choose_devices, make_grid, noisy_sine, parse_sizes, shifted_gaussian
from bench.trials.environment import DEVICE_VARIABLE


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


def test_what_reads_windows_is_timed_on_a_series(registry):
    cells = cells_of(registry, "knn", "knn:window=20", rows=(200,), features=(2,))
    data = {cell.detector: cell.trial.dataset.name for cell in cells}
    assert data == {"knn": "table", "knn:window=20": "series"}
    split = noisy_sine(np.random.default_rng(0), rows=200, features=2)
    assert (split.X_train.shape, split.X_test.shape, split.y_test.sum()) == ((200, 2), (200, 2), 10)
    assert split.timeline.train.whole == (slice(0, 200),)


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


def test_only_what_can_use_a_gpu_has_a_cell_there(with_try_out):
    cells = cells_of(with_try_out, "says_where", "isolation_forest", devices=("cpu", "cuda"))
    assert sorted((cell.detector, cell.device) for cell in cells) == [
        ("isolation_forest", "cpu"),
        ("says_where", "cpu"),
        ("says_where", "cuda"),
    ]
