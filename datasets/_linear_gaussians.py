"""The density of rows that are a function of few hidden variables, plus white noise.

The hidden variables lie anywhere; a grid of nodes covers them, and each node stands for its surroundings: a
Gaussian as wide as the grid is coarse. Within it the function is taken for linear, so that the integral over
the hidden variables is a mixture of Gaussians in closed form. The grid has thus to be fine against the
function's curvature, not against the much narrower peaks that the likelihood has where there is little noise.
A function that is linear, as that of a Gaussian process, needs one node and is treated exactly.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from bench import Floats

# Numbers that are held at a time, at most, and by how many nats less likely terms are left out.
HELD = 10_000_000
NEGLIGIBLE = 8.0
# A node's standard deviation as a fraction of the distance to the next. Such Gaussians' sum is flat to 4 %;
# wider ones would reach further along their tangents, away from what is there.
OVERLAP = 0.45


class Nodes(NamedTuple):
    """Gaussians in the space of k hidden variables: ``centres`` (m, k), ``log_weights`` (m,), and ``steps``
    (m, k, k), of which each is one standard deviation along one axis of a Gaussian.
    """

    centres: Floats
    steps: Floats
    log_weights: Floats


class LinearGaussians:
    """Rows ``values(hidden) + noise``, with hidden variables from ``nodes``.

    values: from hidden variables (n, k) to rows (n, d). noise: its standard deviation, above 0, of shape (d,)
    or one for all columns.
    """

    def __init__(self, values: Callable[[Floats], Floats], nodes: Nodes, noise: Floats | float) -> None:
        centres = values(nodes.centres)
        (m, k), d = nodes.centres.shape, centres.shape[1]
        ahead, behind = (
            values((nodes.centres[:, None] + sign * nodes.steps).reshape(-1, k)).reshape(m, k, d)
            for sign in (1, -1)
        )
        tangents = (ahead - behind) / 2
        # The middle of what a node stands for, where the function bends away from its tangents.
        centres = centres + ((ahead + behind) / 2 - centres[:, None]).sum(axis=1)
        self.precision = np.broadcast_to(1 / np.square(noise), d)
        weighted = tangents * self.precision
        root = np.linalg.cholesky(np.eye(k) + weighted @ tangents.swapaxes(1, 2))
        # x of a node has the log density: constant - x' P x / 2 + linear' x + |projection x - shift|^2 / 2.
        self.linear = centres * self.precision
        self.projection = np.linalg.solve(root, weighted)
        self.shift = np.einsum("mkd,md->mk", self.projection, centres)
        self.constant = (
            nodes.log_weights
            - (self.linear * centres).sum(axis=1) / 2
            - np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
            + (np.log(self.precision).sum() - d * np.log(2 * np.pi)) / 2
        )

    def log_density(self, X: Floats) -> Floats:
        return np.concatenate([log_sum_exp(self._terms(part)[0]) for part in self._parts(X)])

    def log_density_of_shifted(self, X: Floats, offsets: Floats) -> Floats:
        """The log density of rows to which one of some ``offsets`` (q, d), each as likely, has been added."""
        return np.concatenate([self._shifted(part, offsets) for part in self._parts(X, len(offsets))])

    def _shifted(self, X: Floats, offsets: Floats) -> Floats:
        terms, along = self._terms(X)
        # The log density of a row less an offset is that of the row and a change: a part that is the same for
        # all nodes, another that is the same for all rows, and a product.
        for_all = X @ (offsets * self.precision).T - (offsets**2 @ self.precision) / 2
        behind = np.sqrt(2 * (terms.max(axis=1, keepdims=True) - terms))
        total = np.full(len(X), -np.inf)
        for j, projection in enumerate(self.projection):
            moved = offsets @ projection.T
            length = (moved**2).sum(axis=1)
            # An offset moves the nearest node by no more than its own length along the tangents.
            rows = np.flatnonzero(behind[:, j] <= np.sqrt(length.max()) + np.sqrt(2 * NEGLIGIBLE))
            if len(rows):
                change = for_all[rows] - along[rows, j] @ moved.T
                change += length / 2 - offsets @ self.linear[j]
                total[rows] = np.logaddexp(total[rows], terms[rows, j] + log_sum_exp(change))
        return total - np.log(len(offsets))

    def _terms(self, X: Floats) -> tuple[Floats, Floats]:
        """The log density of each row and node, (n, m), and the row along the node's tangents, (n, m, k)."""
        m, k, d = self.projection.shape
        along = (X @ self.projection.reshape(m * k, d).T).reshape(len(X), m, k) - self.shift
        terms = X @ self.linear.T + self.constant + (along**2).sum(axis=2) / 2
        return terms - (X**2 @ self.precision)[:, None] / 2, along

    def _parts(self, X: Floats, offsets: int = 1) -> list[Floats]:
        """The rows in parts small enough to hold all that is computed of them."""
        m, k, _ = self.projection.shape
        size = max(1, HELD // max(m * (k + 1), offsets))
        return [X[start : start + size] for start in range(0, len(X), size)]


def log_sum_exp(terms: Floats) -> Floats:
    """The logarithm of the sum of exponentials of each row; SciPy's takes twice as long."""
    top = terms.max(axis=1, keepdims=True)
    return np.log(np.exp(terms - top).sum(axis=1)) + top[:, 0]
