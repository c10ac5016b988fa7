"""Which rows are asked for, and what is chosen by their labels."""

from __future__ import annotations

import numpy as np
import pytest

from bench.recommend.asking import row_weights, rows_to_ask, telling_rows
from bench.recommend.candidates import CANDIDATES, DEFAULT, WEIGHTED, default_shares
from bench.recommend.choosing import SURE, Evidence, choose
from bench.recommend.weighting import rank_shares

ROWS = 600


def judged(good: float, rows: int = ROWS, seed: int = 0):
    """Rank shares by all candidates, of which the first knows the labels as well as ``good``; and labels."""
    rng = np.random.default_rng(seed)
    y = (np.arange(rows) < rows // 10).astype(np.int8)
    scores = rng.standard_normal((rows, len(CANDIDATES)))
    scores[:, 0] += good * y
    return rank_shares(scores), y


def telling(shares):
    return telling_rows(shares, default_shares(shares))


def area(scores, y):
    return np.mean([np.mean(scores[y == 0] < s) for s in scores[y == 1]])


def test_half_of_the_rows_asked_for_tell_most_and_none_has_a_label():
    shares, _ = judged(3)
    stratum = telling(shares)
    open_rows = np.arange(ROWS) % 3 > 0
    places = rows_to_ask(stratum, open_rows, 60, np.random.default_rng(0))
    assert len(set(places)) == 60
    assert open_rows[places].all()
    assert stratum[places].mean() == pytest.approx(0.5 + 0.5 * stratum.mean(), abs=0.1)
    assert stratum[np.argsort(default_shares(shares))[-ROWS // 20 :]].all()


def test_fewer_rows_are_asked_for_where_fewer_are_open():
    open_rows = np.arange(ROWS) < 7
    assert sorted(rows_to_ask(telling(judged(0)[0]), open_rows, 60, np.random.default_rng(0))) == list(
        range(7)
    )


def test_labelled_rows_stand_for_all_rows():
    stratum = np.arange(100) < 20
    labelled = np.array([0, 1, 2, 3, 50])
    assert row_weights(stratum, labelled).tolist() == [5, 5, 5, 5, 80]


def test_the_weighted_ensemble_finds_the_detector_that_the_labels_speak_for():
    shares, y = judged(good=3)
    known = np.where(np.arange(ROWS) % 4 == 0, y, -1).astype(np.int8)
    evidence = Evidence.of(shares, known, CANDIDATES)
    weights = evidence.fit()
    assert np.argmax(weights) == 0
    choice = choose(evidence)
    assert choice.chosen.low <= choice.chosen.auc <= choice.chosen.high
    assert choice.chosen.auc > 0.9
    assert area(default_shares(shares), y) < 0.7


def test_a_single_detector_is_chosen_only_where_the_labels_are_sure_that_it_is_better():
    shares, y = judged(good=8)
    chosen = {}
    for seed in range(10):
        rng = np.random.default_rng(seed)
        known = np.full(ROWS, -1, dtype=np.int8)
        for value in (0, 1):
            known[rng.permutation(np.flatnonzero(y == value))[:6]] = value
        choice = choose(Evidence.of(shares, known, CANDIDATES))
        chosen[choice.name] = choice
    assert set(chosen) == {CANDIDATES[0], WEIGHTED}
    assert chosen[CANDIDATES[0]].chosen.auc > 0.98
    assert all(rival.better <= SURE for rival in chosen[WEIGHTED].rivals)


def test_few_labels_leave_rivals_and_many_leave_fewer():
    shares, y = judged(good=3)
    few = np.full(ROWS, -1, dtype=np.int8)
    few[[0, 1, 200, 300, 400]] = y[[0, 1, 200, 300, 400]]
    with_few, with_all = (
        choose(Evidence.of(shares, few, CANDIDATES)),
        choose(Evidence.of(shares, y, CANDIDATES)),
    )
    assert len(with_few.rivals) > len(with_all.rivals)
    spans = [choice.chosen.high - choice.chosen.low for choice in (with_few, with_all)]
    assert spans[0] > 2 * spans[1]


def test_every_candidate_the_default_and_the_ensemble_are_judged():
    shares, y = judged(good=1)
    names = {estimate.name for estimate in choose(Evidence.of(shares, y, CANDIDATES)).estimates}
    assert names == {*CANDIDATES, DEFAULT, WEIGHTED}


@pytest.mark.parametrize("value", [0, 1])
def test_labels_of_one_class_choose_nothing(value):
    shares, _ = judged(good=3)
    known = np.full(ROWS, -1, dtype=np.int8)
    known[:20] = value
    evidence = Evidence.of(shares, known, CANDIDATES)
    assert not evidence.has_both
    assert evidence.fit() @ np.ones(len(CANDIDATES)) == 1


def test_the_interval_holds_the_true_area_nearly_always():
    held = []
    for seed in range(40):
        shares, y = judged(good=1.5, rows=2000, seed=seed)
        rng = np.random.default_rng(seed)
        known = np.full(2000, -1, dtype=np.int8)
        asked = rows_to_ask(telling(shares), np.ones(2000, dtype=bool), 100, rng)
        known[asked] = y[asked]
        choice = choose(Evidence.of(shares, known, CANDIDATES))
        first = next(each for each in choice.estimates if each.name == CANDIDATES[0])
        held.append(first.low <= area(shares[:, 0], y) <= first.high)
    assert np.mean(held) >= 0.85
