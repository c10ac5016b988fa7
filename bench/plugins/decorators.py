"""Declaring plugins: the decorators `detector`, `features` and `dataset`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Concatenate, TypeVar, Unpack, overload

from bench.modalities import MODALITIES
from bench.plugins.contract import Detector
from bench.plugins.declarations import DatasetDeclaration, Declaration
from bench.plugins.metadata import DatasetPlugin, DetectorPlugin, FeaturesPlugin, Plugin
from bench.splits.corruption import CORRUPTIONS
from bench.splits.split import Split

if TYPE_CHECKING:
    import numpy as np

    from bench.splits.arrays import Floats

_PLUGIN = "__bench_plugin__"


# What the decorators take and return: the user's own class or function, which keeps its type.
DetectorClass = TypeVar("DetectorClass", bound=Callable[[], Detector])
DatasetFunction = TypeVar("DatasetFunction", bound="Callable[Concatenate[np.random.Generator, ...], Split]")
FeaturesFunction = TypeVar("FeaturesFunction", bound="Callable[[Floats, tuple[int, ...]], Floats]")


@overload
def detector(cls: DetectorClass, /) -> DetectorClass: ...
@overload
def detector(
    *, name: str | None = None, **declaration: Unpack[Declaration]
) -> Callable[[DetectorClass], DetectorClass]: ...
def detector(
    cls: DetectorClass | None = None, *, name: str | None = None, **declaration: Unpack[Declaration]
) -> DetectorClass | Callable[[DetectorClass], DetectorClass]:
    """Register a class with ``fit(train)`` and ``score(X)`` as a detector.

    The first line of the class's docstring is what ``list`` shows; the parameters of its ``__init__``, all
    with defaults, are what a user can set. Written as ``@detector``, or with arguments as
    ``@detector(labels=True)``.

    Parameters
    ----------
    name : str, optional
        The class's name in snake case if left out.
    **declaration
        What else the detector says of itself: `bench.Declaration`.

    Returns
    -------
    type
        The class, unchanged.

    Raises
    ------
    TypeError
        Where a parameter has no default, or a method is missing.

    Examples
    --------
    >>> from bench import detector
    >>> @detector(family="linear", deterministic=True)
    ... class CentreDistance:
    ...     '''Distance to the mean of the training rows.'''
    ...
    ...     def fit(self, train):
    ...         self.centre = train.X.mean(axis=0)
    ...
    ...     def score(self, X):
    ...         return ((X - self.centre) ** 2).sum(axis=1)
    """

    def register(cls: DetectorClass) -> DetectorClass:
        declared = DetectorPlugin(
            name=name or snake_case(cls.__name__),
            doc=inspect.cleandoc(cls.__doc__ or ""),
            defaults=_defaults(cls, skip_first=False),
            module=cls.__module__,
            build=cls,
            staged=callable(getattr(cls, "stage", None)),
            composed=callable(getattr(cls, "members", None)),
            **declaration,
        )
        parameters = list(inspect.signature(cls.__init__).parameters.values())[1:]
        without = [
            p.name
            for p in parameters
            if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        ]
        if without:
            raise TypeError(f"detector {declared.name!r}: parameters need defaults: {', '.join(without)}")
        for method in ("fit", "score"):
            if not callable(getattr(cls, method, None)):
                raise TypeError(f"detector {declared.name!r} has no method {method}()")
        setattr(cls, _PLUGIN, declared)
        return cls

    return register(cls) if cls is not None else register


@overload
def dataset(function: DatasetFunction, /) -> DatasetFunction: ...
@overload
def dataset(
    *, name: str | None = None, **declaration: Unpack[DatasetDeclaration]
) -> Callable[[DatasetFunction], DatasetFunction]: ...
def dataset(
    function: DatasetFunction | None = None,
    *,
    name: str | None = None,
    **declaration: Unpack[DatasetDeclaration],
) -> DatasetFunction | Callable[[DatasetFunction], DatasetFunction]:
    """Register a function ``(rng, **parameters) -> Split`` as a dataset.

    ``rng`` is a ``numpy.random.Generator`` seeded by the trial; ``rng.spawn(k)`` gives independent streams
    for normal rows, anomalies, noise and splitting.

    Parameters
    ----------
    function : callable
        The function; left out where the decorator is written with arguments. Its parameters, all with
        defaults, are what a user can set. One may lack a default (a file's name, say).
    name : str, optional
        The function's name if left out.
    **declaration
        What else the dataset says of itself: `bench.DatasetDeclaration`.

    Returns
    -------
    callable
        The function, unchanged.

    Raises
    ------
    TypeError
        Where a parameter lacks a default, or has the name of one of the harness's corruptions.

    Examples
    --------
    >>> from bench import Split, dataset
    >>> @dataset
    ... def shifted(rng, *, distance=3.0):
    ...     '''A cloud of normal rows, and anomalies beside it.'''
    ...     normal, anomalous = rng.spawn(2)
    ...     X = normal.normal(size=(500, 4))
    ...     X[:50] = anomalous.normal(distance, size=(50, 4))
    ...     return Split.stratified(X, [1] * 50 + [0] * 450, rng)
    >>> import numpy as np
    >>> shifted(np.random.default_rng(0)).X_test.shape
    (150, 4)
    """

    def register(function: DatasetFunction) -> DatasetFunction:
        parameters = list(inspect.signature(function).parameters.values())[1:]
        required = [p.name for p in parameters if p.default is p.empty]
        if len(required) > 1 or (required and "variants" not in declaration):
            raise TypeError(f"dataset {function.__name__!r}: parameters need defaults: {', '.join(required)}")
        declared = DatasetPlugin(
            name=name or function.__name__,
            doc=inspect.cleandoc(function.__doc__ or ""),
            defaults=_defaults(function, skip_first=True),
            module=function.__module__,
            make=function,
            required=required[0] if required else None,
            **declaration,
        )
        for taken in set(declared.defaults) & set(CORRUPTIONS):
            raise TypeError(
                f"dataset {declared.name!r}: the parameter {taken!r} is the harness's; choose another name"
            )
        setattr(function, _PLUGIN, declared)
        return function

    return register(function) if function is not None else register


@overload
def features(function: FeaturesFunction, /) -> FeaturesFunction: ...
@overload
def features(
    *, modalities: tuple[str, ...] = tuple(MODALITIES), requires: tuple[str, ...] = ()
) -> Callable[[FeaturesFunction], FeaturesFunction]: ...
def features(
    function: FeaturesFunction | None = None,
    *,
    modalities: tuple[str, ...] = tuple(MODALITIES),
    requires: tuple[str, ...] = (),
) -> FeaturesFunction | Callable[[FeaturesFunction], FeaturesFunction]:
    """Register a function ``(X, shape)`` as features that any detector may read instead of the rows.

    The function takes rows, shape (n, d), and the ``shape`` of what a row holds, as in `bench.Split`; it
    returns features, shape (n, k), finite. What it returns for a row depends on nothing but that row. The
    first line of its docstring is what ``list`` shows. A user writes ``knn:features=NAME``.

    Parameters
    ----------
    function : callable
        The function; left out where the decorator is written with arguments.
    modalities : tuple of str
        The kinds of rows that it makes sense for.
    requires : tuple of str
        Import names of optional packages.

    Returns
    -------
    callable
        The function, unchanged.

    Raises
    ------
    TypeError
        Where the function takes anything but rows and their shape.

    Examples
    --------
    >>> from bench import features
    >>> @features(modalities=("curve",))
    ... def slopes(X, shape):
    ...     '''Differences between neighbouring points of a curve.'''
    ...     return X[:, 1:] - X[:, :-1]
    """

    def register(function: FeaturesFunction) -> FeaturesFunction:
        if len(inspect.signature(function).parameters) != 2:
            raise TypeError(f"features {function.__name__!r}: a function of X and shape, and of nothing else")
        declared = FeaturesPlugin(
            name=function.__name__,
            doc=inspect.cleandoc(function.__doc__ or ""),
            defaults={},
            module=function.__module__,
            requires=requires,
            extract=function,
            modalities=modalities,
        )
        setattr(function, _PLUGIN, declared)
        return function

    return register(function) if function is not None else register


def plugin_of(value: Any) -> Plugin | None:
    """The plugin that a module-level value is, or that its decorator made of it."""
    if isinstance(value, Plugin):
        return value
    found = getattr(value, "__dict__", {}).get(_PLUGIN)  # not inherited: a subclass registers itself
    return found if isinstance(found, Plugin) else None


def snake_case(name: str) -> str:
    """``OneClassSVM`` -> ``one_class_svm``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _defaults(function: Callable[..., Any], *, skip_first: bool) -> dict[str, Any]:
    parameters = list(inspect.signature(function).parameters.values())[int(skip_first) :]
    return {p.name: p.default for p in parameters if p.default is not p.empty}
