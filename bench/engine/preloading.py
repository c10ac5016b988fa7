"""Libraries that a run's workers need, imported once in the process that they are forked from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bench.plugins.metadata import DetectorPlugin
from bench.trials.environment import device

# Packages that start no thread when they are imported, as a process that forks must not have any; with each,
# what it would import only when it is first used.
PACKAGES: dict[str, tuple[str, ...]] = {
    "catboost": (),
    "combo": (),
    "lightgbm": (),
    "numba": (),
    "pyod": (),
    "sklearn": (
        "sklearn.ensemble",
        "sklearn.mixture",
        "sklearn.neighbors",
        "sklearn.pipeline",
        "sklearn.svm",
    ),
    "suod": (),
    "torch": (),
    "tqdm": (),
    "xgboost": (),
}
# What torch's optimisers ask for, which takes as long to import as torch itself; and of which families those
# detectors are that train with torch.
OPTIMISERS = "torch._dynamo"
TRAINED = ("classifier", "forecast", "neural", "reconstruction")


def libraries_of(detectors: Iterable[DetectorPlugin]) -> tuple[str, ...]:
    """The modules of libraries that detectors need, in an order that is always the same."""
    detectors = list(detectors)
    found = {module for detector in detectors for module in _modules(detector)}
    if any("torch" in _modules(each) and (each.family in TRAINED or each.staged) for each in detectors):
        found.add(OPTIMISERS)
    further = {each for name in found for each in PACKAGES[name.partition(".")[0]]}
    return tuple(sorted(found | further))


def _modules(detector: DetectorPlugin) -> Iterator[str]:
    path = detector.import_path
    for name in (*detector.requires, *([path.rpartition(".")[0]] if path else [])):
        # A library's class that can use a GPU does so with torch, and does without it elsewhere.
        is_spared = name == "torch" and path and detector.gpu and device() == "cpu"
        if name.partition(".")[0] in PACKAGES and not is_spared:
            yield name
