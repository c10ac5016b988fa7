"""A plan, and a store that makes up the metrics of its trials instead of running them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from bench.analysis.results import SuiteResults
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry

DETECTORS = ("knn", "hbos", "lof", "random_forest", "deep_svdd")
# What each detector's adjusted AP and F1 is, give or take the seed.
F1 = {"knn": 0.8, "hbos": 0.8, "lof": 0.1, "random_forest": 0.5, "deep_svdd": 0.3}


def plan_of_20_seeds():
    selection = Selection(detectors=DETECTORS, datasets=("bumps*",), regimes=("unsupervised", "supervised"))
    made = make_plan(load_suite("core"), load_registry(installed=False), selection)
    return replace(made, suite=replace(made.suite, seeds=tuple(range(20)), slow_seeds=None))


class Store:
    """Runs plans by making up values, and keeps which were asked for."""

    def __init__(self, spread=0.01, stop_after=None):
        self.parts, self.spread, self.stop_after = [], spread, stop_after
        self.rows = {}

    def run(self, part):
        if self.stop_after is not None and len(self.parts) >= self.stop_after:
            return False
        self.parts.append(part)
        for trial in part:
            detector, dataset, regime, _ = trial.combination
            rng = np.random.default_rng([trial.seed, *map(ord, detector), len(dataset)])
            drawn = F1[detector] + self.spread * rng.normal()
            self.rows[detector, dataset, regime, trial.seed] = float(np.clip(drawn, 0, 1))
        return True

    def read(self):
        rows = [
            {"detector": detector, "dataset": dataset, "regime": regime, "seed": seed, "status": "ok",
             **dict.fromkeys(("ranking.adjusted_ap", "native.f1", "train-quantile.f1"), f1)}
            for (detector, dataset, regime, seed), f1 in self.rows.items()
        ]  # fmt: skip
        return SuiteResults("core", "Core", "native", pd.DataFrame(rows), {}, {})
