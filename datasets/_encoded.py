"""Splitting a table of numbers and text, and encoding it as its training rows say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bench import Split

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def encoded_split(
    table: pd.DataFrame,
    y: np.ndarray,
    rng: np.random.Generator,
    *,
    test: float,
    calibration: float,
    scaling: str,
) -> Split:
    """Split a table's rows at random, stratified by ``y`` and with equal rows together; then encode them.

    What encodes the rows learns from those for training alone.
    """
    import numpy as np
    import pandas as pd

    from bench.tables import Encoder, informative_columns

    table = informative_columns(table)
    same = pd.util.hash_pandas_object(table, index=False)
    places = Split.stratified(
        np.arange(len(y))[:, None], y, rng, test=test, calibration=calibration, scaling=scaling, groups=same
    )
    encoder = Encoder().fit(_rows(table, places.X_train))
    parts = {"train": places.train, "calibration": places.calibration, "test": places.test}
    encoded = {f"X_{name}": encoder.transform(_rows(table, part.X)) for name, part in parts.items() if part}
    return replace(places, **encoded, shape=())


def _rows(table: pd.DataFrame, places: np.ndarray) -> pd.DataFrame:
    return table.iloc[places[:, 0].astype(int)]
