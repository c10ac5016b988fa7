"""A benchmark harness for anomaly detectors.

A plugin author needs six names: `detector`, `estimator`, `features`, `dataset`, `Split` and `Stage`.
"""

from bench.declare import dataset, detector, features
from bench.errors import BenchError
from bench.estimator import LibraryDetector, estimator
from bench.plugin import Stage, Train
from bench.split import Rows, Split

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
]
