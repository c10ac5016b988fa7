from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from bench import Train
from bench.trials.members import build_members

X = np.random.default_rng(0).normal(size=(300, 4))
TEST = np.concatenate([np.random.default_rng(1).normal(size=(100, 4)), np.full((20, 4), 3.0)])
Y = np.repeat([0, 1], [100, 20])


def fitted(registry, name, **params):
    plugin = registry.detectors[name]
    params = {**plugin.defaults, **params}
    ensemble = plugin.build(**params)
    ensemble.fit(Train(X, 3, members=build_members(plugin, params, registry)))
    return ensemble


@pytest.mark.parametrize("name", ["rank_mean", "rank_maximum"])
def test_an_ensemble_finds_what_its_members_find(registry, name):
    ensemble = fitted(registry, name)
    random = registry.detectors["random_score"].build()
    random.fit(Train(X, 0))
    assert roc_auc_score(Y, ensemble.score(TEST)) > 0.95 > 0.7 > roc_auc_score(Y, random.score(TEST))
    called = ensemble.score(X) > ensemble.threshold
    assert called.mean() == pytest.approx(0.1, abs=0.02)


def test_ranks_go_on_beyond_the_training_scores(registry):
    ensemble = fitted(registry, "rank_mean", of="mahalanobis")
    far = np.arange(5, 50, 5)[:, None] * np.ones((1, 4))
    scores = ensemble.score(far)
    assert (np.diff(scores) > 0).all()
    assert scores.max() < 1


def test_the_maximum_is_high_where_one_member_is_and_the_mean_is_not(registry):
    of = "mahalanobis+random_score"
    mean, maximum = fitted(registry, "rank_mean", of=of), fitted(registry, "rank_maximum", of=of)
    far = np.full((50, 4), 10.0) + np.arange(50)[:, None]
    assert maximum.score(far).min() > 0.99
    assert mean.score(far).min() < 0.95
    assert (maximum.score(TEST) >= mean.score(TEST)).all()


class Counting:
    """Scores a row by its first value, and counts how often it is asked."""

    def __init__(self):
        self.asked = 0

    def fit(self, train):
        pass

    def score(self, X):
        self.asked += 1
        return X[:, 0]


@pytest.mark.parametrize("name", ["label_weighted", "rank_maximum", "rank_mean"])
def test_a_member_scores_the_training_rows_once(registry, name):
    members = [Counting(), Counting()]
    ensemble = registry.detectors[name].build(of="knn+lof")
    y = np.where(X[:, 0] > 1.5, 1, 0)
    ensemble.fit(Train(X, 3, y=y, members=members, declared={"labels"}))
    assert [member.asked for member in members] == [1, 1]
    assert ensemble.threshold == np.quantile(ensemble.score(X), 0.9)
