"""Implementations that are right, wrong, random, and that run into limits."""

from __future__ import annotations

import numpy as np
import pytest

from bench.errors import BenchError
from bench.plugins.registry import load_registry
from bench.timing import pair_tables
from bench.timing.agreement import agreement
from bench.timing.grid import with_timing_data
from bench.timing.pairs import Fit, PairTiming, make_pairs, measure_fit, measure_pairs
from bench.trials.environment import describe
from bench.trials.runner import TrialRunner

TWINS = """
import numpy as np
from bench import detector

class Twin:
    def __init__(self, implementation="fast"):
        self.implementation = implementation
    def fit(self, train):
        self.centre = train.X.mean(axis=0)
        self.noise = np.random.default_rng(train.seed + (self.implementation == "library"))
    def score(self, X):
        return abs(X - self.centre).sum(axis=1)

@detector(deterministic=True)
class RightTwin(Twin):
    '''The same scores.'''
    def score(self, X):
        return super().score(X) * (1 + 1e-12 * (self.implementation == "fast"))

@detector(deterministic=True)
class WrongTwin(Twin):
    '''Other scores of a few rows.'''
    def score(self, X):
        scores = super().score(X)
        scores[:3] += 0.01 * (self.implementation == "fast")
        return scores

@detector
class RandomTwin(Twin):
    '''Other random numbers, of the same distribution.'''
    def score(self, X):
        return super().score(X) + 0.5 * self.noise.normal(size=len(X))

@detector
class WrongRandomTwin(RandomTwin):
    '''Worse by more than chance.'''
    def score(self, X):
        return super().score(X) + 20 * (self.implementation == "fast") * self.noise.normal(size=len(X))

@detector(deterministic=True)
class FailingTwin(Twin):
    '''The library fails.'''
    def fit(self, train):
        super().fit(train)
        if self.implementation == "library":
            raise ValueError("no such luck")
"""


@pytest.fixture(scope="module")
def twins(tmp_path_factory):
    folder = tmp_path_factory.mktemp("twins")
    (folder / "twins.py").write_text(TWINS, encoding="utf-8")
    return load_registry([folder], installed=False)


@pytest.fixture(scope="module")
def measured(twins):
    """The timing of each made-up pair, by its detector's name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bench.timing.pairs.SHORTEST", 0)
        runner = TrialRunner(with_timing_data(twins))
        pairs, _ = make_pairs(twins, rows=[60], features=[3], detectors=("*_twin",))
        timings = measure_pairs(
            pairs, lambda cell, seed: measure_fit(runner, cell, seed), twins, repeats=3, limit=None
        )
        return {timing.pair.fast.detector: timing for timing in timings}


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("right_twin", "same"),
        ("wrong_twin", "no"),
        ("random_twin", "as two seeds"),
        ("wrong_random_twin", "no"),
    ],
)
def test_what_scores_otherwise_than_the_library_is_told_from_what_does_not(name, verdict, measured):
    found = agreement(measured[name])
    assert found is not None
    assert found.verdict == verdict
    assert 0.5 < found.original_roc_auc <= 1


def test_scores_that_agree_in_rank_alone_do_not_agree(measured):
    found = agreement(measured["wrong_twin"])
    assert found.correlation > 0.99
    assert 1e-4 < found.difference < 0.1


def test_of_one_random_fit_nothing_is_said(measured):
    timing = measured["random_twin"]
    once = PairTiming(timing.pair, timing.fast[:1], timing.original[:1], None, is_random=True)
    assert agreement(once).verdict == "unknown"


def test_both_are_fitted_in_turn_with_seeds_of_their_own(twins):
    pairs, _ = make_pairs(twins, rows=[60], features=[3], detectors=("right_twin",))
    calls = []

    def measure(cell, seed):
        calls.append((cell.detector, seed))
        return Fit(fit_seconds=1, score_seconds=1, scores=np.arange(3.0), labels=np.array([0, 0, 1]))

    [timing] = measure_pairs(pairs, measure, twins, repeats=2, limit=None)
    here, there = "right_twin", "right_twin:implementation=library"
    warm_up = [(here, 0), (there, 0)]
    assert calls == [*warm_up, (here, 0), (there, 0), (here, 1), (there, 1)]
    assert len(timing.fast) == len(timing.original) == 2


def test_the_tables_name_what_disagrees_and_what_failed(measured):
    text = pair_tables.markdown(list(measured.values()), describe("0", 1))
    assert "do not agree with the library's: wrong_random_twin (60 × 3), wrong_twin (60 × 3)." in text
    assert "library failed: ValueError: no such luck (twins.py, line" in text
    [failed] = [line for line in text.splitlines() if line.startswith("| failing") and "luck" in line]
    cells = [cell.strip() for cell in failed.split("|")[1:-1]]
    assert float(cells[2]) > 0  # the fast one was measured
    assert cells[3] == "–"


def made_up(pair, ratio, status="ok"):
    scores, labels = np.arange(4.0), np.array([0, 0, 0, 1])
    fast = [Fit(fit_seconds=1, score_seconds=each, scores=scores, labels=labels) for each in (1, 2, 3)]
    if status == "ok":
        library = [Fit("ok", "", ratio * fit.seconds, 0, scores, labels) for fit in fast]
    else:
        library = [Fit(status, "it took too long")]
    return PairTiming(pair, tuple(fast), tuple(library), 60.0, is_random=False)


def test_the_tables_say_how_much_faster_and_what_is_slower(twins):
    pairs, _ = make_pairs(twins, rows=[60], features=[3], detectors=("*_twin",))
    timings = [made_up(pairs[0], 8), made_up(pairs[1], 0.5), made_up(pairs[2], None, "timeout")]
    text = pair_tables.markdown(timings, describe("0", 1))
    assert f"Slower than the library's: {pairs[1].fast.detector} (60 × 3)." in text
    assert "8.00 (8.00 to 8.00)" in text
    assert "> 20.0" in text  # 60 seconds over the 3 that the fast one takes
    assert "8.00 times as long in the median of 3 comparisons of 3 detectors, 0.500 to 20.0" in text


def test_what_ran_into_the_limit_is_not_tried_on_more(twins):
    pairs, _ = make_pairs(twins, rows=[60, 80], features=[3], detectors=("right_twin",))

    def measure(cell, seed):
        is_slow = "library" in cell.detector
        return Fit("timeout", "it took too long") if is_slow else Fit(fit_seconds=1, score_seconds=1)

    small, large = measure_pairs(pairs, measure, twins, repeats=3, limit=60)
    assert [fit.status for fit in small.original] == ["timeout"]
    assert [fit.reason for fit in large.original] == ["left out: 60 × 3 ended in timeout"]
    assert len(small.fast) == len(large.fast) == 3


def test_pairs_are_of_detectors_with_both_implementations(registry, twins):
    pairs, notes = make_pairs(registry, rows=[60], features=[3], detectors=("cof", "knn", "ecod"))
    assert {(pair.fast.detector, pair.original.detector) for pair in pairs} == {
        ("cof", "cof:implementation=library"),
        ("ecod", "ecod:implementation=library"),
    }
    assert [note for note in notes if "knn" in note]
    every, _ = make_pairs(twins, rows=[60], features=[3])
    assert {"right_twin", "cof"} <= {pair.fast.detector for pair in every}
    with pytest.raises(BenchError, match="none of these detectors has the parameter 'implementation'"):
        make_pairs(registry, rows=[60], features=[3], detectors=("knn",))
