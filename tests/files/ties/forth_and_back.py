"""Three detectors that hit as many anomalies on each of six datasets, by other seeds.

So their means over seeds are equal, and differ by how they are added up.
"""

import numpy as np

from bench import Split, dataset, detector

HITS = [(1, 4, 3), (1, 6, 5), (2, 1, 3), (2, 3, 4), (3, 2, 1), (4, 5, 3)]


class _Hits:
    order = (0, 1, 2)

    def fit(self, train):
        self.threshold = 1.0

    def score(self, X):
        place, seed, which = X[:, 0], int(X[0, 1]), int(X[0, 2])
        return np.where(place < HITS[which][self.order[seed]], 2.0, 0.0) + place / 1000


@detector
class Forth(_Hits):
    """Hits in the order of the list."""


@detector
class Back(_Hits):
    """Hits in the opposite order."""

    order = (2, 1, 0)


@detector
class Shifted(_Hits):
    """Hits as the first does with the next seed."""

    order = (1, 2, 0)


def _family(which):
    def made(rng, *, n=40):
        X = np.column_stack([np.arange(n), np.full(n, rng.bit_generator.seed_seq.entropy), np.full(n, which)])
        y = (np.arange(n) < 10).astype(int)
        return Split(X_train=X + np.array([1000, 0, 0]), y_train=y, X_test=X.astype(float), y_test=y)

    made.__name__ = f"made_{'abcdef'[which]}"
    made.__doc__ = "Made-up rows."
    return dataset(made)


made_a, made_b, made_c, made_d, made_e, made_f = map(_family, range(len(HITS)))
