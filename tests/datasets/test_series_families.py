"""Series made up: streams of their own, anomalies as they are said to be, and an optimum that is exact."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plugin_modules import of_datasets
from scipy.stats import multivariate_normal
from sklearn.metrics import roc_auc_score

from bench.errors import BenchError, DataError

families = of_datasets("_series_families")
places = of_datasets("_series_places")
KINDS = sorted(families.KINDS)


def draw(seed=0, **settings):
    channels = 2 if settings.get("anomaly") == "correlation" else 1
    chosen = {"points": 800, "period": 20, "ranges": 3, "train_ranges": 1, "channels": channels, **settings}
    return families.draw_series(np.random.default_rng(seed), **chosen)


def ranges(y):
    """Begin and end of each range."""
    return np.flatnonzero(np.diff(np.r_[0, y, 0])).reshape(-1, 2)


# What does not move what else.


@pytest.mark.parametrize("anomaly", KINDS)
@settings(max_examples=6)
@given(seed=st.integers(0, 99), counts=st.tuples(st.integers(0, 6), st.integers(0, 3)))
def test_normal_points_are_the_same_however_many_ranges_there_are(anomaly, seed, counts):
    channels = 2 if anomaly == "correlation" else 1
    plain = draw(seed, anomaly=anomaly, ranges=0, train_ranges=0, drift=1.0).recording
    drawn = draw(seed, anomaly=anomaly, ranges=counts[0], train_ranges=counts[1], drift=1.0).recording
    normal = drawn.y == 0
    assert not plain.y.any()
    assert plain.values.shape == (800, channels)
    assert np.array_equal(drawn.values[normal], plain.values[normal])
    assert len(ranges(drawn.y[:320])) == counts[1]
    assert len(ranges(drawn.y[320:])) == counts[0]


@pytest.mark.parametrize("anomaly", KINDS)
def test_anomalous_points_differ_from_what_they_would_be(anomaly):
    plain = draw(anomaly=anomaly, ranges=0, train_ranges=0).recording
    drawn = draw(anomaly=anomaly).recording
    changed = (drawn.values != plain.values).any(axis=1)
    assert changed[drawn.y == 1].mean() > 0.9


@pytest.mark.parametrize("change", [{"noise": 0.7}, {"drift": 2.0}, {"strength": 0.3}, {"signal": "beats"},
                                    {"anomaly": "collective"}, {"train_ranges": 4}])  # fmt: skip
def test_nothing_but_their_number_and_length_moves_the_ranges(change):
    one, other = draw(5).recording, draw(5, **change).recording
    assert np.array_equal(one.y[320:], other.y[320:])


def test_drift_is_added_to_the_same_signal_and_noise():
    none, some, more = (draw(3, drift=drift).recording.values for drift in (0, 1.0, 2.0))
    assert np.allclose(more - none, 2 * (some - none))
    # A random walk: small steps, a long way.
    assert np.abs(np.diff(some - none, axis=0)).max() < 0.2 * np.ptp(some - none)


def test_noise_is_scaled_and_else_the_same():
    low, middle, high = (draw(3, noise=noise).recording.values for noise in (0.1, 0.2, 0.4))
    normal = draw(3).recording.y == 0
    assert np.allclose((high - low)[normal], 3 * (middle - low)[normal])


def test_a_seed_is_the_same_series_and_another_another():
    one, same, other = (draw(seed).recording.values for seed in (1, 1, 2))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


# What the parameters mean.


def test_the_recording_is_one_series_with_a_part_for_training():
    recording = draw(points=1000, train=0.3, channels=3).recording
    assert recording.lengths == (1000,)
    assert recording.train == (300,)
    assert recording.period == 20
    assert recording.values.shape == (1000, 3)
    assert recording.names == ("channel 0", "channel 1", "channel 2")


@pytest.mark.parametrize("signal", ["waves", "beats"])
def test_the_signal_has_its_period_and_deviation_1(signal):
    values = draw(signal=signal, noise=1e-6, ranges=0, train_ranges=0).recording.values[:, 0]
    assert np.allclose(values[20:], values[:-20], atol=1e-4)
    assert not np.allclose(values[10:], values[:-10], atol=0.1)
    assert 0.8 < values.std() < 1.2


def test_ranges_have_their_length_and_as_much_room():
    y = draw(length=25, ranges=6, points=2000).recording.y
    found = ranges(y)
    assert ((found[:, 1] - found[:, 0]) == 25).all()
    assert (found[1:, 0] - found[:-1, 1])[1:].min() >= 25


def change_of(anomaly, **settings):
    """What ranges add, a row for each, their values, the series without them, and where they are."""
    drawn = draw(4, anomaly=anomaly, noise=1e-6, **settings)
    plain = draw(4, anomaly=anomaly, noise=1e-6, **{**settings, "ranges": 0, "train_ranges": 0})
    added = (drawn.recording.values - plain.recording.values)[:, 0]
    found = ranges(drawn.recording.y)
    values = [drawn.recording.values[a:b, 0] for a, b in found]
    return np.array([added[a:b] for a, b in found]), np.array(values), plain.recording.values[:, 0], found


def test_a_level_shift_adds_the_strength_or_takes_it_away():
    added, *_ = change_of("level_shift", strength=1.7, ranges=8)
    assert np.allclose(np.abs(added), 1.7, atol=1e-4)
    assert np.allclose(added, added[:, :1], atol=1e-4)
    assert {*np.sign(added[:, 0])} == {-1, 1}


def test_a_trend_rises_from_nothing_to_the_strength():
    added, *_ = change_of("trend", strength=2.0, ranges=8)
    assert np.allclose(np.abs(added), np.linspace(0.1, 2, 20), atol=1e-4)


def test_an_amplitude_multiplies_the_signal():
    _, values, plain, found = change_of("amplitude", strength=3.0)
    for (a, b), each in zip(found, values, strict=True):
        assert np.allclose(each, 3 * plain[a:b], atol=1e-4)


def test_a_frequency_plays_the_signal_faster():
    _, values, plain, found = change_of("frequency", strength=2.0)
    for (a, _), each in zip(found, values, strict=True):
        assert np.allclose(each[:10], plain[a : a + 20 : 2], atol=1e-4)
        assert np.allclose(each[:10], each[10:], atol=1e-4)


def test_a_missing_beat_is_rest_for_whole_cycles():
    _, values, plain, found = change_of("missing_beat", length=40)
    assert (found % 20 == 0).all()
    assert (found[:, 1] - found[:, 0] == 40).all()
    assert np.allclose(values, plain[0], atol=1e-4)


def test_a_frozen_range_repeats_the_value_before_it_exactly():
    recording = draw(anomaly="frozen", length=10).recording
    for a, b in ranges(recording.y):
        assert np.ptp(recording.values[a - 1 : b]) == 0
    noisy = draw(anomaly="frozen", length=10, strength=0.5).recording
    assert all(np.ptp(noisy.values[a:b]) > 0 for a, b in ranges(noisy.y))


def test_a_contextual_range_is_the_signal_of_another_time():
    _, values, plain, found = change_of("contextual", strength=0.25, length=6)
    for (a, b), each in zip(found, values, strict=True):
        assert np.allclose(each, plain[a + 5 : b + 5], atol=1e-4)


def test_a_pattern_swap_is_another_pattern_of_the_same_size():
    _, values, plain, found = change_of("pattern_swap", strength=1.0, length=20)
    assert values.std(axis=1) == pytest.approx(1, abs=0.1)
    # The same pattern in each range, at its own phase.
    rolled = [np.roll(each, a % 20) for (a, _), each in zip(found, values, strict=True)]
    assert np.allclose(rolled, rolled[0], atol=1e-4)
    assert not np.allclose(rolled[0], plain[:20], atol=0.3)


def noise_within(**settings):
    """What is left of the ranges' values without the signal, in standard deviations of the noise."""
    settings = {"length": 400, "points": 20_000, "ranges": 4, "train_ranges": 0, "noise": 0.2, **settings}
    drawn = draw(7, **settings)
    plain = draw(7, **{**settings, "ranges": 0})
    course = drawn.optimum.model.course
    inside = drawn.recording.y == 1
    return [(each.recording.values - course.means())[inside] / 0.2 for each in (drawn, plain)]


