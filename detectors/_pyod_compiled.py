"""Adapters for PyOD's classes whose loops over rows are compiled here, with the same scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bench import Floats

from ._fast import Fast
from ._pyod_batches import Among, AmongNeighbours, ClippedAmongNeighbours

if TYPE_CHECKING:
    from ._tails import Tails


class CompiledCOF(Fast, AmongNeighbours):
    """COF; its ``method`` only trades memory for time."""

    def speed_up(self) -> None:
        self.model._cof_fast = self.factors

    def factors(self, X: Floats) -> Floats:
        from ._distances import distances, nearest, numpys_order
        from ._row_loops import connectivity

        D = distances(np.ascontiguousarray(X), numpys_order(X.shape[1]))
        found: Floats = np.nan_to_num(connectivity(D, nearest(D, self.model.n_neighbors_ + 1)))
        return found


class CompiledSOD(Fast, ClippedAmongNeighbours):
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


class CompiledLOCI(Fast, Among):
    """LOCI, unless its ``k`` is below zero."""

    def speed_up(self) -> None:
        if self.model.k >= 0:
            self.model._calculate_decision_score = self.deviations

    def deviations(self, X: Floats) -> Floats:
        from scipy.spatial.distance import pdist, squareform

        from ._correlation_integrals import deviations

        return deviations(squareform(pdist(X)), float(self.model.alpha), float(self.model.k))


class SortedOnce(Fast):
    """ECOD and COPOD, which sort all training rows again for each batch, be it one row."""

    # What a value scores at least, whatever the skewness: the larger of its two tails, or their mean.
    larger: bool
    tails: Tails

    def speed_up(self) -> None:
        self.model.decision_function = self.scores

    def scores(self, X: Floats) -> Floats:
        """Of the training rows, while the class is fitted; then of others."""
        from ._tails import Tails

        if hasattr(self.model, "X_train"):
            return self.tails.of(X)
        self.tails = Tails(X, self.larger)
        return self.tails.of_training()


class SortedOnceCOPOD(SortedOnce):
    """COPOD."""

    larger = False


class SortedOnceECOD(SortedOnce):
    """ECOD."""

    larger = True


class CompiledSOS(Fast, Among):
    """SOS."""

    def speed_up(self) -> None:
        self.model._d2a = self.affinities

    def affinities(self, D: Floats) -> Floats:
        from ._kernel_widths import affinities

        found: Floats = affinities(D, float(self.model.perplexity), float(self.model.eps))
        return found


class CompiledLMDD(Fast, Among):
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


class CompiledRGraph(Fast):
    """R-graph by the optimum that its search is for. Which of equal rows another is made of is arbitrary."""

    def speed_up(self) -> None:
        model = self.model
        if model.algorithm == "lasso_lars" and model.gamma < LINEAR_REGRESSION and model.tau == 1:
            model._decision_function = self.scores

    def scores(self, X: Floats) -> Floats:
        """Of scaled rows: of the training rows, or of those that come after them."""
        from ._self_representation import Representations

        model = self.model
        if not hasattr(model, "X_train"):
            self.known = Representations(
                X, model.gamma, model.gamma_nz, model.n_nonzero, model.transition_steps
            )  # fmt: skip
            return -self.known.visits()
        return -self.known.visits_with(X[len(self.known.X) :])


# From this ``gamma`` on the class does without a penalty.
LINEAR_REGRESSION = 1e4
