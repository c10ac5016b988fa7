"""What importing plugin files under a private name must not break."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pytest

from bench.plugins.loading import private_package

PLUGIN = """
    import numpy as np
    from numba import njit

    from bench import detector


    @njit(cache=True)
    def doubled(X):
        return 2 * X


    @detector
    class Doubled:
        "Twice the first column."

        def fit(self, train):
            pass

        def score(self, X):
            return doubled(X[:, 0])
"""
USE = """
import sys
import numpy as np
from bench.plugins.registry import load_registry
from pathlib import Path
detector = load_registry([Path(sys.argv[1])]).detectors["doubled"].create({})
print(detector.score(np.ones((2, 1))).tolist())
"""


def test_numbas_cache_outlives_a_change_of_another_file_of_the_folder(write_plugin):
    folder = write_plugin("doubled", PLUGIN)
    for change in ("a = 1", "a = 2"):
        write_plugin("another", change)
        found = subprocess.run([sys.executable, "-c", USE, folder], capture_output=True, text=True)
        assert found.stdout == "[2.0, 2.0]\n", found.stderr
    assert list(folder.glob("__pycache__/*.nbi"))


def test_a_pickle_of_former_code_is_refused():
    with pytest.raises(AttributeError, match="Stage"):
        pickle.loads(b"c_bench_plugins_0123456789.autoencoder\nStage\n.")


def test_a_file_that_is_not_there_is_named(write_plugin):
    folder = write_plugin("one", "from ._two import three")
    with pytest.raises(ModuleNotFoundError, match="_two"):
        __import__(f"{private_package(folder)}.one")
