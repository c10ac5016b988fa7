"""The article's curves: one bump is normal, a second small one on top of it is the anomaly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench import Floats, Split, check_choice, dataset

from ._bump_shapes import SHAPES, bump_nodes, midpoints
from ._linear_gaussians import LinearGaussians

# This many positions and widths of a second bump stand for all of them when the optimum is computed.
PLACES, WIDTHS = 200, 10
PROTOCOLS = ("seeded", "article")
if TYPE_CHECKING:  # naming the generators loads all of numpy.random, which listing plugins does without
    # The article's script draws from NumPy's legacy generator.
    Source = np.random.Generator | np.random.RandomState


@dataset(modality="curve", optimum=lambda noise, **_: noise > 0)
def bumps(
    rng: np.random.Generator,
    *,
    normals: int = 2000,
    anomalies: int = 200,
    test_normals: int = 100,
    test_anomalies: int = 100,
    calibration: float = 0.2,
    points: int = 256,
    shape: str = "gaussian",
    height: float = 1.0,
    mu_low: float = 0.1,
    mu_high: float = 0.9,
    sigma_low: float = 0.05,
    sigma_high: float = 0.5,
    anomaly_height: float = 0.12,
    anomaly_mu_low: float = 0.1,
    anomaly_mu_high: float = 0.9,
    anomaly_sigma_low: float = 0.01,
    anomaly_sigma_high: float = 0.05,
    noise: float = 0.0,
    protocol: str = "seeded",
    article_seed: int = 42,
) -> Split:
    """Curves with one bump; a second, small bump makes an anomaly (the article's generator).

    A curve has ``points`` values over [0, 1]; a bump is scaled to its height at its highest point on
    that grid, its centre mu and width sigma are uniform between the given bounds. ``noise`` is the
    standard deviation of Gaussian noise on each value. ``calibration`` is the fraction of ``normals`` and
    ``anomalies`` that is set apart from the training rows. ``shape``: gaussian or lorentzian.

    ``protocol="seeded"`` draws normal rows, anomalies, noise and the split from independent streams.
    ``protocol="article"`` draws as the article's script does, in its order, from
    ``RandomState(article_seed)``, and splits with ``train_test_split``: the trial's seed does not move
    the data. The article calls our calibration part "test" and our test part "validation".

    The optimum is known where there is noise; without it the classes do not overlap.
    """
    check_choice("shape", shape, SHAPES)
    check_choice("protocol", protocol, PROTOCOLS)
    grid = np.linspace(0, 1, points)
    bounds = (mu_low, mu_high), (sigma_low, sigma_high)
    anomaly_bounds = (anomaly_mu_low, anomaly_mu_high), (anomaly_sigma_low, anomaly_sigma_high)

    def bump(mu: Floats, sigma: Floats, *, tall: float) -> Floats:
        values = SHAPES[shape]((grid - mu[:, None]) / sigma[:, None])
        return tall * values / values.max(axis=1, keepdims=True)

    def normal(source: Source, size: int) -> Floats:
        return bump(*(source.uniform(*each, size) for each in bounds), tall=height)

    def anomalous(source: Source, size: int) -> Floats:
        first = normal(source, size)
        return first + bump(*(source.uniform(*each, size) for each in anomaly_bounds), tall=anomaly_height)

    def optimum(X: Floats) -> Floats:
        nodes = bump_nodes(*bounds, height=height, noise=noise, points=points)
        density = LinearGaussians(
            lambda hidden: bump(hidden[:, 0], hidden[:, 1] ** 4, tall=height), nodes, noise
        )
        places, widths = (midpoints(*each, count)
                          for each, count in zip(anomaly_bounds, (PLACES, WIDTHS), strict=True))  # fmt: skip
        second = bump(np.repeat(places, len(widths)), np.tile(widths, len(places)), tall=anomaly_height)
        return density.log_density_of_shifted(X, second) - density.log_density(X)

    known = optimum if noise > 0 else None
    if protocol == "seeded":
        return Split.drawn(
            rng, normal, anomalous, normals=normals, anomalies=anomalies, test_normals=test_normals,
            test_anomalies=test_anomalies, calibration=calibration, noise=noise, optimum=known,
        )  # fmt: skip

    from sklearn.model_selection import train_test_split

    state = np.random.RandomState(article_seed)
    pool = [normal(state, normals), anomalous(state, anomalies)]
    X, y = np.concatenate(pool), np.repeat([0, 1], [normals, anomalies])
    X_train, X_calibration, y_train, y_calibration = train_test_split(
        X, y, test_size=calibration, shuffle=True, random_state=article_seed
    )
    X_test = np.concatenate([anomalous(state, test_anomalies), normal(state, test_normals)])
    y_test = np.repeat([1, 0], [test_anomalies, test_normals])
    if noise:  # drawn last, so that the curves stay the article's
        X_train, X_calibration, X_test = (
            rows + noise * state.standard_normal(rows.shape) for rows in (X_train, X_calibration, X_test)
        )
    return Split(X_train, y_train, X_test, y_test, X_calibration, y_calibration, optimum=known)
