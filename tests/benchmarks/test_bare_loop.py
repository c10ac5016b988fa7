"""Detectors by hand in a loop, and the same through the harness, in turn on ADBench's tables."""

from __future__ import annotations

import time

import numpy as np
import pytest
from pyod.models.knn import KNN
from pyod.models.lof import LOF
from sklearn.ensemble import IsolationForest

from bench.errors import BenchError
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.trials.runner import TrialRunner

# Of the isolation forest, which scores its training rows where it is told how many are anomalous.
CONTAMINATION = 200 / 2200
BY_HAND = {
    "isolation_forest": lambda columns: IsolationForest(
        max_features=columns, contamination=CONTAMINATION, random_state=0
    ),
    "knn": lambda _: KNN(),
    "lof": lambda _: LOF(),
}
TURNS = 5


def trials_of(registry):
    selection = Selection(detectors=tuple(BY_HAND), regimes=("unsupervised",), seeds=(0,))
    try:
        return list(make_plan(load_suite("adbench"), registry, selection))
    except BenchError as error:
        pytest.skip(f"the tables of ADBench are not here: {error}")


def test_detectors_by_hand_and_through_the_harness(benchmark, registry, figure):
    trials = trials_of(registry)
    runner = TrialRunner(registry)
    ratios = {name: [] for name in BY_HAND}

    def all_trials():
        for trial in trials:
            view = runner.view(trial)
            X, new = view.X.copy(), view.test.X.copy()
            ours, theirs = [], []
            for _ in range(TURNS):
                costs = runner.score(trial).record.costs
                ours.append(costs.fit_seconds + costs.score_seconds)
                start = time.perf_counter()
                detector = BY_HAND[trial.detector.name](X.shape[1]).fit(X)
                detector.decision_function(new)
                theirs.append(time.perf_counter() - start)
            ratios[trial.detector.name].append(np.median(ours) / np.median(theirs))

    benchmark.pedantic(all_trials, rounds=1)
    for name, found in ratios.items():
        figure(
            f"{name} on {len(found)} tables, against by hand",
            f"{np.median(found):.3f} times its seconds (quartiles {np.quantile(found, 0.25):.3f} and "
            f"{np.quantile(found, 0.75):.3f})",
        )
