"""The article's curves: one bump is normal, a second small one on top of it is the anomaly."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench import Split, dataset

SHAPES = {
    "gaussian": lambda z: np.exp(-(z**2) / 2),
    "lorentzian": lambda z: 1 / (1 + z**2),
}


@dataset(modality="curve")
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
    standard deviation of Gaussian noise on each value. ``calibration`` is the share of ``normals`` and
    ``anomalies`` that is set apart from the training rows. ``shape``: gaussian or lorentzian.

    ``protocol="seeded"`` draws normal rows, anomalies, noise and the split from independent streams.
    ``protocol="article"`` draws as the article's script does, in its order, from
    ``RandomState(article_seed)``, and splits with ``train_test_split``: the trial's seed does not move
    the data. The article calls our calibration part "test" and our test part "validation".
    """
    if shape not in SHAPES:
        raise ValueError(f"unknown shape {shape!r}; one of: {', '.join(SHAPES)}")

    def curves(source: Any, size: int, tall: float, bounds: tuple[float, float, float, float]) -> Any:
        mu, sigma = source.uniform(*bounds[:2], size), source.uniform(*bounds[2:], size)
        grid = np.linspace(0, 1, points)
        values = SHAPES[shape]((grid - mu[:, None]) / sigma[:, None])
        return tall * values / values.max(axis=1, keepdims=True)

    def normal(source: Any, size: int) -> Any:
        return curves(source, size, height, (mu_low, mu_high, sigma_low, sigma_high))

    def anomalous(source: Any, size: int) -> Any:
        bounds = (anomaly_mu_low, anomaly_mu_high, anomaly_sigma_low, anomaly_sigma_high)
        return normal(source, size) + curves(source, size, anomaly_height, bounds)

    if protocol == "article":
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
        return Split(X_train, y_train, X_test, y_test, X_calibration, y_calibration)
    if protocol != "seeded":
        raise ValueError(f"unknown protocol {protocol!r}; one of: seeded, article")

    normal_rng, anomaly_rng, noise_rng, order_rng = rng.spawn(4)
    held_normals, held_anomalies = round(normals * calibration), round(anomalies * calibration)
    parts = []
    for normal_rows, anomalous_rows in (
        (normals - held_normals, anomalies - held_anomalies),
        (held_normals, held_anomalies),
        (test_normals, test_anomalies),
    ):
        X = [normal(normal_rng.spawn(1)[0], normal_rows), anomalous(anomaly_rng.spawn(1)[0], anomalous_rows)]
        # Each class has noise of its own, so that more anomalies leave the normal rows as they are.
        X = [rows + noise * stream.standard_normal(rows.shape)
             for rows, stream in zip(X, noise_rng.spawn(2), strict=True)]  # fmt: skip
        order = order_rng.permutation(normal_rows + anomalous_rows)
        parts.append((np.concatenate(X)[order], np.repeat([0, 1], [normal_rows, anomalous_rows])[order]))
    (X_train, y_train), (X_calibration, y_calibration), (X_test, y_test) = parts
    if not len(X_calibration):
        X_calibration = y_calibration = None
    return Split(X_train, y_train, X_test, y_test, X_calibration, y_calibration)
