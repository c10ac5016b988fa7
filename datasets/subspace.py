"""Tables of many columns, of which only a few betray an anomaly."""

from __future__ import annotations

from math import comb, log

import numpy as np

from bench import DataError, Floats, Split, check_choice, dataset

from ._laws import Mixture, log_ratio

ANOMALIES = ("shift", "correlation")
SUBSETS = ("shared", "own")


@dataset(optimum=True, examples=({"anomaly": "correlation"}, {"anomaly": "shift", "strength": 2.0}))
def subspace(
    rng: np.random.Generator,
    *,
    normals: int = 1000,
    anomalies: int = 100,
    test_normals: int = 500,
    test_anomalies: int = 100,
    calibration: float = 0.2,
    columns: int = 100,
    relevant: int = 10,
    group: int = 5,
    correlation: float = 0.8,
    anomaly: str = "correlation",
    strength: float = 1.0,
    subset: str = "shared",
) -> Split:
    """Many correlated columns, of which anomalies differ in a few: they are shifted, or not correlated.

    Normal rows are Gaussian: columns have the mean 0 and the variance 1; those of a ``group`` have the same
    ``correlation`` with one another, and none with others. In the ``relevant`` columns, which are whole
    groups, an anomaly has lost a fraction ``strength`` of the correlation (anomaly=correlation: each column
    still looks normal), or its mean is higher by ``strength`` standard deviations (anomaly=shift).
    ``subset``: shared, the same columns for all anomalies, others for each seed; or own, drawn for each.
    """
    check_choice("anomaly", anomaly, ANOMALIES)
    check_choice("subset", subset, SUBSETS)
    if group < 1 or columns % group or relevant % group or not 0 < relevant <= columns:
        raise DataError(
            f"'columns' and 'relevant' must be multiples of 'group', which is {group}, and 'relevant' from "
            f"{group} to 'columns'; not {columns} and {relevant}"
        )
    if not 0 <= correlation < 1:
        raise DataError(f"'correlation' must be at least 0 and below 1, not {correlation:g}")
    if anomaly == "correlation" and not (group > 1 and correlation > 0 and 0 < strength <= 1):
        raise DataError(
            "an anomaly that loses correlation needs groups of two or more columns, a correlation above 0, "
            "and a strength above 0 and at most 1"
        )
    groups, affected = columns // group, relevant // group
    [subset_rng] = rng.spawn(1)
    shared = subset_rng.permutation(groups)[:affected]
    usual = _group(group, 0.0, correlation)
    broken = (
        _group(group, strength, correlation)
        if anomaly == "shift"
        else _group(group, 0.0, (1 - strength) * correlation)
    )

    def normal(source: np.random.Generator, size: int) -> Floats:
        return usual.draw(source, size * groups).reshape(size, columns)

    def anomalous(source: np.random.Generator, size: int) -> Floats:
        own = source.permuted(np.tile(np.arange(groups), (size, 1)), axis=1)[:, :affected]
        X = usual.draw(source, size * groups).reshape(size, groups, group)
        where = np.arange(size)[:, None], shared if subset == "shared" else own
        X[where] = broken.draw(source, size * affected).reshape(size, affected, group)
        return X.reshape(size, columns)

    def optimum(X: Floats) -> Floats:
        ratios = log_ratio(usual, broken)(X.reshape(-1, group)).reshape(-1, groups)
        return ratios[:, shared].sum(axis=1) if subset == "shared" else log_mean_of_subsets(ratios, affected)

    return Split.drawn(
        rng, normal, anomalous,
        normals=normals, anomalies=anomalies,
        test_normals=test_normals, test_anomalies=test_anomalies, calibration=calibration,
        optimum=optimum,
    )  # fmt: skip


def _group(columns: int, mean: float, correlation: float) -> Mixture:
    """The one Gaussian that a group of columns follows."""
    covariance = np.full((columns, columns), correlation) + (1 - correlation) * np.eye(columns)
    return Mixture(np.ones(1), np.full((1, columns), mean), covariance[None])


def log_mean_of_subsets(ratios: Floats, size: int) -> Floats:
    """Logarithm of the mean, over all subsets of ``size`` groups, of the product of their likelihood ratios.

    ``ratios`` are logarithms of shape (n, groups); returns shape (n,). The sum over subsets is an elementary
    symmetric polynomial, which one pass over the groups builds up.
    """
    sums = np.full((len(ratios), size + 1), -np.inf)
    sums[:, 0] = 0
    for ratio in ratios.T:
        sums[:, 1:] = np.logaddexp(sums[:, 1:], sums[:, :-1] + ratio[:, None])
    return sums[:, -1] - log(comb(ratios.shape[1], size))
