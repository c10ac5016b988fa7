"""Splitting a table of numbers and text, and encoding it as its training rows say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bench import Floats, Scaling, Split

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
    scaling: Scaling,
) -> Split:
    """Split a table's rows at random, stratified by ``y`` and with equal rows together; then encode them.

    What encodes the rows learns from those for training alone.
    """
    import numpy as np
    import pandas as pd

    from bench.tables import Encoder, informative_columns

    table = informative_columns(table)
    # For each row the place of the first one that equals it: rows that are equal before they are encoded.
    _, first, inverse = np.unique(
        pd.util.hash_pandas_object(table, index=False), return_index=True, return_inverse=True
    )
    places = Split.stratified(
        first[inverse][:, None], y, rng, test=test, calibration=calibration, scaling=scaling
    )
    encoder = Encoder().fit(_rows(table, places.X_train))
    held = places.X_calibration
    return replace(
        places,
        X_train=encoder.transform(_rows(table, places.X_train)),
        X_calibration=None if held is None else encoder.transform(_rows(table, held)),
        X_test=encoder.transform(_rows(table, places.X_test)),
        shape=(),
    )


def _rows(table: pd.DataFrame, places: Floats) -> pd.DataFrame:
    return table.iloc[places[:, 0].astype(int)]
