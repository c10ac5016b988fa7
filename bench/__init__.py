"""A benchmark harness for anomaly detectors.

A plugin author needs six names: `detector`, `estimator`, `features`, `dataset`, `Split` and `Stage`.
To use a detector on a table of one's own takes two: `load_rows` and `load_detector`. What runs have left is
read with `load_results`.
"""

from bench.declare import dataset, detector, features
from bench.errors import BenchError
from bench.estimator import LibraryDetector, estimator
from bench.plugin import Stage, Train
from bench.recommend.using import load_detector, load_rows
from bench.split import Rows, Split
from bench.stored import load_results

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
