"""Detectors of series of PyOD (Zhao et al., JMLR 2019), guarded against what its version 3.6 gets wrong.

Their windows have a fixed length, ``window_size``, and a point's score is the highest of those of the windows
that it lies in.
"""

from __future__ import annotations

from bench import estimator

from ._pyod_series import Mirrored, Rejoined, WholeSeries, WholeSeriesInTorch

pyod_anomaly_transformer = estimator(
    "pyod.models.ts_anomaly_transformer.AnomalyTransformer",
    "Error of a transformer, smaller than PyOD's, where attention goes to few points (Xu et al., 2022).",
    params={"d_model": 32, "n_heads": 4, "n_layers": 2, "epochs": 3, "device": "cpu"},
    adapter=WholeSeriesInTorch, modalities=("series",), requires=("torch",), family="reconstruction",
    complexity="n window² d", cost=30, slow=True,
)  # fmt: skip
pyod_k_shape = estimator(
    "pyod.models.ts_kshape.KShape",
    "Shape-based distance of windows to the nearest k-Shape centre (Paparrizos and Gravano, 2015).",
    adapter=WholeSeries, modalities=("series",), family="clustering",
    complexity="n window log window clusters", cost=4,
)  # fmt: skip
pyod_lstm = estimator(
    "pyod.models.ts_lstm.LSTMAD",
    "Error of an LSTM's forecast of the next point (Malhotra et al., 2015).",
    adapter=Mirrored, modalities=("series",), requires=("torch",), family="forecast",
    complexity="n window", cost=30, slow=True,
)  # fmt: skip
pyod_matrix_profile = estimator(
    "pyod.models.ts_matrix_profile.MatrixProfile",
    "PyOD's matrix profile: distance of a window's shape to the most alike (Yeh et al., 2016).",
    adapter=Rejoined, modalities=("series",), family="neighbours", complexity="n² d", deterministic=True,
    cost=2,
)  # fmt: skip
pyod_sand = estimator(
    "pyod.models.ts_sand.SAND",
    "PyOD's SAND: k-Shape centres that follow the stream of windows (Boniol et al., 2021).",
    adapter=WholeSeries, modalities=("series",), family="clustering",
    complexity="n window log window clusters", cost=5,
)  # fmt: skip
pyod_spectral_residual = estimator(
    "pyod.models.ts_spectral_residual.SpectralResidual",
    "PyOD's spectral residual: amplitudes against those of neighbouring frequencies (Ren et al., 2019).",
    adapter=WholeSeries, modalities=("series",), family="forecast", complexity="n log n d",
    deterministic=True, cost=0.1,
)  # fmt: skip
pyod_time_series_od = estimator(
    "pyod.models.ts_od.TimeSeriesOD",
    "A detector of rows, an isolation forest by default, on windows of points (Zhao et al., 2019).",
    adapter=WholeSeries, modalities=("series",), family="isolation", complexity="trees · sample log sample",
    cost=1,
)  # fmt: skip
