from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_scores import RACES, SEED_LAWS, best_of, race_values

from bench.analysis.statistics.sequential import Race, looks, may_be_best, run_race, wealth

ALPHA, SEEDS = 0.05, 20


@pytest.mark.parametrize("truth", RACES)
@pytest.mark.parametrize("law", SEED_LAWS)
def test_one_of_the_best_drops_out_in_hardly_any_race(law, truth):
    """A t-test drops one in six of ten races where another fails on a tenth of the seeds."""
    rng = np.random.default_rng(0)
    means = RACES[truth](6)
    left_out = 0
    for _ in range(60):
        race, _ = run_race(race_values(law, rng, 40, means), ALPHA, looks(40))
        left_out += not best_of(means) <= set(race.contenders)
    assert left_out <= 6


def test_looking_after_each_seed_keeps_the_error():
    rng = np.random.default_rng(1)
    means = np.full(3, 0.5)
    errors = [
        len(run_race(race_values("0 or 1", rng, 60, means), 0.2, range(1, 61))[0].contenders) < 3
        for _ in range(40)
    ]
    assert np.mean(errors) <= 0.25


def test_where_two_are_far_ahead_the_others_are_spared():
    rng = np.random.default_rng(0)
    shares = []
    for _ in range(10):
        race, used = run_race(
            race_values("normal, clipped", rng, 100, RACES["two ahead"](10)), ALPHA, looks(100)
        )
        assert race.contenders == ["d8", "d9"]
        shares.append(used / 1000)
    assert np.mean(shares) < 0.4


def test_bets_on_the_leader_by_the_seeds_before():
    """The first seed stakes on the mean of all; then d0 leads, and d0 is not bet against any more."""
    values = np.array([[0.9, 0.5], [0.7, 0.5], [0.4, 0.5]])
    against_d1 = [(1 + stake * 0.2) * (1 + stake * 0.2) * (1 - stake * 0.1) for stake in (0.1, 0.5, 1.0)]
    against_d0 = [1 - stake * 0.2 for stake in (0.1, 0.5, 1.0)]
    assert wealth(values) == pytest.approx([np.mean(against_d0), np.mean(against_d1)])


def test_one_that_has_dropped_out_still_led_when_it_led():
    values = np.array([[0.9, 0.5, 0.2], [0.7, 0.5, 0.2], [np.nan, 0.5, 0.2]])
    assert wealth(values[:, 1:])[1] != pytest.approx(wealth(values)[2])
    whole = np.array([[0.9, 0.5, 0.2], [0.7, 0.5, 0.2]])
    stakes = np.array([0.1, 0.5, 1.0])
    against = np.prod([1 + stakes * (1.6 / 3 - 0.2), 1 + stakes * 0.5, 1 + stakes * 0.3], axis=0).mean()
    assert wealth(values)[2] == pytest.approx(against)
    assert wealth(values)[0] == pytest.approx(wealth(whole)[0])


@pytest.mark.parametrize(
    ("wealths", "stay"),
    [
        ([1.0, 30.0], [True, True]),  # the mean of both is 15.5: both may be the best
        ([1.0, 40.0], [True, False]),
        ([1.0, 1.0, 50.0], [True, True, True]),
        ([1.0, 40.0, 45.0], [True, False, False]),
        ([0.1, 19.0], [True, True]),
    ],
)
def test_a_detector_is_out_only_if_no_set_of_best_ones_can_have_it(wealths, stay):
    assert may_be_best(np.array(wealths), ALPHA).tolist() == stay


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=7))
def test_who_may_be_best_is_what_all_sets_say(wealths):
    everyone = range(len(wealths))
    sets = [[i for i in everyone if bits >> i & 1] for bits in range(1, 2 ** len(wealths))]
    possible = [some for some in sets if sum(wealths[i] for i in some) / len(some) < 20 - 1e-6]
    impossible = [some for some in sets if sum(wealths[i] for i in some) / len(some) > 20 + 1e-6]
    found = may_be_best(np.array(wealths), ALPHA)
    for i in everyone:
        if any(i in some for some in possible):
            assert found[i]
        elif len(impossible) == len(sets):
            assert not found[i]


@given(st.integers(2, 300))
def test_the_looks_end_with_the_last_seed(most):
    found = looks(most)
    assert found[-1] == most
    assert found == sorted(set(found))


def test_equal_detectors_are_never_told_apart():
    race, used = run_race(pd.DataFrame(np.full((SEEDS, 3), 0.5)).add_prefix("d"), ALPHA, looks(SEEDS))
    assert race.contenders == ["d0", "d1", "d2"]
    assert used == 3 * SEEDS


def test_who_is_beaten_leaves_the_race_and_needs_no_further_values():
    rng = np.random.default_rng(0)
    names = ["good", "also", "bad"]
    race = Race(tuple(names), ALPHA)
    values = pd.DataFrame(rng.normal([0.9, 0.9, 0.1], 0.01, size=(12, 3)), columns=names)
    race.look(values)
    assert race.contenders == ["good", "also"]
    assert race.beaten["bad"] in ("good", "also")
    more = pd.DataFrame(rng.normal([0.9, 0.2, np.nan], 0.01, size=(20, 3)), columns=names)
    race.look(pd.concat([values, more], ignore_index=True))
    assert race.contenders == ["good"]
    assert not race.is_open


def test_seeds_that_a_contender_lacks_are_left_out():
    values = pd.DataFrame({"good": np.full(20, 0.9), "bad": np.full(20, 0.1)})
    values.loc[3:, "bad"] = np.nan
    race = Race(("good", "bad"), ALPHA)
    race.look(values)
    assert race.is_open


def test_values_out_of_bounds_are_refused():
    values = pd.DataFrame({"good": np.full(12, 0.9), "bad": np.full(12, -0.1)})
    with pytest.raises(ValueError, match="from 0 to 1"):
        Race(("good", "bad"), ALPHA).look(values)