def test_a_variance_multiplies_the_noise_and_a_spike_adds_to_it():
    louder, usual = noise_within(anomaly="variance", strength=3.0)
    assert np.allclose(louder, 3 * usual)
    spiky, usual = noise_within(anomaly="spike", strength=1.0)
    assert (spiky - usual).std() == pytest.approx(1.0 / 0.2, rel=0.05)


def test_a_collective_range_has_the_usual_values_in_no_order():
    drawn = draw(7, anomaly="collective", length=400, points=20_000, ranges=4, noise=0.01).recording
    values = drawn.values[drawn.y == 1, 0]
    assert values.std() == pytest.approx(drawn.values[drawn.y == 0].std(), rel=0.05)
    assert abs(np.corrcoef(values[1:], values[:-1])[0, 1]) < 0.1


@pytest.mark.parametrize("channels", [2, 4])
def test_a_broken_correlation_leaves_each_channel_as_noisy_as_ever(channels):
    broken, usual = noise_within(anomaly="correlation", channels=channels, coupling=0.9, ranges=1)
    pairs = np.triu_indices(channels, 1)
    assert np.corrcoef(usual.T)[pairs] == pytest.approx(0.9, abs=0.05)
    assert broken.std(axis=0) == pytest.approx(1, abs=0.1)
    correlations = np.corrcoef(broken.T) - np.eye(channels)
    apart = np.abs(correlations).max(axis=0) < 0.2
    assert apart.sum() == (2 if channels == 2 else 1)  # of two channels, both are


