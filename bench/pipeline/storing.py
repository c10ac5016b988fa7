"""A fitted model on disk, as skops keeps it: arrays and names of types in a zip file; no pickle.

Objects of plugins are kept as the name of their class and what they hold, and the class is found in the
folders of plugins, whose code the user has chosen, never by a path in the file. Types of libraries are those
of `TRUSTED`, besides what skops trusts by itself: scikit-learn's estimators and NumPy's arrays. A file with
any other is refused before an object of it is made.
"""

from __future__ import annotations

import copy
import importlib
import re
import warnings
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import TYPE_CHECKING, Any

import numpy as np

from bench import __version__
from bench.errors import BenchError, BenchWarning
from bench.files import write_chosen
from bench.pipeline.alone import Copod, Ecod, RowwiseDetector
from bench.pipeline.contract import ColumnContract
from bench.pipeline.decisions import Known, parse_decision
from bench.pipeline.drift import Reference
from bench.pipeline.fitting import Chosen
from bench.plugins.estimator import LibraryDetector
from bench.plugins.harness.scaling import Scaled
from bench.plugins.integrity import PLUGINS
from bench.plugins.loading import private_package
from bench.plugins.registry import builtin_folders, on_pypi
from bench.splits.scaling import Standard
from bench.tables import Dialect, Encoder
from bench.trials.environment import RECORDED_LIBRARIES

if TYPE_CHECKING:
    from bench.pipeline.pipeline import Pipeline
    from bench.plugins.registry import Registry

FORMAT = 3
# A model of a newer version of the harness is told by this key, whatever else is in it.
KIND = "detector-bench model"
OWN = {f"{each.__module__}:{each.__qualname__}": each for each in (LibraryDetector, Ecod, Copod, Scaled)}
# What PyOD's and scikit-learn's fitted detectors hold: plain data, whose loading runs no code of the file.
TRUSTED = (
    *(
        f"pyod.models.{module}.{name}"
        for module, name in (
            ("abod", "ABOD"), ("cblof", "CBLOF"), ("gmm", "GMM"), ("hbos", "HBOS"), ("inne", "INNE"),
            ("knn", "KNN"), ("loda", "LODA"), ("lof", "LOF"), ("mad", "MAD"), ("mcd", "MCD"),
            ("ocsvm", "OCSVM"), ("pca", "PCA"), ("qmcd", "QMCD"), ("sampling", "Sampling"),
        )
    ),
    "sklearn.tree._tree.Tree",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.neighbors._ball_tree.BallTree",
    "sklearn.metrics._dist_metrics.EuclideanDistance64",
    "sklearn.metrics._dist_metrics.MinkowskiDistance64",
)  # fmt: skip
_CLASS, _STATE = "(class)", "(state)"
_CALLABLE = (type, FunctionType, BuiltinFunctionType, MethodType)


def save(model: Pipeline, file: Path) -> None:
    """Write a fitted model; BenchError for a detector that cannot be kept, and where it cannot be written."""
    import skops.io

    detector = model.detector_
    content = {
        "kind": KIND,
        "format": FORMAT,
        "bench": __version__,
        "libraries": {name: version(on_pypi(name)) for name in RECORDED_LIBRARIES},
        "source": detector.source,
        "trained_on": model.trained_on_,
        "chosen": asdict(model.chosen_),
        "decision": model.decision_.text,
        "threshold": model.threshold_,
        "time": model.time_,
        "params": {name: _plain(value) for name, value in model.get_params().items()},
        "features": [model.n_features_in_, list(getattr(model, "feature_names_in_", []))]
        if hasattr(model, "n_features_in_")
        else None,
        "contract": asdict(model.contract_),
        "reference": vars(model.reference_),
        "encoder": vars(model.encoder_),
        "scaling": vars(model.scaling_),
        "known": vars(model.known_),
        "probe": model.probe_,
        "detector": _packed(detector.__getstate__()),
    }
    try:
        data = skops.io.dumps(content)
        refused = _refused(data)
    except Exception as error:
        raise BenchError(f"a model of {detector.name!r} cannot be saved: {error}") from error
    if refused:
        raise BenchError(
            f"a model of {detector.name!r} cannot be saved: it holds {', '.join(refused)}, which would be "
            "refused when it is loaded; choose another detector"
        )
    write_chosen(file, data)


def load(model: Pipeline, file: Path, registry: Registry) -> Pipeline:
    """Fill an unfitted model with what `save` wrote."""
    content = _content(file)
    try:
        _fill(model, content, registry)
    except BenchError:
        raise
    except Exception as error:
        raise BenchError(f"{file.name} is a damaged model: {type(error).__name__}: {error}") from error
    _check(model, content, file, registry)
    return model


def _fill(model: Pipeline, content: dict[str, Any], registry: Registry) -> None:
    detector = RowwiseDetector.__new__(RowwiseDetector)
    vars(detector).update(_unpacked(content["detector"], registry))
    model.set_params(**_with_dialect(content["params"]))
    if content["features"] is not None:
        model.n_features_in_, names = content["features"]
        if names:
            model.feature_names_in_ = np.asarray(names, dtype=object)
    option, value = content["decision"].removeprefix("--").split(" ", 1)
    decision = parse_decision(**{option: value})
    assert decision is not None
    model.decision_ = decision
    model.threshold_, model.time_ = content["threshold"], content["time"]
    model.trained_on_, model.probe_ = content["trained_on"], content["probe"]
    model.chosen_ = Chosen(**content["chosen"])
    model.contract_ = ColumnContract(**_with_dialect(content["contract"]))
    model.reference_ = _made(Reference, content["reference"])
    model.encoder_ = _made(Encoder, content["encoder"])
    model.scaling_ = _made(Standard, content["scaling"])
    model.known_ = Known(**content["known"])
    model.detector_ = detector


