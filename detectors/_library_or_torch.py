"""Adapters for `bench.estimator`: the library's detector on the CPU, torch's on a GPU, same scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bench import Floats, LibraryDetector, Train

from ._kernels import KernelDensity
from ._torch import KDE, PCA, Scorer
from ._torch_neighbours import KNN, LOF


class LibraryOrTorch(LibraryDetector):
    """The library's detector, and on another device than the CPU the scorer that gives the same scores.

    ``passed``: parameters of the library's class that the scorer has, too. ``built_in``: others, with the
    values that it stands for. With any but these the library is used, whatever the device; what a record
    says of the device is what was used. ``on_cpu``: what is better than the library there, too.
    """

    scorer: type[Scorer]
    on_cpu: type[KernelDensity] | None = None
    passed: frozenset[str] = frozenset()
    built_in: Mapping[str, Any] = {}

    def fit(self, train: Train) -> None:
        self.is_own = (self.on_cpu is not None or train.device != "cpu") and self.covered()
        if not self.is_own:
            super().fit(train)
            return
        self.model = self.scorer_on(train.device).fit(train.X)
        contamination = self.params.get("contamination", 0.1)
        self.threshold = float(np.quantile(self.model.training_scores, 1 - contamination))

    def score(self, X: Floats) -> Floats:
        return self.model.score(X) if self.is_own else super().score(X)

    def scorer_on(self, device: str) -> Scorer | KernelDensity:
        given = {name: value for name, value in self.params.items() if name in self.passed}
        if self.on_cpu is not None and device == "cpu":
            return self.on_cpu(**given)
        return self.scorer(**given, device=device)

    def covered(self) -> bool:
        """Whether the scorer stands for the library's class with these parameters."""
        given = {name: v for name, v in self.params.items() if (name, v) not in self.built_in.items()}
        numbers = all(isinstance(value, int | float) for value in given.values())
        return numbers and given.keys() <= {*self.passed, "contamination"}


class KNNOrTorch(LibraryOrTorch):
    """pyod.models.knn.KNN, or `KNN`."""

    scorer = KNN
    passed = frozenset({"n_neighbors"})

    def leave_one_out(self) -> Floats:
        return self.model.training_scores if self.is_own else self.model.decision_scores_


class LOFOrTorch(LibraryOrTorch):
    """pyod.models.lof.LOF, or `LOF`."""

    scorer = LOF
    passed = frozenset({"n_neighbors"})


class KDEOrTorch(LibraryOrTorch):
    """`KernelDensity` or `KDE`, or pyod.models.kde.KDE for what they do not cover.

    With more than some 40 columns the library's scores are wrong: scikit-learn's tree adds and subtracts
    densities that cancel, which on 1000 x 100 Gaussian values leaves a rank correlation of 0.3 with the
    densities written out. It is also slower, on the CPU as well.
    """

    scorer = KDE
    on_cpu = KernelDensity
    passed = frozenset({"bandwidth"})

    def leave_one_out(self) -> Floats | None:
        return self.model.leave_one_out() if self.is_own else None


class PCAOrTorch(LibraryOrTorch):
    """pyod.models.pca.PCA with its full solver, or `PCA`.

    The default solver drops axes and gives infinite scores where columns are linearly dependent. The full
    one still divides by an axis' fraction of the variance where that is zero; here it is as small as in
    `PCA`.
    """

    scorer = PCA
    built_in = {"svd_solver": "full"}  # noqa: RUF012

    def fit_model(self, X: Floats) -> None:
        super().fit_model(X)
        shares = self.model.selected_w_components_
        if not shares.all():
            self.model.selected_w_components_ = np.maximum(shares, np.finfo(float).eps ** 2)
            self.model.decision_scores_ = self.model.decision_function(X)
            self.model._process_decision_scores()
