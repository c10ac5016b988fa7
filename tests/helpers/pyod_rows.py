"""Rows that are easy to tell apart, and PyOD's detectors fitted on them quickly."""

from __future__ import annotations

import contextlib
import io

import numpy as np

from bench import Train
from bench.plugins.registry import load_registry

DETECTORS = {
    name: plugin
    for name, plugin in load_registry(installed=False).detectors.items()
    if (plugin.import_path or "").startswith("pyod.") and "table" in plugin.modalities
}
# So that the file takes less than a minute; what they learn in it is enough for easy rows.
QUICK = {
    "ae1svm": {"epochs": 3},
    "alad": {"epochs": 100},
    "anogan": {"epochs": 5, "epochs_query": 2},
    "dif": {"n_ensemble": 5},
    "lmdd": {"n_iter": 3},
    "lunar": {"n_epochs": 20},
    "pyod_vae": {"epoch_num": 5},
    "suod": {"approx_flag_global": False},
}


def fitted(name, X, y=None, seed=0, **params):
    plugin = DETECTORS[name]
    detector = plugin.build(**{**plugin.defaults, **params})
    detector.fit(Train(X, seed, y=y, declared=plugin.declared))
    return detector


def easy_rows(normal, anomalous, seed):
    """Rows in a thin layer, and others far above and below it."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(normal + anomalous, 4)) * [1, 1, 1, 0.3]
    y = np.arange(len(X)) >= normal
    X[y, 3] += rng.choice([-1, 1], anomalous) * rng.uniform(4, 8, anomalous)
    X[y, :3] *= 3
    return X, y.astype(np.int8)


TRAIN, Y_TRAIN = easy_rows(114, 6, seed=0)
TEST, Y_TEST = easy_rows(60, 6, seed=1)


def balanced_clusters():
    return np.repeat(np.eye(8) * 10, 15, axis=0) + np.random.default_rng(0).normal(0, 0.1, (120, 8))


def silently(function, *arguments):
    with contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        return function(*arguments)
