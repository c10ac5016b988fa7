"""The self-organising map, vector quantisation, adaptive resonance and the Hopfield network."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.special import logsumexp, softmax
from sklearn.datasets import make_moons
from sklearn.metrics import roc_auc_score

from bench import Train

UNSUPERVISED = ["self_organising_map", "hopfield", "adaptive_resonance"]


def around_moons(seed=0):
    """Rows on two arcs, which is what to learn, and test rows, half of which lie off them; labels."""
    rng = np.random.default_rng(seed)
    arcs, _ = make_moons(400, noise=0.05, random_state=seed)
    off = rng.uniform([-1.5, -1], [2.5, 1.5], size=(400, 2))
    off = off[cdist(off, arcs).min(axis=1) > 0.3][:100]
    return arcs[:300], np.concatenate([arcs[300:], off]), np.repeat([0, 1], [100, len(off)])


def directions(rows, columns=8, seed=0):
    """Rows along three directions, of any length, and rows along none of them."""
    rng = np.random.default_rng(seed)
    axes = rng.normal(size=(3, columns))
    normal = axes[rng.integers(3, size=rows)] * rng.uniform(0.5, 2, size=(rows, 1))
    return normal + 0.1 * rng.normal(size=normal.shape), rng.normal(size=(rows, columns))


def fitted(registry, name, X, seed=0, y=None, **params):
    detector = registry.detectors[name].build(**params)
    detector.fit(Train(X, seed, y=y, declared=registry.detectors[name].declared))
    return detector


@pytest.mark.parametrize("name", ["self_organising_map", "adaptive_resonance"])
def test_rows_off_the_arcs_score_higher(registry, name):
    X, test, y = around_moons()
    assert roc_auc_score(y, fitted(registry, name, X).score(test)) > 0.95
    assert roc_auc_score(y, fitted(registry, "random_score", X).score(test)) < 0.7


@pytest.mark.parametrize("by", ["retrieval", "energy"])
def test_the_hopfield_network_knows_the_directions_of_its_rows(registry, by):
    X, off = directions(300)
    test, y = np.concatenate([X[200:], off[200:]]), np.repeat([0, 1], 100)
    assert roc_auc_score(y, fitted(registry, "hopfield", X[:200], by=by).score(test)) > 0.95
    assert roc_auc_score(y, fitted(registry, "random_score", X[:200]).score(test)) < 0.7


@pytest.mark.parametrize("name", UNSUPERVISED)
def test_the_threshold_lets_about_the_given_share_of_new_normal_rows_pass(registry, name):
    X, test, y = around_moons()
    loose, strict = (fitted(registry, name, X, contamination=share) for share in (0.3, 0.05))
    called = [np.mean(each.score(test[y == 0]) > each.threshold) for each in (loose, strict)]
    assert 0.1 < called[0] < 0.6
    assert called[1] < min(0.2, called[0])


def test_the_map_scores_a_row_by_its_distance_from_the_nearest_unit(registry):
    X, test, _ = around_moons()
    som = fitted(registry, "self_organising_map", X, side=4)
    assert som.units.shape == (16, 2)
    scaled = (test - X.mean(axis=0)) / X.std(axis=0)
    np.testing.assert_allclose(som.score(test), cdist(scaled, som.units).min(axis=1))


def test_a_larger_map_fits_closer(registry):
    X, _, _ = around_moons()
    small, large = (fitted(registry, "self_organising_map", X, side=side).score(X).mean() for side in (3, 12))
    assert large < 0.5 * small


def test_hopfield_scores_are_those_of_the_formulas(registry):
    X, test = directions(60)
    scaled, queries = ((rows - X.mean(axis=0)) / X.std(axis=0) for rows in (X, test))
    unit, turned = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (scaled, queries))
    agreement = 5.0 * turned @ unit.T
    retrieved = softmax(agreement, axis=1) @ scaled
    found = fitted(registry, "hopfield", X, beta=5.0).score(test)
    np.testing.assert_allclose(found, np.linalg.norm(queries - retrieved, axis=1))
    found = fitted(registry, "hopfield", X, beta=5.0, by="energy").score(test)
    np.testing.assert_allclose(found, -logsumexp(agreement, axis=1) / 5.0)


def test_hopfield_refuses_a_score_that_it_does_not_have(registry):
    with pytest.raises(ValueError, match="one of: retrieval, energy"):
        fitted(registry, "hopfield", directions(20)[0], by="enery")


def test_the_hopfield_network_copes_with_duplicates_and_one_column(registry):
    for X in (np.repeat([[0.0, 1.0], [2.0, 0.5]], 20, axis=0), np.linspace(-1, 1, 30)[:, None]):
        assert np.isfinite(fitted(registry, "hopfield", X).score(X * 100)).all()


def test_adaptive_resonance_scores_are_those_of_the_library(registry):
    """One minus the largest of the library's category choices, which it defines within the unit square."""
    from artlib import FuzzyART

    X, test, _ = around_moons()
    test = test[((test > X.min(axis=0)) & (test < X.max(axis=0))).all(axis=1)]
    detector = fitted(registry, "adaptive_resonance", X)
    low, high = X.min(axis=0), X.max(axis=0)
    scaled = (test - low) / (high - low)
    network = FuzzyART(detector.vigilance, detector.choice, detector.learning_rate)
    choices = [
        max(network.category_choice(row, w, network.params)[0] for w in detector.categories)
        for row in np.hstack([scaled, 1 - scaled])
    ]
    np.testing.assert_allclose(detector.score(test), 1 - np.array(choices), atol=1e-12)


def test_more_vigilance_makes_more_categories(registry):
    X, _, _ = around_moons()
    few, many = (fitted(registry, "adaptive_resonance", X, vigilance=v).categories for v in (0.6, 0.95))
    assert len(few) < len(many) < len(X)


@pytest.mark.parametrize("name", ["self_organising_map", "adaptive_resonance"])
def test_the_seed_decides_what_is_learned(registry, name):
    X, test, _ = around_moons()
    first, again, other = (fitted(registry, name, X, seed=seed).score(test) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_vector_quantisation_adapts_its_prototypes_to_the_classes(registry):
    """Centres of k-means follow the columns that vary most, which here say nothing of the class."""
    rng = np.random.default_rng(0)
    y = (np.arange(600) % 2).astype(np.int8)
    X = rng.normal(size=(600, 9))
    X[:, 0] = y + 0.3 * rng.normal(size=600)
    parts = {"X": X[:400], "y": y[:400], "prototypes": 3}
    start, end = (fitted(registry, "learning_vector_quantisation", **parts, steps=s) for s in (0, 200))
    areas = [roc_auc_score(y[400:], each.score(X[400:])) for each in (start, end)]
    assert areas[1] > 0.96
    assert areas[0] < 0.93


def test_vector_quantisation_scores_the_relative_distance_from_the_classes(registry):
    X = np.concatenate([np.full((20, 2), -1.0), np.full((20, 2), 1.0)])
    y = np.repeat([0, 1], 20).astype(np.int8)
    detector = fitted(registry, "learning_vector_quantisation", X, y=y, steps=0)
    # Squared distances of 1 and 9, in either order.
    np.testing.assert_allclose(
        detector.score(np.array([[-2, -2], [2, 2], [0, 0], [1, 1]])), [-0.8, 0.8, 0, 1], atol=1e-9
    )
    assert detector.threshold == 0
