"""Gaussian mixtures: with as many components as a criterion asks for, or fitted by annealing."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from bench import Floats, Train, detector

from ._annealing import anneal
from ._projection import LeadingComponents


@detector(family="density", complexity="n d² components", requires=("sklearn",), cost=2)
class GaussianMixture:
    """Gaussian mixture with the number of components chosen by BIC (Schwarz, 1978) or AIC (Akaike, 1974).

    The score is the negative log density. ``criterion``: "bic" or "aic". ``covariance_type``: one of
    scikit-learn's, or "auto" to let the criterion choose between "full" and "diag", too. Components are
    added, up to ``max_components``, until the criterion rises. Tried are only models with
    two values for each parameter, for else the likelihood grows without bound: with more columns than rows,
    "auto" means "diag". ``reg_covar`` is added to the variances, as a fraction of the columns' mean variance.
    The threshold is the score that a fraction ``contamination`` of the training rows exceeds.
    """

    def __init__(
        self,
        criterion: str = "bic",
        max_components: int = 10,
        covariance_type: str = "auto",
        reg_covar: float = 1e-6,
        contamination: float = 0.1,
    ) -> None:
        self.criterion = criterion
        self.max_components = max_components
        self.covariance_type = covariance_type
        self.reg_covar = reg_covar
        self.contamination = contamination

    def fit(self, train: Train) -> None:
        if self.criterion not in ("aic", "bic"):
            raise ValueError(f"criterion must be 'aic' or 'bic', not {self.criterion!r}")
        types = ("diag", "full") if self.covariance_type == "auto" else (self.covariance_type,)
        models = [model for each in types for model in self.candidates(train, each)]
        self.mixture = min(models, key=lambda model: self.criterion_of(model, train.X))
        self.threshold = float(np.quantile(self.score(train.X), 1 - self.contamination))

    def candidates(self, train: Train, covariance_type: str) -> Iterator[Any]:
        """Fitted mixtures of one kind, from one component up."""
        from sklearn.mixture import GaussianMixture

        n, d = train.X.shape
        best = math.inf
        for components in range(1, self.limit(n, d, covariance_type) + 1):
            model = GaussianMixture(
                components,
                covariance_type=covariance_type,
                reg_covar=self.reg_covar * (train.X.var(axis=0).mean() or 1.0),
                # The log likelihood of a row, and what a parameter must add to it, grow with the columns.
                tol=1e-4 * d,
                random_state=train.seed,
            ).fit(train.X)
            yield model
            value = self.criterion_of(model, train.X)
            if value >= best:
                return
            best = value

    def limit(self, n: int, d: int, covariance_type: str) -> int:
        """The most components that leave two values a parameter; at least one of a type that is asked for."""
        covariance = {"full": d * (d + 1) // 2, "diag": d, "spherical": 1, "tied": 0}[covariance_type]
        affordable = min(self.max_components, n * d // 2 // (d + covariance))
        optional = covariance_type == "full" and self.covariance_type == "auto"
        return affordable if optional else max(1, affordable)

    def criterion_of(self, model: Any, X: Floats) -> float:
        return getattr(model, self.criterion)(X)

    def score(self, X: Floats) -> Floats:
        return -self.mixture.score_samples(np.asarray(X, dtype=np.float64))


@detector(family="density", complexity="n d² components", requires=("sklearn",), cost=2)
class DeterministicAnnealingMixture:
    """Gaussian mixture fitted by EM with deterministic annealing (Ueda and Nakano, 1998).

    The posteriors of the E-step are raised to a power ``beta`` that grows from ``first_beta`` to 1 in
    ``n_temperatures`` steps: the components start as one and part as the rows are taken more seriously, so
    that the outcome depends little on the start. While beta is below 1 they share one spherical covariance:
    with covariances of their own, components that are one stay one until the end. Then EM goes on as usual
    with full covariances. All of this is done on at most 30 principal components and what they leave of a
    row (`LeadingComponents`). The score is the negative log density; the threshold is the one that a fraction
    ``contamination`` of the training rows exceeds.
    """

    def __init__(
        self,
        n_components: int = 5,
        first_beta: float = 0.05,
        n_temperatures: int = 20,
        reg_covar: float = 1e-6,
        contamination: float = 0.1,
    ) -> None:
        self.n_components = n_components
        self.first_beta = first_beta
        self.n_temperatures = n_temperatures
        self.reg_covar = reg_covar
        self.contamination = contamination

    def fit(self, train: Train) -> None:
        from sklearn.mixture import GaussianMixture

        self.projection = LeadingComponents().fit(train.X)
        X = self.projection.transform(train.X)
        n, d = X.shape
        rng = np.random.default_rng(train.seed)
        # A full covariance has about d / 2 parameters for each column.
        components = max(1, min(self.n_components, n // (d + 3)))
        start = X[rng.choice(n, components, replace=False)]
        betas = np.geomspace(self.first_beta, 1, self.n_temperatures)
        weights, means, variance = anneal(X, start, betas, rng)
        self.mixture = GaussianMixture(
            components,
            reg_covar=self.reg_covar * (X.var(axis=0).mean() or 1.0),
            weights_init=weights,
            means_init=means,
            precisions_init=np.repeat(np.eye(d)[None] / variance, components, axis=0),
            random_state=train.seed,
        ).fit(X)
        self.threshold = float(np.quantile(self.score(train.X), 1 - self.contamination))

    def score(self, X: Floats) -> Floats:
        return -self.mixture.score_samples(self.projection.transform(X))
