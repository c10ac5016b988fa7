"""Adapters for PyOD's classes whose loops over rows are compiled or vectorised here, with the same scores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from bench import Floats, LibraryDetector, check_choice

from ._pyod import LocalRegions
from ._pyod_batches import Among, AmongMoreRowsThanColumns, AmongNeighbours, ClippedAmongNeighbours

IMPLEMENTATIONS = ("compiled", "library")
COMPILED = {"implementation": "compiled"}


class Compiled(LibraryDetector):
    """A library class whose slow methods `speed_up` replaces, unless ``implementation`` is "library"."""

    def __init__(self, path: str, sign: int, params: Mapping[str, Any]) -> None:
        params = dict(params)
        self.implementation = params.pop("implementation", "compiled")
        check_choice("implementation", self.implementation, IMPLEMENTATIONS)
        super().__init__(path, sign, params)

    def fit_model(self, X: Floats) -> None:
        if self.implementation == "compiled":
            self.speed_up()
        super().fit_model(X)

    def speed_up(self) -> None:
        """Replace methods of ``self.model``, where its parameters ask for nothing that is not covered."""
        raise NotImplementedError


class CompiledCOF(Compiled, AmongNeighbours):
    """COF; its ``method`` only trades memory for time."""

    def speed_up(self) -> None:
        self.model._cof_fast = self.factors

    def factors(self, X: Floats) -> Floats:
        from ._distances import distances, numpys_order
        from ._row_loops import connectivity

        D = distances(np.ascontiguousarray(X), numpys_order(X.shape[1]))
        nearest = np.argsort(D, axis=1)[:, : self.model.n_neighbors_ + 1]
        found: Floats = np.nan_to_num(connectivity(D, nearest))
        return found


class CompiledSOD(Compiled, ClippedAmongNeighbours):
    """SOD: shared neighbours are counted by those that share them, not for each pair of rows."""

    def speed_up(self) -> None:
        self.model._sod = self.degrees

    def degrees(self, X: Floats) -> Floats:
        from sklearn.neighbors import NearestNeighbors

        from ._distances import numpys_order, subspace_degrees
        from ._row_loops import shared_neighbours

        of_neighbours = {name: getattr(self.model, name) for name in NEIGHBOUR_PARAMETERS}
        nearest = NearestNeighbors(**of_neighbours).fit(X).kneighbors(return_distance=False)
        references = shared_neighbours(nearest, self.model.ref_set)
        order = numpys_order(self.model.ref_set * X.shape[1])
        degrees: Floats = subspace_degrees(np.ascontiguousarray(X), references, self.model.alpha, order)
        return degrees


NEIGHBOUR_PARAMETERS = ("n_neighbors", "algorithm", "leaf_size", "metric", "p", "metric_params", "n_jobs")


class CompiledLOCI(Compiled, Among):
    """LOCI, unless its ``k`` is below zero."""

    def speed_up(self) -> None:
        if self.model.k >= 0:
            self.model._calculate_decision_score = self.deviations

    def deviations(self, X: Floats) -> Floats:
        from scipy.spatial.distance import pdist, squareform

        from ._correlation_integrals import deviations

        return deviations(squareform(pdist(X)), float(self.model.alpha), float(self.model.k))


class SortedOnce(Compiled):
    """ECOD and COPOD, which sort all training rows again for each batch, be it one row."""

    def speed_up(self) -> None:
        self.slow = self.model.decision_function
        self.model.decision_function = self.scores
        self.__dict__.pop("tails", None)  # of other training rows

    def scores(self, X: Floats) -> Floats:
        if not hasattr(self.model, "X_train"):
            found: Floats = self.slow(X)  # of the training rows, while it is fitted
            return found
        from ._tails import Tails

        if not hasattr(self, "tails"):
            self.tails = Tails(self.model.X_train)
        left, right = self.tails.logarithms(X)
        signs = self.tails.skewness_signs(X)
        by_skewness = -left * np.sign(signs - 1) + right * np.sign(signs + 1)
        return np.maximum(by_skewness, self.of_both(left, right)).sum(axis=1)

    def of_both(self, left: Floats, right: Floats) -> Floats:
        """What a value scores at least by its two tails, whatever the skewness."""
        raise NotImplementedError


class SortedOnceCOPOD(SortedOnce):
    """COPOD."""

    def of_both(self, left: Floats, right: Floats) -> Floats:
        return (left + right) / 2


class SortedOnceECOD(SortedOnce):
    """ECOD."""

    def of_both(self, left: Floats, right: Floats) -> Floats:
        return np.maximum(left, right)


class CompiledSOS(Compiled, Among):
    """SOS."""

    def speed_up(self) -> None:
        self.model._d2a = self.affinities

    def affinities(self, D: Floats) -> Floats:
        from ._row_loops import affinities

        found: Floats = affinities(D, float(self.model.perplexity), float(self.model.eps))
        return found


class CompiledLMDD(Compiled, Among):
    """LMDD with the mean absolute deviation; its other two measures are the library's."""

    def speed_up(self) -> None:
        if self.model.dis_measure == "aad":
            self.model._LMDD__sf = self.factors

    def factors(self, X: Floats) -> Floats:
        """The largest factor of each row over the orders, times the size of what that order leaves."""
        from ._smoothing import smoothing_factors

        ascending = np.argsort(X, axis=None)
        values = X.ravel()[ascending]
        places = np.empty_like(ascending)
        places[ascending] = np.arange(X.size)
        places = places.reshape(X.shape)
        # The library starts each scoring anew, and seeds each order by the first number of the state.
        drawn: Any = np.random.RandomState(seed=self.model.random_state_.get_state()[1][0])
        order = np.arange(len(X))
        largest, left, factors = np.zeros(len(X)), np.zeros(len(X)), np.empty(len(X))
        for _ in range(self.model.n_iter_):
            drawn.shuffle(order)
            factors[order] = smoothing_factors(X, order, values, places)
            better = factors > largest
            largest[better] = factors[better]
            left[better] = np.count_nonzero(factors <= 0)
            drawn.seed(drawn.get_state()[1][0] + 1)
        return largest * left


