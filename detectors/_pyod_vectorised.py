"""Adapters for PyOD's classes that are vectorised here, with the same scores."""

from __future__ import annotations

import numpy as np

from bench import Floats

from ._fast import Fast
from ._pyod import LocalRegions
from ._pyod_batches import Among, AmongMoreRowsThanColumns


class InvertedCD(Fast, AmongMoreRowsThanColumns):
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


class VectorisedINNE(Fast):
    """INNE."""

    def speed_up(self) -> None:
        self.model._fit, self.model._score_samples = self.draw, self.typicality

    def draw(self, X: Floats) -> None:
        from pyod.utils.utility import MAX_INT
        from sklearn.utils import check_random_state

        from ._hyperspheres import Spheres

        model = self.model
        seeds = check_random_state(model.random_state).randint(MAX_INT, size=model.n_estimators)
        drawn = [
            np.random.RandomState(seed).choice(len(X), model.max_samples_, replace=False) for seed in seeds
        ]
        self.spheres = Spheres(X[np.array(drawn)])

    def typicality(self, X: Floats) -> Floats:
        return -self.spheres.isolation(X)

    def score(self, X: Floats) -> Floats:
        # A model that is read from a file has the spheres, and the class without the methods above.
        return super().score(X) if self.implementation == "library" else self.spheres.isolation(X)


class VectorisedROD(Fast, Among):
    """ROD of more than three columns."""

    def speed_up(self) -> None:
        self.slow = self.model.decision_function
        self.model.decision_function = self.mean_of_triples

    def mean_of_triples(self, X: Floats) -> Floats:
        from pyod.models.rod import sigmoid
        from sklearn.preprocessing import RobustScaler

        from ._rotations import Triples

        if X.shape[1] <= 3:
            found: Floats = self.slow(X)
            return found
        if self.model.gm_ is None:  # which the class sets before it fits
            self.scaler = RobustScaler().fit(X)
            self.triples = Triples(self.scaler.transform(X))
            self.model.gm_ = self.triples.middles
        deviations = self.triples.deviations(self.scaler.transform(X))
        return np.average(sigmoid(np.nan_to_num(deviations)), axis=0)


class VectorisedLSCP(Fast, LocalRegions):
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
