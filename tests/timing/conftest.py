"""Detectors that fail or hang, to time."""

from __future__ import annotations

import pytest

from bench.plugins.registry import load_registry

TRY_OUT = """
import time
import numpy as np
from bench import detector

@detector
class Raises:
    def fit(self, train):
        raise ValueError("no such luck")
    def score(self, X):
        return X[:, 0]

@detector
class Hangs:
    def fit(self, train):
        if len(train.X) > 64:  # the warm-up's rows are too few for it
            time.sleep(600)
    def score(self, X):
        return X[:, 0]

@detector(modalities=("image",))
class OnlyImages:
    def fit(self, train):
        pass
    def score(self, X):
        return X[:, 0]

@detector(gpu=True)
class SaysWhere:
    def fit(self, train):
        self.sign = {"cpu": 1.0, "cuda": -1.0}[train.device]
    def score(self, X):
        return self.sign * X[:, 0]
"""


@pytest.fixture
def with_try_out(write_plugin):
    return load_registry([write_plugin("try_out", TRY_OUT)], installed=False)
