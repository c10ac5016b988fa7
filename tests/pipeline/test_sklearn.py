"""scikit-learn's own checks of an estimator. All apply but for the labels 0, 1 and 2 that they give."""

from __future__ import annotations

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from bench import Pipeline


class Unlabelled(Pipeline):
    """Labels are 1, 0 and -1 here, and others are refused: the checks' are left out."""

    def fit(self, X, y=None):
        return super().fit(X)


@pytest.mark.filterwarnings("ignore:X does not have valid feature names")
@parametrize_with_checks([Unlabelled("hbos"), Unlabelled("isolation_forest:n_estimators=10")])
def test_scikit_learns_checks(estimator, check):
    check(estimator)
