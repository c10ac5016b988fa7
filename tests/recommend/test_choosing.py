"""What is chosen by labels, and with which intervals."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from bench.recommend.asking import informative_rows, rows_to_ask
from bench.recommend.candidates import CANDIDATES, DEFAULT, WEIGHTED, default_scores
from bench.recommend.choosing import CONFIDENCE, Evidence, choose, choose_among
from bench.recommend.weighting import normalised_ranks

ROWS = 600


def judged(good: float, rows: int = ROWS, seed: int = 0):
    """Normalised ranks by all candidates, and labels; only the first candidate's scores depend on these."""
    rng = np.random.default_rng(seed)
    y = (np.arange(rows) < rows // 10).astype(np.int8)
    scores = rng.standard_normal((rows, len(CANDIDATES)))
    scores[:, 0] += good * y
    return normalised_ranks(scores), y


def test_the_weighted_ensemble_gives_weight_to_the_detector_that_the_labels_support():
    ranks, y = judged(good=3)
    known = np.where(np.arange(ROWS) % 4 == 0, y, -1).astype(np.int8)
    evidence = Evidence.of(ranks, known, CANDIDATES)
    weights = evidence.fit()
    assert np.argmax(weights) == 0
    choice = choose(evidence)
    assert choice.chosen.low <= choice.chosen.auc <= choice.chosen.high
    assert choice.chosen.auc > 0.9
    assert roc_auc_score(y, default_scores(ranks)) < 0.7


def test_a_single_detector_is_chosen_only_where_it_is_better_with_confidence():
    ranks, y = judged(good=8)
    chosen = {}
    for seed in range(10):
        rng = np.random.default_rng(seed)
        known = np.full(ROWS, -1, dtype=np.int8)
        for value in (0, 1):
            known[rng.permutation(np.flatnonzero(y == value))[:6]] = value
        choice = choose(Evidence.of(ranks, known, CANDIDATES))
        chosen[choice.name] = choice
    assert set(chosen) == {CANDIDATES[0], WEIGHTED}
    assert chosen[CANDIDATES[0]].chosen.auc > 0.98
    assert all(rival.probability_better <= CONFIDENCE for rival in chosen[WEIGHTED].rivals)


def test_few_labels_leave_rivals_and_many_leave_fewer():
    ranks, y = judged(good=3)
    few = np.full(ROWS, -1, dtype=np.int8)
    few[[0, 1, 200, 300, 400]] = y[[0, 1, 200, 300, 400]]
    with_few, with_all = (
        choose(Evidence.of(ranks, few, CANDIDATES)),
        choose(Evidence.of(ranks, y, CANDIDATES)),
    )
    assert len(with_few.rivals) > len(with_all.rivals)
    spans = [choice.chosen.high - choice.chosen.low for choice in (with_few, with_all)]
    assert spans[0] > 2 * spans[1]


def test_every_candidate_the_default_and_the_ensemble_are_judged():
    ranks, y = judged(good=1)
    names = {estimate.name for estimate in choose(Evidence.of(ranks, y, CANDIDATES)).estimates}
    assert names == {*CANDIDATES, DEFAULT, WEIGHTED}


@pytest.mark.parametrize("value", [0, 1])
def test_labels_of_one_class_choose_nothing(value):
    ranks, _ = judged(good=3)
    known = np.full(ROWS, -1, dtype=np.int8)
    known[:20] = value
    evidence = Evidence.of(ranks, known, CANDIDATES)
    assert not evidence.has_both
    assert evidence.fit() @ np.ones(len(CANDIDATES)) == 1


def test_the_interval_holds_the_true_auc_nearly_always():
    held = []
    for seed in range(40):
        ranks, y = judged(good=1.5, rows=2000, seed=seed)
        rng = np.random.default_rng(seed)
        known = np.full(2000, -1, dtype=np.int8)
        asked = rows_to_ask(
            informative_rows(ranks, default_scores(ranks)), np.ones(2000, dtype=bool), 100, rng
        )
        known[asked] = y[asked]
        choice = choose(Evidence.of(ranks, known, CANDIDATES))
        first = next(each for each in choice.estimates if each.name == CANDIDATES[0])
        held.append(first.low <= roc_auc_score(y, ranks[:, 0]) <= first.high)
    assert np.mean(held) >= 0.85


def test_what_is_tied_but_for_rounding_stands_in_the_order_of_its_names():
    """The same placements in another order: their weighted sums differ in the last bit on some machine."""
    rng = np.random.default_rng(0)
    y = np.repeat([1, 0], [23, 41]).astype(np.int8)
    weights = np.where(y == 1, 0.1, 0.7)
    for _ in range(50):
        scores = rng.normal(size=len(y))
        moved = np.concatenate([rng.permutation(scores[:23]), rng.permutation(scores[23:])])
        both = np.column_stack([scores, moved, rng.normal(size=len(y)) - 5 * y])
        choice = choose_among(("first", "second", "worst"), both, y, weights, "worst")
        assert [each.name for each in choice.estimates] == ["first", "second", "worst"]
        assert choice.name in ("first", "worst")
