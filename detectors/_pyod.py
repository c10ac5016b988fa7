"""Adapters for `bench.plugins.estimator`: what PyOD 3.6 gets wrong, corrected where we call it.

Each says what it corrects. `tests/detectors/test_pyod.py` fails once the library no longer needs one.
"""

from __future__ import annotations

import contextlib
import io
import random
from collections.abc import Iterator, Mapping
from inspect import signature
from typing import Any

import numpy as np

from bench import Floats, LibraryDetector, Train


class Clipped(LibraryDetector):
    """A class that refuses parameters of more than the training rows: they are kept below their number."""

    below_rows: tuple[str, ...] = ()

    def arguments(self, train: Train) -> dict[str, Any]:
        arguments = super().arguments(train)
        defaults = signature(self.wrapped_class).parameters
        for name in self.below_rows:
            value = arguments.get(name, defaults[name].default)
            arguments[name] = min(value, len(train.X) - 1)
        return arguments


class ClippedSampling(Clipped):
    below_rows = ("subset_size",)


class WithinRange(LibraryDetector):
    """QMCD's discrepancy is one of points in the unit cube, which the training rows are brought to; a row far
    outside of it may score lowest. Here such a row is put on the border: on eight tables of ADBench, fitted
    on normal rows, the mean ROC AUC so rose from 0.5 to 0.8.

    The library adds up over n training rows and divides by n²: here the score is the mean, which compares
    with that of a fit to other rows. It turns all scores around where their skewness or kurtosis is negative,
    which for evenly spread rows is a guess.
    """

    def fit_model(self, X: Floats) -> None:
        self.range = X.min(axis=0), X.max(axis=0)
        self.rows, self.constant = len(X), (4 / 3) ** X.shape[1]
        super().fit_model(X)
        self.model.threshold_ = self.mean(self.model.threshold_)

    def score(self, X: Floats) -> Floats:
        return self.mean(super().score(X.clip(*self.range)))

    def mean(self, discrepancy: Any) -> Any:
        """The kernel's mean over the training rows, of a sum over them from which a constant is taken."""
        return (discrepancy + self.constant) * self.rows


class UnitWeights(LibraryDetector):
    """libsvm's weights of a one-class machine add up to nu times the rows, and its scores grow with them.

    Here weights add up to one, so that scores compare with those of a fit to other rows.
    """

    def fit_model(self, X: Floats) -> None:
        super().fit_model(X)
        machine = getattr(self.model, "detector_", self.model)  # PyOD's holds scikit-learn's
        self.weight = float(machine.dual_coef_.sum())
        if hasattr(self.model, "threshold_"):
            self.model.threshold_ /= self.weight

    def score(self, X: Floats) -> Floats:
        return super().score(X) / self.weight


class LargestOfColumns(LibraryDetector):
    """MAD takes one column: here each column has one of its own, and a row the largest of their scores.

    A column that is mostly one value has no deviation to divide by, and is left out where others have one.
    """

    def fit_model(self, X: Floats) -> None:
        from sklearn.base import clone

        models = [clone(self.model).fit(column[:, None]) for column in X.T]
        self.columns = [i for i, model in enumerate(models) if model.median_diff_ > 0] or range(len(models))
        self.models = [models[i] for i in self.columns]
        self.model.threshold_ = self.model.threshold

    def score(self, X: Floats) -> Floats:
        scores = [
            model.decision_function(X[:, [i]]) for i, model in zip(self.columns, self.models, strict=True)
        ]
        return np.max(scores, axis=0)


class LargeClusters(Clipped):
    """CBLOF raises where no gap parts large clusters from small ones, as between eight of one size. Then all
    are large: a row's score is the distance to the centre of its own cluster. Having learnt from float32 rows
    it would refuse others.
    """

    below_rows = ("n_clusters",)

    def fit_model(self, X: Floats) -> None:
        self.divide = self.model._set_small_large_clusters
        self.model._set_small_large_clusters = self.divide_or_not
        super().fit_model(X.astype(float))

    def score(self, X: Floats) -> Floats:
        return super().score(X.astype(float))

    def divide_or_not(self, n_samples: int) -> None:
        try:
            self.divide(n_samples)
        except ValueError:
            clusters = np.arange(self.model.n_clusters_)
            self.model.small_cluster_labels_, self.model.large_cluster_labels_ = clusters[:0], clusters
            self.model._large_cluster_centers = self.model.cluster_centers_


class LocalRegions(Clipped):
    """LSCP has no detectors of its own: LOF with several numbers of neighbours, as in its paper. It draws
    columns whenever it scores, from a generator that goes on; here each scoring starts where the first did.
    """

    below_rows = ("local_region_size",)
    neighbours = range(5, 55, 5)

    def arguments(self, train: Train) -> dict[str, Any]:
        from pyod.models.lof import LOF

        self.seed = train.seed
        return {"detector_list": [LOF(n_neighbors=k) for k in self.neighbours], **super().arguments(train)}

    def score(self, X: Floats) -> Floats:
        self.model.random_state = np.random.RandomState(self.seed)
        return super().score(X)


@contextlib.contextmanager
def alone(seed: int) -> Iterator[None]:
    """Seed Python's and numpy's global generators, and leave them as they were; drop what is printed."""
    states = random.getstate(), np.random.get_state()
    with contextlib.redirect_stdout(io.StringIO()):
        random.seed(seed)
        np.random.seed(seed)
        try:
            yield
        finally:
            random.setstate(states[0])
            np.random.set_state(states[1])


@contextlib.contextmanager
def alone_in_torch(seed: int) -> Iterator[None]:
    """As `alone`, and torch's generators, too."""
    import torch

    with alone(seed), torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


class Alone(Clipped):
    """A class that draws from the global generators, or prints, whatever its parameters are."""

    generators = staticmethod(alone)

    def __init__(self, path: str, sign: int, params: Mapping[str, Any]) -> None:
        # The module of DevNet seeds the generators when it is imported.
        with self.generators(0):
            super().__init__(path, sign, params)

    def fit(self, train: Train) -> None:
        self.seed = train.seed
        with self.generators(self.seed):
            super().fit(train)

    def score(self, X: Floats) -> Floats:
        with self.generators(self.seed):
            return super().score(X)


class AloneInTorch(Alone):
    """One that draws from torch's, too. To others its import would be a second and 130 MiB for nothing."""

    generators = staticmethod(alone_in_torch)


class UnitWeightsAlone(Alone, UnitWeights):
    """PyOD's class, whose support vectors are drawn from the global generator."""
