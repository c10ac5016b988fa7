"""Histograms of rows, and the co-occurrence of values at a distance, for all rows at once."""

from __future__ import annotations

import numpy as np

from bench import Floats

from ._unit_range import ROUNDING, in_unit_range


def quantised(X: Floats, levels: int) -> np.ndarray:
    """Whole numbers below ``levels``, in equal steps over each row's own range."""
    return np.minimum((in_unit_range(X) * levels).astype(int), levels - 1)


def counted(codes: np.ndarray, size: int, weights: Floats | None = None) -> np.ndarray:
    """How often, or with what weight, each number below ``size`` stands in each row; shape (n, size)."""
    n = len(codes)
    places = codes.reshape(n, -1) + size * np.arange(n)[:, None]
    weights = None if weights is None else weights.ravel()
    return np.bincount(places.ravel(), weights, minlength=n * size).reshape(n, size)


def cooccurrences(images: np.ndarray, levels: int, step: tuple[int, int]) -> Floats:
    """How often a value meets another one ``step`` = (down, right) away, both ways.

    images: whole numbers, shape (n, height, width). Returns shape (n, levels, levels), symmetric.
    """
    down, right = step
    height, width = images.shape[1:]
    before = images[:, : max(height - down, 0), max(-right, 0) : width - max(right, 0)]
    after = images[:, down:, max(right, 0) : max(width + min(right, 0), 0)]
    pairs = counted(before * levels + after, levels**2).reshape(-1, levels, levels)
    return pairs + pairs.transpose(0, 2, 1)


def first_order_measures(X: Floats, bins: int = 16) -> Floats:
    """Moments and percentiles of each row's values, and energy and entropy of their histogram."""
    unit = in_unit_range(X)
    away = unit - unit.mean(axis=1, keepdims=True)
    standard = away / np.maximum(unit.std(axis=1, keepdims=True), ROUNDING)
    moments = [X.mean(axis=1), X.var(axis=1), (standard**3).mean(axis=1), (standard**4).mean(axis=1)]
    percentiles = np.percentile(X, [0, 5, 25, 50, 75, 95, 100], axis=1)
    shares = counted(quantised(X, bins), bins) / X.shape[1]
    energy = (shares**2).sum(axis=1)
    entropy = -(shares * np.log2(np.where(shares > 0, shares, 1.0))).sum(axis=1)
    return np.column_stack([*moments, energy, entropy, *percentiles])


def haralick_measures(pairs: Floats) -> Floats:
    """Properties of co-occurrence matrices of shape (n, levels, levels), shape (n, 6)."""
    from skimage.feature import graycoprops

    names = ("contrast", "dissimilarity", "homogeneity", "ASM", "correlation", "entropy")
    matrices = pairs.transpose(1, 2, 0)[..., None]
    return np.column_stack([graycoprops(matrices, name)[:, 0] for name in names])
