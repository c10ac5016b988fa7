#!/usr/bin/env bash
# The threshold of IsolationForest's contamination='auto' flags 74 % of some clean rows, none of others.
#
# Packages: numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: the default threshold flags a few per cent of rows without anomalies, whatever their number
#   of columns.
# Seen: none of 1,000 Gaussian rows of 50 columns, 15-25 % where they have one to five, and of uniform
#   rows 50 % (two columns) to 74 % (50 columns).
# Why it matters: 0.5 is where the score is neutral, not a tail probability; an F1 from `predict`
#   compares columns and laws, not detectors.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from sklearn.ensemble import IsolationForest

rng = np.random.default_rng(0)
print(
    "scikit-learn 1.9.1, IsolationForest() on 1,000 rows without anomalies; expected: a few per cent "
    "flagged"
)
laws = {"Gaussian": rng.normal, "uniform": rng.uniform}
flagged = {}
for law, draw in laws.items():
    for columns in (1, 2, 5, 20, 50):
        X = draw(size=(1000, columns))
        flagged[law, columns] = (IsolationForest(random_state=0).fit_predict(X) == -1).mean()
        print(f"seen: {law}, {columns} columns: {flagged[law, columns]:.1%}")
assert 0.1 < flagged["Gaussian", 1] < 0.3
assert flagged["Gaussian", 50] < 0.02
assert 0.4 < flagged["uniform", 2] < 0.7
assert flagged["uniform", 50] > 0.6
PYTHON
