"""The best that any detector could do, where a synthetic dataset's densities are known."""

from __future__ import annotations

from bench import Floats, Train, detector


@detector(
    family="baseline", cost=20, deterministic=True, slow=True, optimum=True,
    regimes=("unsupervised", "one-class", "semi-supervised", "supervised"),
)  # fmt: skip
class BayesOptimal:
    """The likelihood ratio of anomalous to normal under the densities that the rows were drawn from.

    No score ranks better on average (Neyman and Pearson, 1933). It is shown out of competition, so that each
    result reads as a fraction of what is possible.
    """

    def fit(self, train: Train) -> None:
        self.optimum = train.optimum

    def score(self, X: Floats) -> Floats:
        return self.optimum(X)
