#!/usr/bin/env bash
# Repeated rows: LOF scores in the billions, ABOD gives NaN, MCD gives up.
#
# Packages: pyod==3.6.7, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: copies of a row are the densest place there is: they score lowest, and nothing else changes.
# Seen: a normal row beside copies has a LOF of 1e9, as high as any anomaly (ROC AUC 0.82 where kNN has
#   0.97, at the default 20 neighbours); ABOD gives NaN to every row with more copies than neighbours;
#   MCD raises where more than half of the rows are equal.
# Why it matters: tables of logs and counts are full of copies (61 % of http in ADBench): the
#   usual 'LOF is weak there' measures the copies, and NaN recorded as chance hides a failure.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    pyod==3.6.7 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import warnings

import numpy as np
from pyod.models.abod import ABOD
from pyod.models.knn import KNN
from pyod.models.lof import LOF
from pyod.models.mcd import MCD
from sklearn.metrics import roc_auc_score

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
copies = np.repeat(rng.normal(size=(40, 3)), 25, axis=0)
X = np.concatenate([copies, rng.normal(size=(1000, 3)), rng.uniform(-6, 6, size=(40, 3))])
y = np.repeat([0, 1], [2000, 40])
print("pyod 3.6.7; expected: copies score low, the others as they would without them")
lof, knn = LOF().fit(X).decision_scores_, KNN().fit(X).decision_scores_
billions = (lof[y == 0] > 1e6).sum()
print(
    f"seen: normal rows with a LOF above 1e6: {billions}; ROC AUC: LOF {roc_auc_score(y, lof):.2f}, kNN "
    f"{roc_auc_score(y, knn):.2f}"
)
assert billions > 100 and roc_auc_score(y, lof) < 0.92 and roc_auc_score(y, knn) > 0.96

abod = ABOD().fit(X).decision_scores_
print(f"seen: ABOD gives NaN to {np.isnan(abod).sum()} rows, the copies: {np.isnan(abod[:1000]).all()}")
assert np.isnan(abod[:1000]).all() and np.isfinite(abod[1000:]).mean() > 0.9

half = np.concatenate([np.zeros((650, 3)), rng.normal(size=(350, 3))])
try:
    MCD(random_state=0).fit(half)
    raise SystemExit("MCD can be fitted now where most rows are equal")
except ValueError as error:
    print(f"seen: MCD with 65 % equal rows: {error}")
PYTHON
