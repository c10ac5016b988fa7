"""A benchmark harness for anomaly detectors.

A plugin author needs six names: `detector`, `estimator`, `features`, `dataset`, `Split` and `Stage`.
To use a detector on a table of one's own takes two: `load_rows` and `load_detector`. What runs have left is
read with `load_results`.
"""

from bench.analysis.frames import load_results
from bench.errors import BenchError
from bench.plugins.contract import Stage, Train
from bench.plugins.decorators import dataset, detector, features
from bench.plugins.estimator import LibraryDetector, estimator
from bench.recommend.using import load_detector, load_rows
from bench.splits.split import Rows, Split

__version__ = "0.1.0"
__all__ = [
    "BenchError",
    "LibraryDetector",
    "Rows",
    "Split",
    "Stage",
    "Train",
    "dataset",
    "detector",
    "estimator",
    "features",
    "load_detector",
    "load_results",
    "load_rows",
]
