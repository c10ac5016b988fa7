#!/usr/bin/env bash
# evidently does not see a column in a small unit drift, by five deviations or by any number.
#
# Packages: evidently==0.7.23, scikit-learn==1.9.1, scipy==1.17.1, numpy==2.4.6, pandas==2.3.3
# Expected: the distance that `DataDriftPreset` takes for columns of more than 1000 rows, Wasserstein's divided
#   by the deviation of the reference, has no unit: a current that rises by five deviations has 5, and drifts,
#   in ampere as in microampere.
# Seen: 5.02 in microampere and in milliampere, and 0.005 in ampere, where no drift is reported, the threshold
#   being 0.1: a deviation below 0.001 counts as 0.001. A thousand rows of the same columns are compared by the
#   Kolmogorov-Smirnov test, and drift in each unit.
# Why it matters: it watches the columns that a detector was trained on, and one whose values move by less than
#   0.0001 can never drift, however unlike the training rows it has become: more rows hide it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    evidently==0.7.23 scikit-learn==1.9.1 scipy==1.17.1 numpy==2.4.6 pandas==2.3.3
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import warnings

import numpy as np
import pandas as pd

warnings.simplefilter("ignore")
from evidently import Report
from evidently.presets import DataDriftPreset

UNITS = {"ampere": 1e-6, "milliampere": 1e-3, "microampere": 1.0}
rng = np.random.default_rng(0)
reference, current = rng.normal(5, 1, 2000), rng.normal(10, 1, 2000)


def drift(rows):
    """By column: the name of the method, its result, and whether that is called a drift."""
    before, after = (
        pd.DataFrame({unit: values[:rows] * size for unit, size in UNITS.items()}) for values in (reference, current)
    )
    found = Report([DataDriftPreset()]).run(after, before).dict()["metrics"]
    count = next(each["value"]["count"] for each in found if each["metric_name"].startswith("DriftedColumnsCount"))
    columns = {
        each["config"]["column"]: (each["config"]["method"], float(each["value"]))
        for each in found
        if each["metric_name"].startswith("ValueDrift")
    }
    return int(count), columns


print(
    "evidently 0.7.23, a column that rises by five deviations, in three units; expected: a distance of 5 in each, "
    "and all of them drift"
)
for rows in (1000, 2000):
    count, columns = drift(rows)
    results = "; ".join(f"{unit} {value:.3f} by {method}" for unit, (method, value) in columns.items())
    print(f"seen, {rows} rows: {count} of {len(columns)} columns drift: {results}")
    assert columns.keys() == UNITS.keys()
    if rows == 1000:
        assert count == 3 and all(value < 1e-9 for _, value in columns.values())
    else:
        assert count == 2 and columns["ampere"][1] < 0.01
        assert all(abs(columns[unit][1] - 5) < 0.1 for unit in ("milliampere", "microampere"))
PYTHON
