"""`scaling=rank`: a detector reads columns on another scale than the dataset's, that of its training rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.errors import BenchError, unknown
from bench.modalities import DEFAULT, IN_TIME
from bench.plugins.harness import Around, Extension, Modalities
from bench.plugins.harness.features import FEATURES

if TYPE_CHECKING:
    from bench.plugins.contract import Detector, Train
    from bench.plugins.metadata import DetectorPlugin
    from bench.plugins.registry import Registry
    from bench.splits.arrays import Floats

SCALING, WHITEN = "scaling", "whiten"
# Of the variance: components that have less are rounding, which would be brought to the scale of the others.
ROUNDING = 1e-12
MOST_QUANTILES = 1000
# The classes by name, with their parameters. Of quantiles all rows count, and not a random sample of them.
SCALERS: dict[str, tuple[str, dict[str, Any]]] = {
    "minmax": ("sklearn.preprocessing.MinMaxScaler", {}),
    "robust": ("sklearn.preprocessing.RobustScaler", {}),
    "rank": ("sklearn.preprocessing.QuantileTransformer", {"subsample": None}),
    "normal": (
        "sklearn.preprocessing.QuantileTransformer",
        {"subsample": None, "output_distribution": "normal"},
    ),
    WHITEN: (
        "sklearn.decomposition.PCA",
        {"whiten": True, "svd_solver": "full", "n_components": 1 - ROUNDING},
    ),
}


class Scaled(Around):
    """A detector that reads rows on a scale that is fitted to the training rows; ``scaling`` names it."""

    _hidden = ("difference",)  # of rows on the other scale
    rescales = True

    def __init__(self, detector: Detector, scaling: str) -> None:
        from bench.plugins.estimator import import_class

        super().__init__(detector)
        path, params = SCALERS[scaling]
        self.scaler: Any = import_class(path)(**params)
        self.whitens = scaling == WHITEN

    def fit(self, train: Train) -> None:
        if hasattr(self.scaler, "n_quantiles"):
            self.scaler.n_quantiles = min(MOST_QUANTILES, len(train.X))
        # What a column is measured in must not make it one of rounding.
        self.units = _units(train.X) if self.whitens else 1.0
        self.scaler.fit(train.X / self.units)
        self.detector.fit(train.with_each_row(self._scaled))

    def score(self, X: Floats) -> Floats:
        return self.detector.score(self._scaled(X))

    def _scaled(self, X: Floats) -> Floats:
        scaled: Floats = self.scaler.transform(X / self.units)
        return scaled

    def leave_one_out(self) -> None:
        """Not known: without a row the scale is another one, too."""


def _units(X: Floats) -> Floats:
    """Of each column the power of 1024 nearest to its deviation, by which division rounds nothing; (d,).

    That is 1 for columns that are standardised, also where some of their rows are left out.
    """
    import numpy as np

    from bench.splits.scaling import Standard

    units: Floats = np.exp2(10 * np.round(np.log2(Standard(X).scale) / 10))
    return units


def _checked(plugin: DetectorPlugin, params: Mapping[str, Any], _: Registry) -> dict[str, Any]:
    if not plugin.asks(SCALING, params):
        return {}
    if params[SCALING] not in SCALERS:
        raise unknown("scaling", str(params[SCALING]), SCALERS)
    if not _fits(plugin):
        why = "learns from a stage that others share" if plugin.staged else "knows the optimum"
        raise BenchError(f"detector {plugin.name!r} {why}, of rows as they are; leave {SCALING} out")
    return {SCALING: params[SCALING]}


def _fits(plugin: DetectorPlugin) -> bool:
    return not plugin.staged and not plugin.optimum


def _modalities(modalities: Modalities, params: Mapping[str, Any], _: Registry) -> Modalities:
    """Components are neither pixels nor points of a curve any more; of channels they are channels."""
    if params[SCALING] != WHITEN or FEATURES in params:
        return modalities
    return tuple(each for each in modalities if each == DEFAULT or each in IN_TIME)


EXTENSION = Extension(
    parameters=(SCALING,),
    order=3,
    explanation=f"it reads columns on another scale: {', '.join(SCALERS)}",
    fits=_fits,
    checked=_checked,
    modalities=_modalities,
    around=lambda detector, params: Scaled(detector, params[SCALING]),
)
