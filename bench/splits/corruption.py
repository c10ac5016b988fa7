"""Corruptions: what a user may do to any dataset, by parameters that every dataset has.

``bumps:label_errors=0.1`` is the bumps with a tenth of the training labels wrong. The harness applies them to
the split that the dataset made, in the order of `CORRUPTIONS`, each with a random stream of its own: neither
the dataset nor another corruption moves with them. The test rows stay the same but where a corruption is
about all rows (features, missing values, heavy tails) or about the test (prevalence). The first such study
is Han et al., ADBench, NeurIPS 2022.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bench.errors import DataError
from bench.splits.split import Split

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from bench.splits.arrays import Floats, Labels

    Change = Callable[[Floats, np.random.Generator], Floats]

Corrupt = Callable[[Split, Any, "np.random.Generator"], Split]


@dataclass(frozen=True)
class Corruption:
    """What a parameter does to a split; ``meaning`` says it to a user, ``low`` to ``high`` are its bounds.

    keeps_optimum: whether the best possible score is still known; where it is not, 0 stands for no change.
    in_time: whether points of a series can have it, which no row may be taken from, put among or moved in.
    """

    meaning: str
    corrupt: Corrupt
    low: float
    high: float
    whole: bool = False
    keeps_optimum: bool = True
    in_time: bool = False

    def check(self, name: str, value: Any) -> None:
        """DataError for a value out of bounds."""
        wanted = "a whole number" if self.whole else "a number"
        right = isinstance(value, int) if self.whole else isinstance(value, int | float)
        if not right or isinstance(value, bool) or not self.low <= value <= self.high:
            raise DataError(f"{name} must be {wanted} from {self.low:g} to {self.high:g}, not {value!r}")


def apply_corruptions(split: Split, given: Mapping[str, Any], rng: np.random.Generator) -> Split:
    """The split under those of `CORRUPTIONS` that are given. Raises DataError for a value out of bounds."""
    for (name, corruption), stream in zip(CORRUPTIONS.items(), rng.spawn(len(CORRUPTIONS)), strict=True):
        if name in given:
            corruption.check(name, given[name])
            if split.timeline is not None and not corruption.in_time:
                raise DataError(f"{name} is for rows that stand by themselves, not for points of a series")
            if corruption.keeps_optimum or given[name]:
                split = corruption.corrupt(split, given[name], stream)
    return split


def _contaminate(split: Split, fraction: float, rng: np.random.Generator) -> Split:
    """Leave out training rows of the class of which there are too many for the fraction."""
    return _training_rows(split, _thinned(split.y_train, fraction, rng))


def _duplicate_anomalies(split: Split, times: int, rng: np.random.Generator) -> Split:
    """Repeat each anomalous training row, at random positions. Only now that the rows have been split."""
    import numpy as np

    copies = np.repeat(np.flatnonzero(split.y_train == 1), times - 1)
    return _training_rows(split, rng.permutation(np.concatenate([np.arange(len(split.y_train)), copies])))


def _mistake_labels(split: Split, fraction: float, rng: np.random.Generator) -> Split:
    """Turn the labels of a fraction of each class's training rows."""
    import numpy as np

    y = split.y_train.copy()
    for of_class in [np.flatnonzero(split.y_train == value) for value in (0, 1)]:
        y[rng.permutation(of_class)[: round(fraction * len(of_class))]] ^= 1
    return replace(split, y_observed=y)


def _hide_labels(split: Split, fraction: float, _: np.random.Generator) -> Split:
    return replace(split, labelled=fraction)


def _add_irrelevant(split: Split, fraction: float, rng: np.random.Generator) -> Split:
    """Append columns of uniform noise, as wide as a column of the training rows drawn at random."""
    import numpy as np

    width = split.X_train.shape[1]
    if len(split.shape) > 1:
        raise DataError("irrelevant_features are columns of a table or values of a curve, not pixels")
    alike = rng.integers(width, size=max(1, round(fraction * width)))
    low, high = split.X_train.min(axis=0)[alike], split.X_train.max(axis=0)[alike]

    def wider(X: Floats, stream: np.random.Generator) -> Floats:
        return np.concatenate([X, stream.uniform(low, high, (len(X), len(alike)))], axis=1)

    optimum = split.optimum
    # The likelihoods of columns that are alike in both classes cancel.
    narrowed = optimum and (lambda X: optimum(X[:, :width]))
    return _each_part(split, wider, rng, shape=(width + len(alike),), optimum=narrowed)


