"""What the table of stability is made of, where its right values are known by hand."""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np
import pytest

from bench import Split

stability = runpy.run_path(str(Path(__file__).with_name("stability.py")))


@pytest.fixture
def split():
    rng = np.random.default_rng(0)
    return Split(rng.normal(size=(100, 2)), np.zeros(100, int), rng.normal(size=(40, 2)), np.arange(40) % 2)


def test_rows_that_tie_at_the_last_place_of_the_alerts_share_it():
    shares, overlap = stability["shares_of_alerts"], stability["overlap"]
    first, second = (shares(np.array(scores), 2) for scores in ([3, 2, 2, 1], [3, 2, 1, 2]))
    assert first.tolist() == [1, 0.5, 0.5, 0]
    assert overlap(first, second) == 0.75
    assert overlap(first, first) == 1


def test_a_detector_that_draws_nothing_and_learns_no_order_changes_in_nothing(split):
    found = stability["changes"](split, lambda rows, seed: lambda X: X[:, 0])
    for each in found.values():
        assert each == pytest.approx((1, 1, 0))


def test_a_detector_whose_odd_seeds_turn_the_order_round_agrees_in_four_pairs_of_ten(split):
    found = stability["changes"](split, lambda rows, seed: lambda X: X[:, 0] * (-1) ** seed)
    correlation, overlap, spread = found["seed"]
    assert correlation == pytest.approx((4 - 6) / 10)
    assert overlap == pytest.approx(4 / 10)
    assert spread > 0
    assert found["rows"] == pytest.approx((1, 1, 0))  # all with one seed


def test_what_other_rows_do_is_told_from_what_a_seed_does(split):
    found = stability["changes"](split, lambda rows, seed: lambda X: X @ rows[0])
    assert found["seed"] == pytest.approx((1, 1, 0))
    assert found["rows"].correlation < 1


def test_scores_that_are_all_the_same_have_no_order_to_keep(split):
    with pytest.raises(ValueError, match="the same score"):
        stability["changes"](split, lambda rows, seed: lambda X: np.zeros(len(X)))


def test_a_table_and_a_row_of_what_chance_gives(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "made.npz", X=rng.normal(size=(2000, 3)), y=np.arange(2000) % 10 == 0)
    monkeypatch.setenv("BENCH_DATA_DIR", str(tmp_path))
    monkeypatch.setitem(stability["main"].__globals__, "DETECTORS", ("mahalanobis",))
    stability["main"](tmp_path)
    lines = (tmp_path / "stability.md").read_text(encoding="utf-8").splitlines()
    cells = {line.split("|")[1].strip(): line.split("|")[2:] for line in lines if line.startswith("|")}
    assert cells["mahalanobis"][1].strip() == "1.00 (1.00)"
    assert abs(float(cells[stability["CHANCE"]][0].split()[0])) < 0.1
