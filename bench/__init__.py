"""A benchmark harness for anomaly detectors.

A plugin author needs six names: `detector`, `estimator`, `features`, `dataset`, `Split` and `Stage`; `Train`,
`Floats` and the other types are for annotations. To use a detector on files of one's own takes one:
`Pipeline`; `load_rows`, `load_series` and `load_detector` are its parts, and `Dialect` says how a file is
written. What runs have left is read with `load_results`. `api` has a function for each verb of the command
line.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.analysis.frames import load_results
    from bench.errors import BenchError, DataError, check_choice
    from bench.pipeline.pipeline import Pipeline
    from bench.plugins.contract import Stage, Train
    from bench.plugins.declarations import DatasetDeclaration, Declaration
    from bench.plugins.decorators import dataset, detector, features
    from bench.plugins.estimator import LibraryDetector, estimator
    from bench.recommend.loading import load_rows, load_series
    from bench.recommend.using import load_detector
    from bench.splits.arrays import Floats, Labels, Score
    from bench.splits.grouping import Duplicates
    from bench.splits.recording import Recording
    from bench.splits.rows import Rows
    from bench.splits.split import Scaling, Split
    from bench.splits.timeline import window_length
    from bench.splits.windows import normalized_windows, scores_of_points, windows_of
    from bench.tables.dialect import Dialect
    from bench.trials.environment import device

__version__ = "0.1.0"
__all__ = [
    "BenchError",
    "DataError",
    "DatasetDeclaration",
    "Declaration",
    "Dialect",
    "Duplicates",
    "Floats",
    "Labels",
    "LibraryDetector",
    "Pipeline",
    "Recording",
    "Rows",
    "Scaling",
    "Score",
    "Split",
    "Stage",
    "Train",
    "check_choice",
    "dataset",
    "detector",
    "device",
    "estimator",
    "features",
    "load_detector",
    "load_results",
    "load_rows",
    "load_series",
    "normalized_windows",
    "scores_of_points",
    "window_length",
    "windows_of",
]

# Where each name is: no command line and no plugin waits for what it does not use.
_PLACES = {
    "BenchError": "bench.errors",
    "DataError": "bench.errors",
    "DatasetDeclaration": "bench.plugins.declarations",
    "Declaration": "bench.plugins.declarations",
    "Dialect": "bench.tables.dialect",
    "Duplicates": "bench.splits.grouping",
    "Floats": "bench.splits.arrays",
    "Labels": "bench.splits.arrays",
    "LibraryDetector": "bench.plugins.estimator",
    "Pipeline": "bench.pipeline.pipeline",
    "Recording": "bench.splits.recording",
    "Rows": "bench.splits.rows",
    "Scaling": "bench.splits.split",
    "Score": "bench.splits.arrays",
    "Split": "bench.splits.split",
    "Stage": "bench.plugins.contract",
    "Train": "bench.plugins.contract",
    "check_choice": "bench.errors",
    "dataset": "bench.plugins.decorators",
    "detector": "bench.plugins.decorators",
    "device": "bench.trials.environment",
    "estimator": "bench.plugins.estimator",
    "features": "bench.plugins.decorators",
    "load_detector": "bench.recommend.using",
    "load_results": "bench.analysis.frames",
    "load_rows": "bench.recommend.loading",
    "load_series": "bench.recommend.loading",
    "normalized_windows": "bench.splits.windows",
    "scores_of_points": "bench.splits.windows",
    "window_length": "bench.splits.timeline",
    "windows_of": "bench.splits.windows",
}

if not TYPE_CHECKING:  # a type checker would take any name for one of this module

    def __getattr__(name: str) -> object:
        if name == "api":
            return import_module("bench.api")
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = globals()[name] = getattr(import_module(_PLACES[name]), name)
        return found

    def __dir__() -> list[str]:
        return [*__all__, "api"]
