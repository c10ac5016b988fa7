"""A benchmark harness for anomaly detectors.

A plugin author needs six names: `detector`, `estimator`, `features`, `dataset`, `Split` and `Stage`; `Train`,
`Floats` and the other types are for annotations. To use a detector on files of one's own takes one:
`Pipeline`; `load_rows`, `load_series` and `load_detector` are its parts. What runs have left is read with
`load_results`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from bench.errors import BenchError, DataError, check_choice
from bench.plugins.contract import Stage, Train
from bench.plugins.declarations import DatasetDeclaration, Declaration
from bench.plugins.decorators import dataset, detector, features
from bench.plugins.estimator import LibraryDetector, estimator
from bench.splits.recording import Recording
from bench.splits.rows import Rows
from bench.splits.split import Scaling, Split

if TYPE_CHECKING:
    from bench.analysis.frames import load_results
    from bench.pipeline.pipeline import Pipeline
    from bench.recommend.using import load_detector, load_rows, load_series
    from bench.splits.arrays import Floats, Labels, Score
    from bench.splits.grouping import Duplicates
    from bench.splits.timeline import window_length
    from bench.splits.windows import normalized_windows, scores_of_points, windows_of
    from bench.trials.environment import device

__version__ = "0.1.0"
__all__ = [
    "BenchError",
    "DataError",
    "DatasetDeclaration",
    "Declaration",
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

# Where the names are that `import bench` does not load: they need numpy, or no plugin needs them.
_LATER = {
    "Duplicates": "bench.splits.grouping",
    "Floats": "bench.splits.arrays",
    "Labels": "bench.splits.arrays",
    "Pipeline": "bench.pipeline.pipeline",
    "Score": "bench.splits.arrays",
    "device": "bench.trials.environment",
    "load_detector": "bench.recommend.using",
    "load_results": "bench.analysis.frames",
    "load_rows": "bench.recommend.using",
    "load_series": "bench.recommend.using",
    "normalized_windows": "bench.splits.windows",
    "scores_of_points": "bench.splits.windows",
    "window_length": "bench.splits.timeline",
    "windows_of": "bench.splits.windows",
}

if not TYPE_CHECKING:  # a type checker would take any name for one of this module

    def __getattr__(name: str) -> object:
        if name not in _LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_LATER[name]), name)

    def __dir__() -> list[str]:
        return __all__
