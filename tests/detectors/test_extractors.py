"""Each extractor, with a detector behind it, finds what it is for; its features depend on the row alone."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import kurtosis, skew
from sklearn.metrics import roc_auc_score

from bench import Train

EXTRACTORS = ("histogram_measures", "texture", "shape_moments", "hog")
SHAPES = [(8, 8), (28, 28), (6, 15), (1, 40), (40, 1), (2, 3), (1, 1), (64,), (7,), (2,), (1,)]


def rng_of(seed=0):
    return np.random.default_rng(seed)


def bumps(rng, n, bump=0.0):
    """Curves with one bump anywhere, and a second, smaller and narrower one."""
    along = np.linspace(0, 1, 128)
    first, second = rng.uniform(0.15, 0.85, (2, n, 1))
    curve = np.exp(-((along - first) ** 2) / (2 * 0.08**2))
    return curve + bump * np.exp(-((along - second) ** 2) / (2 * 0.015**2)) + rng.normal(0, 0.005, (n, 128))


def smooth_surfaces(rng, n, scratches=0):
    """Images of smooth noise, with bright lines across some columns and rows."""
    from scipy.ndimage import gaussian_filter

    images = gaussian_filter(rng.normal(size=(n, 16, 20)), (0, 2, 2)) * 5
    for image in images:
        for _ in range(scratches):
            image[rng.integers(16)] += 2
            image[:, rng.integers(20)] += 2
    return images.reshape(n, -1)


def stripes(rng, n, across=False):
    """Images of stripes in one direction, or in the one across, in any phase."""
    along = np.arange(18)
    wave = np.sin(along * 2 * np.pi / 6 + rng.uniform(0, 2 * np.pi, (n, 1)))
    images = np.repeat(wave[:, None], 18, axis=1)
    images = images.transpose(0, 2, 1) if across else images
    return (images + rng.normal(0, 0.2, images.shape)).reshape(n, -1)


def blobs(rng, n, long=False):
    """Images of one round or one long spot anywhere, of the same area, turned at random."""
    y, x = np.mgrid[:24, :24]
    cy, cx, turn = (rng.uniform(low, high, (n, 1, 1)) for low, high in [(9, 15), (9, 15), (0, np.pi)])
    u, v = (
        (y - cy) * np.cos(turn) + (x - cx) * np.sin(turn),
        (x - cx) * np.cos(turn) - (y - cy) * np.sin(turn),
    )
    a, b = (4, 1) if long else (2, 2)
    images = np.exp(-((u / a) ** 2) - (v / b) ** 2) + rng.uniform(0, 0.02, (n, 24, 24))
    return images.reshape(n, -1)


def ripples(rng, n, rough=False):
    """Curves that wander, smooth or with a fast ripple of the same spread."""
    curve = np.cumsum(rng.normal(size=(n, 128)), axis=1)
    return curve + rough * 4 * np.sin(np.arange(128) * 2 + rng.uniform(0, 6, (n, 1)))


def ramps(rng, n, steep=False):
    """Curves that rise from 0 to 1 at a random height, gently or at once."""
    along = np.linspace(-1, 1, 100) + rng.uniform(-0.4, 0.4, (n, 1))
    return np.tanh(along * (30 if steep else 3)) + rng.normal(0, 0.01, (n, 100))


CASES = [
    ("histogram_measures", bumps, {"bump": 0.4}, (128,)),
    ("histogram_measures", smooth_surfaces, {"scratches": 3}, (16, 20)),
    ("texture", smooth_surfaces, {"scratches": 3}, (16, 20)),
    ("texture", ripples, {"rough": True}, (128,)),
    ("shape_moments", blobs, {"long": True}, (24, 24)),
    ("shape_moments", bumps, {"bump": 0.4}, (128,)),
    ("hog", stripes, {"across": True}, (18, 18)),
    ("hog", ramps, {"steep": True}, (100,)),
]


def auc(registry, detector, train, test, y):
    fitted = registry.detectors[detector].build()
    fitted.fit(Train(train, 0))
    return roc_auc_score(y, fitted.score(test))


@pytest.mark.parametrize(("name", "make", "anomalous", "shape"), CASES)
def test_neighbours_among_features_find_what_the_features_are_for(registry, name, make, anomalous, shape):
    rng = rng_of()
    normal, other = make(rng, 160), make(rng, 40, **anomalous)
    train, test = normal[:120], np.vstack([normal[120:], other])
    y = np.repeat([0, 1], 40)
    extract = registry.features[name].extract
    features = [extract(part, shape) for part in (train, test)]
    mean, deviation = features[0].mean(axis=0), features[0].std(axis=0)
    scaled = [(part - mean) / np.where(deviation > 1e-9, deviation, 1) for part in features]
    found = auc(registry, "knn", *scaled, y)
    assert found > 0.85
    assert found > auc(registry, "random_score", *scaled, y) + 0.2


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", EXTRACTORS)
def test_features_are_finite_and_depend_on_the_row_alone(registry, name, shape):
    X = rng_of(1).normal(size=(7, int(np.prod(shape))))
    X[0], X[1], X[2] = 0, 3.7, 1e6 + 1e-9 * X[2]
    before = X.copy()
    extract = registry.features[name].extract
    together = extract(X, shape)
    assert together.shape[0] == 7
    assert np.isfinite(together).all()
    assert np.array_equal(X, before)
    alone = np.vstack([extract(X[i : i + 1], shape) for i in range(7)])
    assert np.allclose(alone, together, atol=1e-9)


@pytest.mark.parametrize("shape", [(12, 9), (60,)])
@pytest.mark.parametrize("name", ["texture", "hog"])
def test_brightness_and_contrast_make_no_difference(registry, name, shape):
    X = np.round(rng_of(2).random((5, int(np.prod(shape)))), 3)
    extract = registry.features[name].extract
    assert np.allclose(extract(X, shape), extract(4 * X - 2, shape), atol=1e-6)


def test_first_order_measures_are_those_of_the_library(registry):
    X = rng_of(3).gamma(2, size=(4, 50))
    found = registry.features["histogram_measures"].extract(X, (5, 10))
    expected = [X.mean(axis=1), X.var(axis=1), skew(X, axis=1), kurtosis(X, axis=1, fisher=False)]
    assert np.allclose(found[:, :4], np.transpose(expected))
    assert np.allclose(found[:, [6, 9, 12]], np.percentile(X, [0, 50, 100], axis=1).T)


def test_two_equal_halves_have_an_entropy_of_one_bit(registry):
    X = np.repeat([[0.0, 5.0]], 8, axis=1)
    energy, entropy = registry.features["histogram_measures"].extract(X, (4, 4))[0, 4:6]
    assert (energy, entropy) == (0.5, 1.0)


def test_cooccurrences_are_those_of_the_library(registry):
    from skimage.feature import graycomatrix, graycoprops

    image = rng_of(4).integers(0, 8, (9, 14))
    image[0, :2] = 0, 7
    found = registry.features["texture"].extract(image.reshape(1, -1) / 7, image.shape)[0]
    angles = [0, np.pi / 4, np.pi / 2, 3 * np.pi / 4]
    # Their offsets at 45 degrees are rounded to whole pixels, as ours are at a distance of 1.
    matrix = graycomatrix(image.astype(np.uint8), [1], angles, 8, symmetric=True, normed=True)
    for i, name in enumerate(("contrast", "dissimilarity", "homogeneity", "ASM", "correlation", "entropy")):
        values = graycoprops(matrix, name)[0]
        assert np.allclose(found[[i, i + 6]], [values.mean(), np.ptp(values)]), name


def test_hu_invariants_stay_as_an_image_is_turned_and_moved(registry):
    image = np.zeros((20, 20))
    image[3:6, 4:14], image[6:10, 4:7] = 1.0, 0.5
    moved = np.roll(np.rot90(image), (2, 1), (0, 1))
    one, other = registry.features["shape_moments"].extract(
        np.stack([image.ravel(), moved.ravel()]), (20, 20)
    )
    assert np.allclose(one[-7:], other[-7:], atol=1e-6)
    assert not np.allclose(one[:-7], other[:-7], atol=1e-2)


def test_the_peaks_of_a_curve_are_counted_and_placed(registry):
    along = np.linspace(0, 1, 101)
    curve = np.exp(-((along - 0.3) ** 2) / 0.002) + 0.5 * np.exp(-((along - 0.8) ** 2) / 0.002)
    row = registry.features["shape_moments"].extract(curve[None], (101,))[0]
    assert row[6] == 2
    assert np.allclose(row[7:10], [1, 0.5, 0], atol=1e-3)
    assert np.allclose(row[13:16], [30 / 101, 80 / 101, 0])