class InvertedCD(Compiled, AmongMoreRowsThanColumns):
    """CD with linear regressions, all from one inverse; where that is too rough, or with another model, the
    library's.
    """

    def speed_up(self) -> None:
        if "model" not in self.params:
            self.slow_fit, self.slow_score = self.model.fit, self.model.decision_function
            self.model.fit, self.model.decision_function = self.regress, self.distances

    def regress(self, X: Floats) -> None:
        from ._cooks_distance import Regressions

        try:
            self.regressions: Regressions | None = Regressions(X)
            scores = self.regressions.distances(X)
        except np.linalg.LinAlgError:
            self.regressions = None
            self.slow_fit(X)
        else:
            self.model._set_n_classes(None)
            self.model.decision_scores_ = scores
            self.model._process_decision_scores()

    def distances(self, X: Floats) -> Floats:
        if self.regressions:
            try:
                return self.regressions.distances(X)
            except np.linalg.LinAlgError:
                self.regressions = None
                self.slow_fit(self.X)
        found: Floats = self.slow_score(X)
        return found


class VectorisedROD(Compiled, Among):
    """ROD of more than three columns."""

    def speed_up(self) -> None:
        self.slow = self.model.decision_function
        self.model.decision_function = self.mean_of_triples

    def mean_of_triples(self, X: Floats) -> Floats:
        from pyod.models.rod import sigmoid
        from sklearn.preprocessing import RobustScaler

        from ._rotations import Triple, triples_of

        if X.shape[1] <= 3:
            found: Floats = self.slow(X)
            return found
        if self.model.gm_ is None:  # which the class sets before it fits
            self.scaler = RobustScaler().fit(X)
            self.triples = [Triple.fitted(points) for points in triples_of(self.scaler.transform(X))]
            self.model.gm_ = [triple.middle for triple in self.triples]
        parts = zip(self.triples, triples_of(self.scaler.transform(X)), strict=True)
        scores = [sigmoid(np.nan_to_num(triple.deviations(points))) for triple, points in parts]
        return np.average(np.array(scores).T, axis=1)


class VectorisedLSCP(Compiled, LocalRegions):
    """LSCP: neighbours without a tree where there are many columns, and correlations of many rows at once."""

    def speed_up(self) -> None:
        self.model._get_decision_scores = self.of_competent_detectors

    def of_competent_detectors(self, X: Floats) -> Floats:
        from pyod.utils.utility import standardizer

        from ._local_regions import correlations, regions

        model = self.model
        local = regions(model, X)
        scores = np.column_stack([detector.decision_function(X) for detector in model.detector_list])
        of_training, scores = standardizer(model.train_scores_, scores)
        model.training_pseudo_label_ = np.max(of_training, axis=1).reshape(-1, 1)
        agreement = correlations(of_training, model.training_pseudo_label_.ravel(), local)
        chosen = [model._get_competent_detectors(row) for row in agreement]
        return np.array([np.mean(row[best]) for row, best in zip(scores, chosen, strict=True)])
