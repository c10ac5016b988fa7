"""Features of curves and images that any detector may read instead of the values: ``knn:features=hog``.

Each row is first stretched to the range from 0 to 1 by its own least and greatest value, so that images
in any range are treated alike and a row's features depend on that row alone. A constant row is zeros, for
which all features are finite. Brightness and contrast are kept only where a docstring says so.
"""

from __future__ import annotations

import numpy as np

from bench import Floats, features

from . import _curve_features, _image_features
from ._histograms import first_order_measures


@features(modalities=("curve", "image"))
def histogram_measures(X: Floats, shape: tuple[int, ...]) -> Floats:
    """First-order statistics of the values (Haralick et al., 1973).

    Mean, variance, skewness, kurtosis and percentiles of the values as they are, and energy and entropy of
    their histogram of 16 bins over the row's range. Of a curve, the same of its slopes, too. Where the
    values stand makes no difference.
    """
    if len(shape) > 1:
        return first_order_measures(X)
    return np.column_stack([first_order_measures(X), first_order_measures(_curve_features.slopes(X))])


@features(modalities=("curve", "image"), requires=("skimage",))
def texture(X: Floats, shape: tuple[int, ...]) -> Floats:
    """Grey-level co-occurrence (Haralick et al., 1973) and local binary patterns (Ojala et al., 2002).

    Images: six properties of co-occurrence matrices of 8 levels at distances 1 and 2, mean and range over
    four directions, and the histogram of the ten uniform patterns of 8 neighbours. Curves: the same six
    properties of levels that stand 1 and 4 apart, and which of four neighbours are higher.
    """
    return _image_features.texture(_images(X, shape)) if len(shape) > 1 else _curve_features.texture(X)


@features(modalities=("curve", "image"), requires=("skimage",))
def shape_moments(X: Floats, shape: tuple[int, ...]) -> Floats:
    """Moments of the values as a distribution of mass (Hu, 1962).

    Images: mean and range of the values, centre, spread, normalised central moments up to order 3 and
    Hu's invariants, each to the root of its degree. Curves: mean and range, centre, spread, skewness and
    kurtosis, the number of peaks, and prominence, width and place of the three most prominent.
    """
    return _image_features.moments(_images(X, shape)) if len(shape) > 1 else _curve_features.moments(X)


@features(modalities=("curve", "image"), requires=("skimage",))
def hog(X: Floats, shape: tuple[int, ...]) -> Floats:
    """Histograms of oriented gradients (Dalal and Triggs, 2005).

    Images: 9 directions in cells of 8 pixels, or of a quarter of the side where an image is small, or of
    an eighth where it is large; blocks of two by two cells. Curves: 8 kinds of steepness in 8 windows,
    each weighted by how far the curve climbs or falls, to the root.
    """
    images = len(shape) > 1
    return (
        _image_features.oriented_gradients(_images(X, shape))
        if images
        else (_curve_features.oriented_gradients(X))
    )


def _images(X: Floats, shape: tuple[int, ...]) -> Floats:
    return X.reshape(len(X), *shape)
