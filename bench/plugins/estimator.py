"""One-line registration of a scikit-learn outlier estimator or a PyOD class by its import path."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Unpack

from bench.plugins.compiled import keep_compiled
from bench.plugins.contract import Train
from bench.plugins.declarations import Declaration
from bench.plugins.metadata import DetectorPlugin

if TYPE_CHECKING:
    from bench.splits.arrays import Floats


def estimator(
    path: str,
    summary: str,
    *,
    sign: int = 1,
    params: Mapping[str, Any] | None = None,
    adapter: type[LibraryDetector] | None = None,
    **declaration: Unpack[Declaration],
) -> DetectorPlugin:
    """Register a library class as a detector; the variable it is assigned to gives the name.

    Parameters
    ----------
    path : str
        Import path of a class with ``fit(X)`` and ``decision_function(X)``.
    summary : str
        What it is and its source, as ``list`` shows it.
    sign : {1, -1}
        1 where ``decision_function`` is high for anomalies (PyOD), -1 where it is low (scikit-learn).
    params : dict, optional
        Defaults that differ from the library's; a user can set any parameter of the class.
    adapter : type, optional
        A subclass of `bench.LibraryDetector` that fits or scores in its own way.
    **declaration
        As in `bench.detector`.

    Returns
    -------
    DetectorPlugin
        What the registry finds in the module.

    Examples
    --------
    >>> from bench import estimator
    >>> knn = estimator("pyod.models.knn.KNN", "Distance to the k-th neighbour (Ramaswamy et al., 2000).")
    >>> lof = estimator(
    ...     "sklearn.neighbors.LocalOutlierFactor",
    ...     "Density against that of the neighbours (Breunig et al., 2000).",
    ...     sign=-1,
    ...     params={"novelty": True},
    ... )
    """
    # The package itself is needed, whatever else is.
    declaration["requires"] = tuple(dict.fromkeys((path.partition(".")[0], *declaration.get("requires", ()))))

    def build(**given: Any) -> LibraryDetector:
        return (adapter or LibraryDetector)(path, sign, given)

    return DetectorPlugin(
        name="",
        doc=summary,
        # Whose variable it becomes; an import of it elsewhere is not a second detector.
        module=sys._getframe(1).f_globals.get("__name__", ""),
        defaults=dict(params or {}),
        build=build,
        import_path=path,
        **declaration,
    )


def import_class(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


@cache
def _parameters(wrapped_class: Any) -> frozenset[str]:
    return frozenset(inspect.signature(wrapped_class).parameters)


class LibraryDetector:
    """A detector around a library object with ``decision_function``; an adapter overrides its methods.

    Parameters
    ----------
    path : str
        Import path of the library's class.
    sign : {1, -1}
        The sign of its scores, as in `bench.estimator`.
    params : dict
        What the class is made with.
    """

    def __init__(self, path: str, sign: int, params: Mapping[str, Any]) -> None:
        self.sign = sign
        self.wrapped_class = import_class(path)
        keep_compiled(self.wrapped_class.__module__)
        self.params = dict(params)

    def fit(self, train: Train) -> None:
        self.model = self.wrapped_class(**self.arguments(train))
        self.fit_model(train.X)
        # PyOD keeps a threshold; in scikit-learn, what lies below zero is an outlier.
        self.threshold = self.sign * float(getattr(self.model, "threshold_", 0.0))

    def arguments(self, train: Train) -> dict[str, Any]:
        """What the class is made with: ``params``, and the seed where it takes a ``random_state``.

        Parameters
        ----------
        train : Train
            The training rows, which an adapter may fit the arguments to.

        Returns
        -------
        dict
            Keyword arguments of the library's class.
        """
        arguments = dict(self.params)
        if "random_state" in _parameters(self.wrapped_class):
            arguments.setdefault("random_state", train.seed)
        return arguments

    def fit_model(self, X: Floats) -> None:
        self.model.fit(X)

    def score(self, X: Floats) -> Floats:
        # Networks answer in float32.
        scores: Floats = self.sign * self.model.decision_function(X).astype(float)
        return scores
