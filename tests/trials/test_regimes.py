from __future__ import annotations

import numpy as np
import pytest

from bench.errors import NotApplicableError
from bench.plugins.contract import REGIMES
from bench.splits.split import Split
from bench.trials.regimes import apply_regime, view_of


def split(train_labels=None, scaling="none"):
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [80, 20]) if train_labels is None else np.asarray(train_labels)
    X = rng.normal(size=(len(y), 3)) + 5 * y[:, None]
    test = np.repeat([0, 1], 10)
    return Split(X, y, rng.normal(size=(20, 3)), test, rng.normal(size=(20, 3)), test, scaling)


def view(regime, seed=0, **options):
    whole = split(**options)
    return view_of(whole, apply_regime(whole, regime, np.random.default_rng(seed)))


def test_each_regime_shows_its_own_labels():
    labels = {regime: np.unique(view(regime).y, return_counts=True) for regime in REGIMES}
    shown = {regime: dict(zip(*map(list, counted), strict=True)) for regime, counted in labels.items()}
    assert shown == {
        "unsupervised": {-1: 100},
        "one-class": {0: 80},
        "semi-supervised": {-1: 98, 1: 2},
        "supervised": {0: 80, 1: 20},
    }


def test_the_test_rows_are_the_same_in_every_regime():
    tests = [view(regime).test for regime in REGIMES]
    assert all(np.array_equal(test.X, tests[0].X) for test in tests)


def test_calibration_rows_carry_labels_and_so_are_for_the_supervised():
    assert [regime for regime in REGIMES if view(regime).calibration is not None] == ["supervised"]
    # The threshold policy that goes by them has them in every regime.
    assert all(view(regime).holdout is not None for regime in REGIMES)


@pytest.mark.parametrize(
    ("regime", "share"), [("unsupervised", 0.2), ("one-class", 0.0), ("supervised", 0.2)]
)
def test_the_true_share_of_anomalies_is_known_to_the_harness(regime, share):
    assert view(regime).contamination == pytest.approx(share)


@pytest.mark.parametrize("regime", REGIMES)
def test_scaling_is_fitted_on_the_rows_that_are_left(regime):
    scaled, raw = view(regime, scaling="standard"), view(regime)
    assert np.allclose(scaled.X.mean(axis=0), 0)
    assert np.allclose(scaled.X.std(axis=0), 1)
    assert np.allclose(scaled.test.X, (raw.test.X - raw.X.mean(axis=0)) / raw.X.std(axis=0))


def test_few_labels_are_drawn_by_the_seed():
    assert np.array_equal(view("semi-supervised", 1).y, view("semi-supervised", 1).y)
    assert not np.array_equal(view("semi-supervised", 1).y, view("semi-supervised", 2).y)


@pytest.mark.parametrize(
    ("regime", "labels", "words"),
    [
        ("one-class", [1, 1], "no normal rows"),
        ("supervised", [0, 0], "only one class"),
        ("semi-supervised", [0, 0], "only one class"),
    ],
)
def test_a_regime_that_makes_no_sense_is_skipped(regime, labels, words):
    with pytest.raises(NotApplicableError, match=words):
        view(regime, train_labels=labels)


def test_few_labels_are_one_at_least_and_never_on_a_normal_row():
    truth = [0, 0, 0, 0, 1, 1]
    for seed in range(5):
        y = view("semi-supervised", seed, train_labels=truth).y
        assert (y == 1).sum() == 1
        assert np.array(truth)[y == 1].all()


def test_one_class_keeps_the_normal_rows_and_supervised_scales_calibration_like_the_rest():
    whole = split(scaling="standard")
    normal = whole.X_train[whole.y_train == 0]
    assert np.allclose(view("one-class").X, normal)
    mean, deviation = whole.X_train.mean(axis=0), whole.X_train.std(axis=0)
    found = view("supervised", scaling="standard").calibration
    assert np.allclose(found.X, (whole.X_calibration - mean) / deviation)
    assert np.array_equal(found.y, whole.y_calibration)


@pytest.mark.parametrize("scaling", ["none", "standard"])
@pytest.mark.parametrize("regime", REGIMES)
def test_writing_into_a_view_leaves_the_split_as_it_was(regime, scaling):
    whole, untouched = split(scaling=scaling), split(scaling=scaling)
    seen = view_of(whole, apply_regime(whole, regime, np.random.default_rng(0)))
    seen.X[:], seen.y[:], seen.test.X[:] = 7, 1, 7
    if seen.calibration is not None:
        seen.calibration.X[:], seen.calibration.y[:] = 7, 1
    for part in ("X_train", "y_train", "X_calibration", "y_calibration", "X_test"):
        assert np.array_equal(getattr(whole, part), getattr(untouched, part)), part