def _content(file: Path) -> dict[str, Any]:
    """What is in a file, of types that are trusted; BenchError for any other file."""
    import skops.io

    try:
        data = file.read_bytes()
    except OSError as error:
        raise BenchError(f"{str(file)!r} cannot be read: {error.strerror or error}") from None
    try:
        refused = _refused(data)
        content = None if refused else skops.io.loads(data, trusted=list(TRUSTED))
    except Exception as error:
        raise BenchError(f"{file.name} is no model, or a damaged one: {_in_a_line(error)}") from error
    if refused:
        raise BenchError(
            f"{file.name} is refused: it holds {', '.join(refused)}, which no model of this program has and "
            "which could run code"
        )
    if not isinstance(content, dict) or content.get("kind") != KIND:
        raise BenchError(f"{file.name} is not a model that `fit --save` wrote")
    if content["format"] != FORMAT:
        raise BenchError(
            f"{file.name} has the format {content['format']} of detector-bench {content['bench']}; this "
            f"version reads the format {FORMAT}: fit the model again, or use that version"
        )
    return content


def _check(model: Pipeline, content: dict[str, Any], file: Path, registry: Registry) -> None:
    """Refuse a model that does not score as it did; warn where it was saved with other code or libraries."""
    rows, scores = model.probe_
    try:
        now = model.detector_.score(rows)
    except Exception as error:
        now, why = None, f": {_in_a_line(error)}"
    others = [
        f"{name} {then} (here {here})"
        for name, then in content["libraries"].items()
        if (here := version(on_pypi(name))) != then
    ]
    if now is None or not np.allclose(now, scores, rtol=1e-9, atol=0):
        raise BenchError(
            f"{file.name} does not score as when it was saved{'' if now is not None else why}; "
            + (f"it was saved with {', '.join(others)}: " if others else "")
            + "fit the model again"
        )
    if others:
        warnings.warn(
            f"{file.name} was saved with {', '.join(others)}; it scores the rows that it was checked with as "
            "before",
            BenchWarning,
            stacklevel=4,
        )
    elif RowwiseDetector(model.detector_.name, model.detector_.seed, registry).source != content["source"]:
        warnings.warn(
            f"{file.name}: the code of {model.detector_.name!r} has changed since it was saved; it scores "
            "the rows that it was checked with as before",
            BenchWarning,
            stacklevel=4,
        )


def _refused(data: bytes) -> list[str]:
    """The types in a file that are not trusted."""
    import skops.io

    return sorted(set(skops.io.get_untrusted_types(data=data)) - set(TRUSTED))


def _packed(value: Any) -> Any:
    """Objects of plugins as the name of their class and what they hold, without functions and classes."""
    if isinstance(value, dict):
        return {key: _packed(each) for key, each in value.items() if not isinstance(each, _CALLABLE)}
    if isinstance(value, list | tuple):
        return type(value)(_packed(each) for each in value)
    kind = type(value)
    name = f"{kind.__module__}:{kind.__qualname__}"
    if kind.__module__.startswith(PLUGINS):
        name = name.partition(".")[2]
    elif name not in OWN:
        return _without_methods(value)
    return {_CLASS: name, _STATE: _packed(vars(value))}


def _without_methods(value: Any) -> Any:
    """A library's object without methods that an adapter has replaced: they serve `fit`."""
    replaced = [name for name, each in getattr(value, "__dict__", {}).items() if isinstance(each, MethodType)]
    if not replaced:
        return value
    value = copy.copy(value)
    for name in replaced:
        delattr(value, name)
    return value


def _unpacked(value: Any, registry: Registry) -> Any:
    if isinstance(value, list | tuple):
        return type(value)(_unpacked(each, registry) for each in value)
    if not isinstance(value, dict):
        return value
    if _CLASS in value:
        return _made(_class_of(value[_CLASS], registry), _unpacked(value[_STATE], registry))
    return {key: _unpacked(each, registry) for key, each in value.items()}


def _class_of(name: str, registry: Registry) -> type:
    """The class of this name, of the harness or of a plugin; BenchError where there is none."""
    if name in OWN:
        return OWN[name]
    found = re.fullmatch(r"(\w+):(\w+)", name)
    for folder in (*builtin_folders(), *registry.folders):
        if found and (folder / f"{found[1]}.py").is_file():
            module = importlib.import_module(f"{private_package(folder)}.{found[1]}")
            known = vars(module).get(found[2])
            if isinstance(known, type) and known.__module__ == module.__name__:
                return known
    raise BenchError(
        f"the model's detector is made of {name!r}, which no plugin has; name its folder with --plugins"
    )


def _made(kind: Any, state: dict[str, Any]) -> Any:
    made = kind.__new__(kind)
    vars(made).update(state)
    return made


def _plain(value: Any) -> Any:
    """A parameter as text, where it is a path or a sequence of them; a dialect by its fields."""
    if isinstance(value, list | tuple):
        return type(value)(_plain(each) for each in value)
    if isinstance(value, Dialect):
        return asdict(value)
    return str(value) if isinstance(value, Path) else value


def _with_dialect(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields with the dialect among them, whose own fields are what is kept."""
    kept = fields["dialect"]
    return {**fields, "dialect": None if kept is None else Dialect(**kept)}


def _in_a_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
