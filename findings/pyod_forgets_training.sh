#!/usr/bin/env bash
# COF, SOD, SOS and LMDD in PyOD score a batch without a look at the training rows.
#
# Packages: pyod==3.6.7, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: `fit(train)` then `decision_function(test)` compares test rows with the training rows.
# Seen: the scores are the same whatever the model was fitted on, to the last digit, so thirty equal
#   anomalies in a batch are their own normality (COF and SOD rank them below chance, ROC AUC near 0.4;
#   kNN 1.0). ECOD and COPOD pool both: a row's score moves with the batch it comes in.
# Why it matters: a one-class protocol is meaningless for these, and the threshold from the training
#   rows is one of another population; scoring one row at a time fails or gives NaN.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    pyod==3.6.7 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import contextlib
import io
import warnings

import numpy as np
from pyod.models.cof import COF
from pyod.models.copod import COPOD
from pyod.models.ecod import ECOD
from pyod.models.knn import KNN
from pyod.models.lmdd import LMDD
from pyod.models.sod import SOD
from pyod.models.sos import SOS
from sklearn.metrics import roc_auc_score

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
train, elsewhere = rng.normal(size=(200, 3)), rng.normal(size=(200, 3)) * 50 + 100
y = np.repeat([0, 1], [100, 30])
test = np.concatenate([rng.normal(size=(100, 3)), rng.normal(size=(30, 3)) * 0.3 + [7, -7, 7]])


def scored(model, rows, batch):
    with contextlib.redirect_stdout(io.StringIO()):
        return model.fit(rows).decision_function(batch)


print("pyod 3.6.7; expected: other training rows give other scores")
auc = {}
for kind in (COF, SOD, SOS, LMDD, KNN):
    here, there = scored(kind(), train, test), scored(kind(), elsewhere, test)
    same = bool(np.allclose(here, there))
    auc[kind] = roc_auc_score(y, here)
    print(f"seen, {kind.__name__}: same scores after fitting elsewhere: {same}; ROC AUC {auc[kind]:.2f}")
    assert same == (kind is not KNN)
assert auc[KNN] == 1.0 and auc[COF] < 0.7 and auc[SOD] < 0.6

for kind in (ECOD, COPOD):
    whole, part = scored(kind(), train, test)[0], scored(kind(), train, test[:50])[0]
    print(f"seen, {kind.__name__}: one row scores {whole:.3f} in the batch, {part:.3f} in half of it")
    assert abs(whole - part) > 1e-3
alone = scored(SOS(), train, test[:1])
print(f"seen, SOS: the same row scored alone: {alone[0]}")
assert np.isnan(alone[0])
PYTHON
