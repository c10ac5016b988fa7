"""What a plugin says of itself beyond its code: the options of the decorators."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypedDict

from bench.plugins.contract import Regime


class Declaration(TypedDict, total=False):
    """What a detector says of itself beyond its code; all of it is optional.

    Attributes
    ----------
    labels : bool
        Whether it reads ``train.y``.
    calibration : bool
        Whether it reads the labelled calibration rows; it is skipped where there are none.
    regime : bool
        Whether it reads ``train.regime``.
    optimum : bool
        Whether it reads the dataset's Bayes-optimal score. It is skipped where there is none, and shown out
        of competition.
    regimes : tuple of str
        Where it can be used; by default the labelled regimes if it declares labels, else the others.
    modalities : tuple of str
        The kinds of rows that make sense to it: "table", "curve", "image"; all of them by default.
    requires : tuple of str
        Import names of optional packages.
    gpu : bool
        Whether it can use a GPU.
    deterministic : bool
        Whether the seed makes no difference.
    cost : float
        Rough seconds for one trial on 2000 x 256 values; only orders a run, cheap first.
    slow : bool
        Whether a trial takes more than 20 seconds there; a suite may give it fewer seeds.
    flaws : tuple of str
        What it does that a well-behaved detector would not: keys of ``bench.plugins.contract.FLAWS``.
    family : str
        What it takes for anomalous: a key of ``bench.plugins.contract.FAMILIES``.
    complexity : str
        Of fitting n rows of d columns, as in "n² d".
    space : dict
        The values of parameters that ``run --settings`` tries: by name a list of values, or a range as
        ``{"log": [1, 100]}`` or ``{"linear": [0.5, 1.0]}``, of whole numbers where both ends are whole.
    """

    labels: bool
    calibration: bool
    regime: bool
    optimum: bool
    regimes: tuple[Regime, ...]
    modalities: tuple[str, ...]
    requires: tuple[str, ...]
    gpu: bool
    deterministic: bool
    cost: float
    slow: bool
    flaws: tuple[str, ...]
    family: str
    complexity: str
    space: Mapping[str, Any]


class DatasetDeclaration(TypedDict, total=False):
    """What a dataset says of itself beyond its code; all of it is optional.

    Attributes
    ----------
    modality : str
        The kind of rows: "table", "curve", "image" or "series"; "table" by default.
    optimum : bool or callable
        Whether its splits have an ``optimum``, or a function of the parameters that says so.
    variants : callable
        Returns the parameter sets there are; needed where a parameter lacks a default.
    fingerprint : callable
        Identifies, from the parameters, data that lies outside of the plugin's file.
    requires : tuple of str
        Import names of optional packages.
    hint : str
        How to get data where ``variants`` returns none.
    licence : str
        The licence of real data.
    examples : tuple of dict
        The parameter sets that the catalogue's picture shows.
    """

    modality: str
    optimum: bool | Callable[..., bool]
    variants: Callable[[], Iterable[Mapping[str, Any]]]
    fingerprint: Callable[..., str]
    requires: tuple[str, ...]
    hint: str
    licence: str
    examples: tuple[Mapping[str, Any], ...]
