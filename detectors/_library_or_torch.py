"""Adapters for `bench.estimator`: the library's detector on the CPU, torch's on a GPU, same scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bench import Floats, LibraryDetector, Train

from ._torch import KDE, PCA, Scorer
from ._torch_neighbours import KNN, LOF


class LibraryOrTorch(LibraryDetector):
    """The library's detector, and on another device than the CPU the scorer that gives the same scores.

    ``passed``: parameters of the library's class that the scorer has, too. ``built_in``: others, with the
    values that it stands for. With any but these the library is used, whatever the device; what a record
    says of the device is what was used. ``on_cpu``: whether the scorer is the better one there, too.
    """

    scorer: type[Scorer]
    on_cpu = False
    passed: frozenset[str] = frozenset()
    built_in: Mapping[str, Any] = {}

    def fit(self, train: Train) -> None:
        self.in_torch = (self.on_cpu or train.device != "cpu") and self.covered()
        if not self.in_torch:
            super().fit(train)
            return
        given = {name: value for name, value in self.params.items() if name in self.passed}
        self.model = self.scorer(**given, device=train.device).fit(train.X)
        contamination = self.params.get("contamination", 0.1)
        self.threshold = float(np.quantile(self.model.training_scores, 1 - contamination))

    def score(self, X: Floats) -> Floats:
        return self.model.score(X) if self.in_torch else super().score(X)

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
        return self.model.training_scores if self.in_torch else self.model.decision_scores_


class LOFOrTorch(LibraryOrTorch):
    """pyod.models.lof.LOF, or `LOF`."""

    scorer = LOF
    passed = frozenset({"n_neighbors"})


class KDEOrTorch(LibraryOrTorch):
    """`KDE`, or pyod.models.kde.KDE for what it does not cover.

    With more than some 40 columns the library's scores are wrong: scikit-learn's tree adds and subtracts
    densities that cancel, which on 1000 x 100 Gaussian values leaves a rank correlation of 0.3 with the
    densities written out. It is also slower, on the CPU as well.
    """

    scorer = KDE
    on_cpu = True
    passed = frozenset({"bandwidth"})

    def leave_one_out(self) -> Floats | None:
        return self.model.leave_one_out() if self.in_torch else None


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
