"""Isolation by the smallest of some spheres that covers a row (INNE), in all sets of spheres at once."""

from __future__ import annotations

import numpy as np
from sklearn.utils.extmath import row_norms

from bench import Floats

# So many distances are worked out at a time: 32 MB of them.
DISTANCES = 1 << 22
# As in the library.
TINY = np.finfo(float).eps


class Spheres:
    """Sets of spheres around rows; each reaches to the nearest of the other rows in its set.

    Parameters
    ----------
    centres : array, shape (sets, spheres, d)
        Whether a row on a sphere is inside is up to rounding. Squared distances are therefore worked out in
        the library's order.
    """

    def __init__(self, centres: Floats) -> None:
        sets, spheres, columns = centres.shape
        products = np.array([np.dot(rows, rows.T) for rows in centres])
        norms = row_norms(centres.reshape(-1, columns), squared=True).reshape(sets, spheres)
        distances = np.maximum(products * -2 + norms[:, :, None] + norms[:, None, :], 0)
        distances[:, np.arange(spheres), np.arange(spheres)] = np.inf
        radii, nearest = distances.min(axis=2), distances.argmin(axis=2)
        ratios = 1 - (np.take_along_axis(radii, nearest, 1) + TINY) / (radii + TINY)
        smallest_first = radii.argsort(axis=1, kind="stable")
        self.centres = np.take_along_axis(centres, smallest_first[:, :, None], 1).reshape(-1, columns)
        self.norms = np.take_along_axis(norms, smallest_first, 1).ravel()
        self.radii = np.take_along_axis(radii, smallest_first, 1).ravel()
        self.ratios = np.take_along_axis(ratios, smallest_first, 1)

    def isolation(self, X: Floats) -> Floats:
        """How isolated rows are, shape (n,): the mean over the sets, in which what no sphere covers has 1."""
        step = max(1, DISTANCES // len(self.centres))
        return np.concatenate([self._isolation(X[at : at + step]) for at in range(0, len(X), step)])

    def _isolation(self, X: Floats) -> Floats:
        distances = X @ self.centres.T
        distances *= -2
        distances += row_norms(X, squared=True)[:, None]
        distances += self.norms
        np.maximum(distances, 0, out=distances)
        sets = len(self.ratios)
        covered = (distances <= self.radii).reshape(len(X), sets, -1)
        ratios = self.ratios[np.arange(sets), covered.argmax(axis=2)]
        return np.where(covered.any(axis=2), ratios, 1.0).mean(axis=1)
