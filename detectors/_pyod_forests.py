"""Adapters for PyOD's classes that train scikit-learn's forests, which are grown here."""

from __future__ import annotations

from ._fast import Fast
from ._pyod import Alone


class GrownSUOD(Fast, Alone):
    """SUOD, whose forests learn the scores of detectors that take long to score."""

    def speed_up(self) -> None:
        from sklearn.ensemble import RandomForestRegressor

        from ._forests import GrownForestRegressor

        forest = self.model.model_.approx_clf
        if type(forest) is RandomForestRegressor:
            self.model.model_.approx_clf = GrownForestRegressor(**forest.get_params())
