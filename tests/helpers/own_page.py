"""A small table with labels, and hostile names and values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

HOSTILE = "<script>alert(1)</script>"
ROWS = 300


def write_table(folder: Path) -> Path:
    rng = np.random.default_rng(0)
    strange = rng.random(ROWS) < 0.06
    frame = pd.DataFrame(
        {
            "temperature": rng.normal(60, 4, ROWS) + 25 * strange,
            HOSTILE: rng.gamma(4, 0.5, ROWS),
            "kind": rng.choice(["<b>bold</b>", "\x1b[31mred", "plain"], ROWS),
            "label": np.where(rng.random(ROWS) < 0.7, strange.astype(int).astype(str), ""),
        }
    )
    frame.loc[rng.permutation(ROWS)[:9], "temperature"] = np.nan
    file = folder / "rows & <i>columns<i>.csv"
    frame.round(2).to_csv(file, index=False)
    return file
