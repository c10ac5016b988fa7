#!/usr/bin/env bash
# Adding a constant to the columns blinds two detectors that should not notice.
#
# Packages: numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: isolation forests and nearest neighbours look at order and differences, so adding a constant
#   to a column changes nothing.
# Seen: at an offset of 1e9 (a Unix time in seconds is 1.7e9) the isolation forest's ROC AUC falls from
#   0.99 to exactly 0.5: its trees hold float32. NearestNeighbors is unharmed in 15 columns and at 0.5
#   in 16 columns, at an offset of 1e8: from 16 columns on 'auto' means brute force, whose expanded
#   squares cancel.
# Why it matters: time stamps, identifiers and absolute sensor readings reach detectors unscaled, and
#   one more column silently changes the algorithm.
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
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

rng = np.random.default_rng(0)
y = np.repeat([1, 0], [40, 1960])
X = rng.normal(size=(2000, 4))
X[:40, 0] += 8
print("scikit-learn 1.9.1; expected: the same ROC AUC at each offset")
forest = {}
for offset in (0, 1e9):
    shifted = X + offset
    forest[offset] = roc_auc_score(y, -IsolationForest(random_state=0).fit(shifted).score_samples(shifted))
    print(f"seen, IsolationForest, offset {offset:g}: {forest[offset]:.3f}")
assert forest[0] > 0.97 and forest[1e9] == 0.5

neighbours = {}
for columns in (15, 16):
    X = rng.normal(size=(2000, columns))
    X[:40] += 2.5
    for offset in (0, 1e8):
        model = NearestNeighbors(n_neighbors=6).fit(X + offset)
        neighbours[columns, offset] = roc_auc_score(y, model.kneighbors(X + offset)[0][:, -1])
        print(
            f"seen, kNN, {columns} columns, offset {offset:g}: {neighbours[columns, offset]:.3f} "
            f"({model._fit_method})"
        )
assert min(neighbours[15, 0], neighbours[16, 0], neighbours[15, 1e8]) > 0.95
assert abs(neighbours[16, 1e8] - 0.5) < 0.1
PYTHON
