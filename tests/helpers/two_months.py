"""Hourly rows of a weather station: a month of winter, and one of summer."""

from __future__ import annotations

import numpy as np
import pandas as pd

HOURS = 24 * 31
MEASURED = ["temperature", "humidity", "wind", "pressure"]


def month(start: str, temperature: float, winds: list[str], seed: int) -> pd.DataFrame:
    """Numbers, a text, empty cells, a column that numbers the rows, and the time."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "hour": np.arange(HOURS) + 100 * seed,
            "when": pd.date_range(start, periods=HOURS, freq="h").strftime("%Y-%m-%d %H:%M"),
            "temperature": rng.normal(temperature, 4, HOURS).round(2),
            "humidity": rng.uniform(40, 100, HOURS).round(1),
            "wind": rng.choice(winds, HOURS),
            "pressure": rng.normal(1013, 8, HOURS).round(1),
        }
    )
    frame.loc[rng.permutation(HOURS)[:30], "humidity"] = np.nan
    return frame


def january() -> pd.DataFrame:
    return month("2024-01-01", 0.0, ["north", "east", "west"], 1)


def july() -> pd.DataFrame:
    """Warmer, with a wind that January has not; its first ten rows are January's last ten."""
    frame = month("2024-07-01", 20.0, ["north", "east", "west", "south"], 2)
    frame.loc[:9, MEASURED] = january().loc[HOURS - 10 :, MEASURED].to_numpy()
    return frame
