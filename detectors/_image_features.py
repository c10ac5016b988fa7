"""Features of images: shape, texture and edges."""

from __future__ import annotations

import numpy as np

from bench import Floats

from ._histograms import cooccurrences, counted, haralick_measures, quantised
from ._unit_range import as_mass, in_unit_range

DIRECTIONS = ((0, 1), (1, 1), (1, 0), (1, -1))
# How many moments each of Hu's invariants multiplies.
HU_DEGREES = np.array([1, 2, 2, 2, 4, 3, 4])
NEIGHBOURS = 8


def texture(images: Floats, *, levels: int = 8, distances: tuple[int, ...] = (1, 2)) -> Floats:
    """Haralick's properties, mean and range over four directions, and the fraction of each local pattern."""
    flat = images.reshape(len(images), -1)
    grey = quantised(flat, levels).reshape(images.shape)
    found = []
    for distance in distances:
        by_direction = [
            haralick_measures(cooccurrences(grey, levels, (distance * down, distance * right)))
            for down, right in DIRECTIONS
        ]
        found += [np.mean(by_direction, axis=0), np.ptp(by_direction, axis=0)]
    return np.column_stack([*found, _local_patterns(quantised(flat, 256).reshape(images.shape))])


def _local_patterns(grey: np.ndarray) -> Floats:
    from skimage.feature import local_binary_pattern

    codes = [local_binary_pattern(image, NEIGHBOURS, 1, "uniform") for image in grey.astype(np.uint8)]
    return counted(np.stack(codes).astype(int), NEIGHBOURS + 2) / grey[0].size


def moments(images: Floats) -> Floats:
    """Place and spread of each image's mass, its normalised central moments and Hu's invariants."""
    from skimage.measure import moments_central, moments_hu, moments_normalized

    flat, (height, width) = images.reshape(len(images), -1), images.shape[1:]
    masses = as_mass(flat).reshape(images.shape)
    down, right = (np.arange(side) / max(side - 1, 1) for side in (height, width))
    centres = np.column_stack([masses.sum(axis=2) @ down, masses.sum(axis=1) @ right])
    found = []
    for mass in masses:
        central = moments_central(mass, order=3)
        normalised = np.nan_to_num(moments_normalized(central))
        spreads = np.sqrt([max(central[2, 0], 0), max(central[0, 2], 0)]) / (height, width)
        # Of like size, whatever their degree; a logarithm would blow up the rounding of those near zero.
        hu = moments_hu(normalised)
        roots = np.sign(hu) * abs(hu) ** (1 / HU_DEGREES)
        orders = [normalised[p, q] for p in range(4) for q in range(4 - p) if p + q > 1]
        found.append([*spreads, *orders, *roots])
    return np.column_stack([flat.mean(axis=1), np.ptp(flat, axis=1), centres, found])


def oriented_gradients(images: Floats) -> Floats:
    """Histograms of gradient directions in cells, normalised in blocks of two by two cells."""
    from skimage.feature import hog

    sides = images.shape[1:]
    cell = tuple(_cell_side(side) for side in sides)
    block = tuple(min(2, side // each) for side, each in zip(sides, cell, strict=True))
    unit = in_unit_range(images.reshape(len(images), -1)).reshape(images.shape)
    return np.stack([hog(image, 9, cell, block, block_norm="L2-Hys") for image in unit])


def _cell_side(side: int) -> int:
    """The usual 8 pixels, but at least 4 cells in a small image and about 8 in a large one."""
    return max(side // 8, min(8, side // 4), 1)
