"""The Markov model over wavelet scales, on data made for it."""

from __future__ import annotations

import numpy as np
import pytest
import pywt
from scipy.ndimage import gaussian_filter
from sklearn.metrics import roc_auc_score

from bench import Train


def fitted(registry, X, name="wavelet_markov_field", shape=None, **params):
    detector = registry.detectors[name].build(**params)
    detector.fit(Train(X, 0, shape=shape))
    return detector


def auc(detector, normal, anomalous):
    scores = detector.score(np.concatenate([normal, anomalous]))
    return roc_auc_score(np.repeat([0, 1], [len(normal), len(anomalous)]), scores)


def waves(rows, seed=0, jump=0.0):
    """Sinusoids of random phase, which jumps by so much somewhere."""
    rng = np.random.default_rng(seed)
    at = rng.integers(20, 44, size=(rows, 1))
    grid = np.arange(64)
    phase = rng.uniform(0, 2 * np.pi, (rows, 1)) + jump * (grid >= at)
    return np.sin(2 * np.pi * grid / 32 + phase) + 0.01 * rng.normal(size=(rows, 64))


def textures(rows, seed=0):
    """Smooth images of 8 x 8 pixels."""
    noise = np.random.default_rng(seed).normal(size=(rows, 8, 8))
    return gaussian_filter(noise, sigma=(0, 1, 1)).reshape(rows, -1)


def grainy(images, seed=0):
    """Half of each image's variance is noise."""
    noise = images.std() * np.random.default_rng(seed).normal(size=images.shape)
    return (images + noise) / np.sqrt(2)


DATA = {
    "curves": lambda: (waves(200), waves(60, seed=1), waves(60, seed=2, jump=1.0), (64,)),
    "images": lambda: (textures(300), textures(60, seed=1), grainy(textures(60, seed=2)), (8, 8)),
}


@pytest.mark.parametrize("data", DATA)
def test_what_breaks_the_smoothness_is_found(registry, data):
    train, normal, broken, shape = DATA[data]()
    assert auc(fitted(registry, train, shape=shape), normal, broken) > 0.8
    assert auc(fitted(registry, train, name="random_score", shape=shape), normal, broken) < 0.7


def bursts(rows, seed=0, related=True):
    """Curves whose fine coefficients are large where the coarser ones are, or somewhere else."""
    rng = np.random.default_rng(seed)
    sizes = np.exp(1.5 * rng.normal(size=(rows, 16)))
    coarse = sizes * rng.normal(size=(rows, 16))
    places = sizes if related else rng.permuted(sizes, axis=1)
    fine = np.repeat(places, 2, axis=1) * rng.normal(size=(rows, 32))
    return pywt.waverec([rng.normal(size=(rows, 16)), coarse, fine], "haar", axis=1)


def test_details_are_judged_by_their_parents(registry):
    train, normal, unrelated = bursts(500), bursts(200, seed=1), bursts(200, seed=2, related=False)
    without, with_parents = (
        auc(fitted(registry, train, wavelet="haar", bins=bins), normal, unrelated) for bins in (1, 8)
    )
    assert without == pytest.approx(0.5, abs=0.08)
    assert with_parents > without + 0.15


def test_without_parents_and_floor_it_is_a_gaussian_density_in_each_coefficient(registry):
    X = np.random.default_rng(0).normal(size=(400, 8)) * np.arange(1, 9)
    coefficients = np.concatenate(pywt.wavedec(X, "haar", axis=1), axis=1)
    expected = ((coefficients - coefficients.mean(axis=0)) ** 2 / coefficients.var(axis=0)).sum(axis=1) / 2
    found = fitted(registry, X, wavelet="haar", bins=1, floor=1e-12).score(X)
    np.testing.assert_allclose(found - found.mean(), expected - expected.mean(), atol=1e-6)


def test_a_constant_offset_counts(registry):
    train, test = waves(200), waves(60, seed=1)
    assert auc(fitted(registry, train), test, test + 2) > 0.95


def test_the_shape_of_an_image_matters(registry):
    X = np.random.default_rng(0).normal(size=(100, 96)).cumsum(axis=1)
    one, other = (fitted(registry, X, shape=shape).score(X) for shape in ((8, 12), (12, 8)))
    assert not np.allclose(one, other)


@pytest.mark.parametrize("columns", [1, 2, 3, 7, 8, 9])
def test_rows_shorter_than_the_wavelet_are_scored(registry, columns):
    X = np.random.default_rng(0).normal(size=(50, columns))
    detector = fitted(registry, X)
    far = detector.score(X + 100)
    assert (far > detector.threshold).all()


def test_an_unknown_wavelet_is_refused(registry):
    with pytest.raises(ValueError, match="db99"):
        fitted(registry, waves(20), wavelet="db99")