def test_each_range_changes_one_channel_and_they_take_turns():
    plain = draw(1, channels=3, ranges=0, train_ranges=0, points=3000).recording.values
    drawn = draw(1, channels=3, ranges=20, points=3000).recording
    changed = [(drawn.values - plain)[a:b].any(axis=0) for a, b in ranges(drawn.y)]
    assert np.sum(changed, axis=1).tolist() == [1] * 21
    assert np.any(changed, axis=0).all()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"anomaly": "spikes"}, "unknown anomaly 'spikes'; did you mean 'spike'"),
        ({"signal": "wave"}, "unknown signal 'wave'"),
        ({"ranges": 100}, "100 ranges of 20 points, .* do not fit into 479 points; make the series longer"),
        ({"train_ranges": 50}, "50 ranges .* do not fit into 319 points"),
        ({"anomaly": "correlation", "channels": 1}, "correlation needs 2 channels or more, not 1"),
        ({"anomaly": "correlation", "strength": 1.5}, "must be at least 0 and at most 1, not 1.5"),
        ({"strength": -1.0}, "strength of level_shift must be at least 0, not -1"),
        ({"length": 0}, "length of a range of level_shift must be one point or more, not 0"),
        ({"anomaly": "missing_beat", "length": 30}, "must be whole periods of 20 points, not 30"),
        ({"noise": 0.0}, "noise must be above 0"),
        ({"coupling": 1.0}, "coupling from 0 to below 1"),
        ({"drift": -1.0}, "drift at least 0"),
        ({"period": 1}, "period has 2 points or more"),
        ({"points": 30}, "a series two periods, not 20 and 30"),
        ({"train": 1.0}, "fraction for training must lie between 0 and 1"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(settings, words):
    with pytest.raises(DataError, match=words):
        draw(**settings)


# Where ranges may lie, and where they lie given what is seen.


def arrangements(slots, length, gap, count):
    """Every way to place ranges, as tuples of the slots at which they begin."""
    for starts in combinations(range(slots - length + 1), count):
        if all(b - a >= length + gap for a, b in pairwise(starts)):
            yield starts


def test_every_arrangement_of_ranges_is_as_likely():
    where = places.Places(first=3, slots=9, unit=2, length=2, gap=1, count=2)
    drawn = [tuple((where.draw(np.random.default_rng(seed)) - 3) // 2) for seed in range(3000)]
    expected = list(arrangements(9, 2, 1, 2))
    assert set(drawn) == set(expected)
    counts = [drawn.count(each) for each in expected]
    assert np.std(counts) / np.mean(counts) < 0.12


@given(
    slots=st.integers(1, 9), length=st.integers(1, 3), gap=st.integers(1, 3), count=st.integers(1, 3),
    unit=st.integers(1, 2), size=st.sampled_from([0.0, 1.0, 30.0, 1e4]), seed=st.integers(0, 50),
)  # fmt: skip
def test_the_posterior_is_that_of_all_arrangements(slots, length, gap, count, unit, size, seed):
    try:
        where = places.Places(first=4, slots=slots, unit=unit, length=length, gap=gap, count=count)
    except DataError:
        assert not list(arrangements(slots, length, gap, count))
        return
    ratios = size * np.random.default_rng(seed).standard_normal(slots - length + 1)
    log_weights = {True: np.full(slots, -np.inf), False: np.full(slots, -np.inf)}
    for starts in arrangements(slots, length, gap, count):
        inside = np.zeros(slots, dtype=bool)
        for start in starts:
            inside[start : start + length] = True
        weight = ratios[list(starts)].sum()
        for value, sums in log_weights.items():
            sums[inside == value] = np.logaddexp(sums[inside == value], weight)
    expected = np.repeat(log_weights[True] - log_weights[False], unit)
    assert where.log_odds(ratios) == pytest.approx(expected, rel=1e-9, abs=1e-9 * max(1, size))


def test_a_posterior_that_would_fill_the_memory_is_refused(monkeypatch):
    monkeypatch.setattr(places, "MOST_CELLS", 100)
    where = places.Places(first=0, slots=50, unit=1, length=2, gap=1, count=2)
    with pytest.raises(BenchError, match="optimum of 2 ranges in 50 points would need too much memory"):
        where.log_odds(np.zeros(49))


def likelihood(drawn, start, length, channel, change):
    """The log density of a whole series with one range, or with none where there is no change, by scipy."""
    course, values = drawn.optimum.model.course, drawn.recording.values
    means, count = course.means(), course.channels
    covariance = course.noise**2 * (course.coupling + (1 - course.coupling) * np.eye(count))
    total = 0.0
    for t in range(len(values)):
        mean, spread = means[t].copy(), covariance.copy()
        if change is not None and start <= t < start + length:
            mean[channel] = change.mean[0, t - start]
            spread[channel] *= change.kept
            spread[:, channel] *= change.kept
            spread[channel, channel] += change.added**2
        total += multivariate_normal(mean, spread).logpdf(values[t])
    return total


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("anomaly", KINDS)
def test_the_optimum_is_the_posterior_by_the_density_of_the_whole_series(anomaly, channels):
    kind = families.KINDS[anomaly]
    channels = max(channels, kind.channels)
    strength = 0.3 if anomaly == "frozen" else None  # of values that are equal scipy has no density
    length = 8 if kind.whole else 3
    drawn = draw(2, anomaly=anomaly, channels=channels, points=24, period=4, ranges=1, train_ranges=0,
                 length=length, strength=strength, coupling=0.6, train=0.25, drift=0.5)  # fmt: skip
    model = drawn.optimum.model
    _, test = model.stretches
    around = families.Around(model.course, drawn.recording.values, model.other, model.strength)
    usual = likelihood(drawn, 0, 0, 0, None)
    sums = np.full((2, 24), -np.inf)  # logarithms, of points outside and inside of the range
    for start in test.starts():
        inside = np.zeros(24, dtype=bool)
        inside[start : start + length] = True
        for channel in range(channels):
            ways = kind.ways(around, channel, start + np.arange(length)[None])
            for change in ways:
                weight = likelihood(drawn, start, length, channel, change) - usual - np.log(len(ways))
                rows = inside.astype(int), range(24)
                sums[rows] = np.logaddexp(sums[rows], weight)
    where = test.points()
    with np.errstate(invalid="ignore"):  # what is before the stretch
        expected = np.clip(sums[1] - sums[0], -1e9, 1e9)[where]
    assert drawn.optimum(drawn.recording.values)[where] == pytest.approx(expected, rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("anomaly", KINDS)
def test_the_optimum_expects_as_many_anomalous_points_as_there_are(anomaly):
    drawn = draw(6, anomaly=anomaly)
    log_odds = np.clip(drawn.optimum(drawn.recording.values), -700, 700)
    assert (1 / (1 + np.exp(-log_odds))).sum() == pytest.approx(drawn.recording.y.sum(), rel=1e-6)


@pytest.mark.parametrize("anomaly", KINDS)
@pytest.mark.parametrize("part", [slice(320, None), slice(0, 320), slice(100, 160), slice(799, None)])
def test_a_stretch_of_points_is_scored_as_in_the_whole_series(anomaly, part):
    drawn = draw(8, anomaly=anomaly, ranges=8)
    values, deviation = drawn.recording.values, 3.7
    scaled_back = (values[part] - 1.1) / deviation * deviation + 1.1
    assert np.array_equal(drawn.optimum(scaled_back), drawn.optimum(values)[part])


@pytest.mark.parametrize("other", [np.zeros((5, 1)), draw(8).recording.values[::-1]])
def test_the_optimum_refuses_points_of_another_series(other):
    with pytest.raises(BenchError, match="knows the points of its own series only"):
        draw(8).optimum(other)


@pytest.mark.parametrize("anomaly", KINDS)
def test_the_optimum_beats_the_distance_to_the_known_course(anomaly):
    found = []
    for seed in range(3):
        drawn = draw(seed, anomaly=anomaly, ranges=4, strength=0.3 if anomaly == "level_shift" else None)
        y, [trained] = drawn.recording.y, drawn.recording.train
        distance = np.abs(drawn.recording.values - drawn.optimum.model.course.means()).max(axis=1)
        scores = drawn.optimum(drawn.recording.values)
        found.append([roc_auc_score(y[trained:], each[trained:]) for each in (scores, distance)])
    best, other = np.mean(found, axis=0)
    assert best > other
    assert best > 0.8