def _make_tails_heavy(split: Split, scale: float, rng: np.random.Generator) -> Split:
    """Add noise from Student's t with two degrees of freedom, in units of a column's training deviation."""
    deviations = split.X_train.std(axis=0)

    def noisy(X: Floats, stream: np.random.Generator) -> Floats:
        changed: Floats = X + scale * deviations * stream.standard_t(2, X.shape)
        return changed

    return _each_part(split, noisy, rng, optimum=None)


def _lose_values(split: Split, fraction: float, rng: np.random.Generator) -> Split:
    """Replace values at random positions by the median of their column in the training rows."""
    import numpy as np

    medians = np.median(split.X_train, axis=0)

    def filled(X: Floats, stream: np.random.Generator) -> Floats:
        return np.where(stream.random(X.shape) < fraction, medians, X)

    return _each_part(split, filled, rng, optimum=None)


def _change_prevalence(split: Split, fraction: float, rng: np.random.Generator) -> Split:
    """Leave out test rows of the class of which there are too many for the fraction."""
    kept = _thinned(split.y_test, fraction, rng)
    return replace(split, X_test=split.X_test[kept], y_test=split.y_test[kept])


def _thinned(y: Labels, fraction: float, rng: np.random.Generator) -> NDArray[np.intp]:
    """The indices of rows, in their order, of which the fraction is anomalous; as many of them as can be."""
    import numpy as np

    normals, anomalies = np.flatnonzero(y == 0), np.flatnonzero(y == 1)
    if fraction * len(normals) <= (1 - fraction) * len(anomalies):
        anomalies = rng.permutation(anomalies)[: round(fraction * len(normals) / (1 - fraction))]
    else:
        normals = rng.permutation(normals)[: round((1 - fraction) * len(anomalies) / fraction)]
    return np.sort(np.concatenate([normals, anomalies]))


def _training_rows(split: Split, rows: NDArray[np.intp]) -> Split:
    """The split with these of its training rows, in this order."""
    observed = None if split.y_observed is None else split.y_observed[rows]
    return replace(split, X_train=split.X_train[rows], y_train=split.y_train[rows], y_observed=observed)


def _each_part(split: Split, change: Change, rng: np.random.Generator, **changes: Any) -> Split:
    """The split with the rows of each part changed, each part by a stream of its own."""
    streams = rng.spawn(3)
    X_calibration = None if split.X_calibration is None else change(split.X_calibration, streams[2])
    return replace(
        split,
        X_train=change(split.X_train, streams[0]),
        X_test=change(split.X_test, streams[1]),
        X_calibration=X_calibration,
        **changes,
    )


# In the order in which they are applied: rows are chosen before they are repeated, and each copy may then
# have a wrong label of its own.
CORRUPTIONS: dict[str, Corruption] = {
    "train_contamination": Corruption("fraction of anomalies among the training rows", _contaminate, 0, 0.99),
    "duplicated_anomalies": Corruption(
        "how many times each anomalous training row is there", _duplicate_anomalies, 1, 1000, whole=True
    ),
    "label_errors": Corruption(
        "fraction of training labels that are wrong", _mistake_labels, 0, 1, in_time=True
    ),
    "labelled_anomalies": Corruption(
        "fraction of anomalous training rows whose label semi-supervised detectors see",
        _hide_labels, 0.001, 1, in_time=True,
    ),
    "irrelevant_features": Corruption(
        "columns of noise, as a fraction of the columns there are", _add_irrelevant, 0, 100
    ),
    "missing_values": Corruption(
        "fraction of values that are lost, and filled in by the column's training median",
        _lose_values, 0, 0.99, keeps_optimum=False,
    ),
    "heavy_tails": Corruption(
        "noise from Student's t with two degrees of freedom, in standard deviations of the column",
        _make_tails_heavy, 0, 100, keeps_optimum=False,
    ),
    "test_prevalence": Corruption(
        "fraction of anomalies among the test rows", _change_prevalence, 0.001, 0.999
    ),
}  # fmt: skip
