"""Tables with the four kinds of anomalies of ADBench: local, global, dependency and cluster."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from bench import DataError, Floats, Split, check_choice, dataset

from ._laws import Box, Independent, Law, Mixture, log_ratio
from ._npz import file_hash
from .adbench import adbench
from .bundled import breast_cancer

# Rows that the range of a mixture is taken from, and at most that a mixture is fitted on.
RANGE_ROWS = 1000
FITTED_ROWS = 5000
MOST_COMPONENTS = 9


@dataclass(frozen=True)
class Source:
    """What normal rows are drawn from, and the range that they lie in."""

    mixture: Mixture
    range: Box


def _local(source: Source, strength: float) -> Law:
    return replace(source.mixture, covariances=strength * source.mixture.covariances)


def _global(source: Source, strength: float) -> Law:
    return source.range.widened(strength)


def _dependency(source: Source, strength: float) -> Law:
    columns = len(source.range.low)
    if columns < 2 or strength > 1:
        raise DataError("a dependency anomaly needs two or more columns, and a strength of at most 1")
    alone = max(1, round(strength * columns))
    groups = [[column] for column in range(alone)]
    if alone < columns:
        groups.append(list(range(alone, columns)))
    return Independent(groups, [source.mixture.of_columns(group) for group in groups])


def _cluster(source: Source, strength: float) -> Law:
    mixture = source.mixture
    if len(mixture.weights) < 2:
        raise DataError("a cluster anomaly needs two or more components to move away from their centre")
    return replace(mixture, means=mixture.centre + strength * (mixture.means - mixture.centre))


@dataclass(frozen=True)
class Kind:
    """A kind of anomalies: their law, by the source and the strength, and the usual strength."""

    law: Callable[[Source, float], Law]
    strength: float


KINDS = {
    "local": Kind(_local, 3.0),
    "global": Kind(_global, 0.9),
    "dependency": Kind(_dependency, 1.0),
    "cluster": Kind(_cluster, 2.0),
}


def _fingerprint(table: str = "", **_: Any) -> str:
    return "" if table in ("", breast_cancer.__name__) else file_hash(table)


@dataset(
    optimum=True,
    fingerprint=_fingerprint,
    examples=tuple({"anomaly": kind, "columns": 2} for kind in KINDS),
)
def realistic(
    rng: np.random.Generator,
    *,
    normals: int = 1000,
    anomalies: int = 100,
    test_normals: int = 500,
    test_anomalies: int = 100,
    calibration: float = 0.2,
    anomaly: str = "local",
    strength: float | None = None,
    columns: int = 5,
    components: int = 3,
    table: str = "",
) -> Split:
    """Gaussian mixtures with local, global, dependency or cluster anomalies (Han et al., ADBench, 2022).

    Normal rows come from a mixture of ``components`` Gaussians in ``columns`` columns, another for each seed.
    With ``table`` (breast_cancer, or a file that adbench finds, such as 6_cardio) it is one that was fitted
    to that table's normal rows, its number of components chosen by BIC.

    ``anomaly``, and what ``strength`` means to it:

    - local: the covariances are multiplied by it (3 if it is not given; 5 in ADBench)
    - global: uniform over the range of normal rows, multiplied by it (0.9; 1.1 in ADBench)
    - dependency: the fraction of columns (1) that are drawn independently of all others, from their marginals
    - cluster: the distances of the components' means from their centre are multiplied by it (2; 5 in ADBench)

    Unlike in its code, ranges and means are scaled about their centre instead of the origin, and
    normal and anomalous rows are drawn from streams of their own.
    """
    check_choice("anomaly", anomaly, KINDS)
    kind = KINDS[anomaly]
    strength = kind.strength if strength is None else strength
    if strength <= 0:
        raise DataError(f"the strength of anomalies must be above 0, not {strength:g}")
    [source_rng] = rng.spawn(1)
    if table:
        source = _fitted(table, _fingerprint(table), least=2 if anomaly == "cluster" else 1)
    else:
        source = _random(source_rng, columns, components)
    law = kind.law(source, strength)
    return Split.drawn(
        rng, source.mixture.draw, law.draw,
        normals=normals, anomalies=anomalies,
        test_normals=test_normals, test_anomalies=test_anomalies, calibration=calibration,
        scaling="standard", optimum=log_ratio(source.mixture, law),
    )  # fmt: skip


def _random(rng: np.random.Generator, columns: int, components: int) -> Source:
    """A mixture with separate components whose columns are correlated, each in its own way."""
    if columns < 1 or components < 1:
        raise DataError("a mixture needs at least one column and one component")
    factors = rng.standard_normal((components, columns, columns + 2))
    mixture = Mixture(
        weights=rng.dirichlet(np.full(components, 5.0)),
        means=2 * rng.standard_normal((components, columns)),
        covariances=factors @ factors.swapaxes(1, 2) / (columns + 2),
    )
    rows = mixture.draw(rng, RANGE_ROWS)
    return Source(mixture, Box(rows.min(axis=0), rows.max(axis=0)))


def _normal_rows(table: str) -> Floats:
    """The normal rows of a real table, in the same order for each seed."""
    rng = np.random.default_rng(0)
    split = breast_cancer(rng) if table == breast_cancer.__name__ else adbench(rng, table)
    parts = [part for part in (split.train, split.calibration, split.test) if part is not None]
    return np.concatenate([part.X[part.y == 0] for part in parts])


@lru_cache(maxsize=8)
def _fitted(table: str, fingerprint: str, least: int) -> Source:  # noqa: ARG001
    """The mixture of least BIC on a table's normal rows: fewer components first, until one more is worse.

    ``fingerprint`` is that of the table's file, which may change while the process lives. Columns are
    standardised for the fit, and constant ones left out: nothing can be said of their scale.
    """
    from sklearn.mixture import GaussianMixture

    X = _normal_rows(table)
    X = X[:, np.ptp(X, axis=0) > 0]
    if len(X) < least or not X.shape[1]:
        raise DataError(f"{table!r} has too few different normal rows to fit a mixture to")
    centre, scale = X.mean(axis=0), X.std(axis=0)
    rows = ((X - centre) / scale)[:FITTED_ROWS]
    best: Any = None
    lowest = np.inf
    for components in range(least, min(MOST_COMPONENTS, len(rows)) + 1):
        model = GaussianMixture(components, random_state=0).fit(rows)
        bic = model.bic(rows)
        if bic >= lowest:
            break
        best, lowest = model, bic
    mixture = Mixture(
        weights=best.weights_,
        means=centre + scale * best.means_,
        covariances=best.covariances_ * np.outer(scale, scale),
    )
    return Source(mixture, Box(X.min(axis=0), X.max(axis=0)))
