#!/usr/bin/env bash
# PyOD's predict_proba neither agrees with predict nor ranks as the scores do.
#
# Packages: pyod==3.6.7, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: a monotone map of the score onto [0, 1], at about 0.5 where `predict` turns to 1.
# Seen: 'linear' divides by the training range: one extreme training row leaves every new row below 0.01
#   while predict flags 10 % of them. 'unify' clips at zero: 65 % of the rows get exactly 0, 14 %
#   instead of 10 % reach 0.5, and the ROC AUC is 0.03 lower.
# Why it matters: probabilities are what calibration metrics, ensembles and threshold sweeps at 0.5 are
#   fed with; a leaderboard of such values ranks maps rather than detectors.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    pyod==3.6.7 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from pyod.models.knn import KNN
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(0)
train = np.concatenate([rng.normal(size=(950, 5)), rng.normal(size=(50, 5)) * 2])
test = np.concatenate([rng.normal(size=(950, 5)), rng.normal(size=(50, 5)) * 2])
y = np.repeat([0, 1], [950, 50])
print("pyod 3.6.7, KNN; expected: probability 0.5 where predict turns to 1, the same ROC AUC")

model = KNN().fit(np.concatenate([train, [[1000.0] * 5]]))
highest, flagged = model.predict_proba(test)[:, 1].max(), model.predict(test).mean()
print(
    f"seen, linear, one extreme training row: highest probability {highest:.4f}, predict flags "
    f"{flagged:.1%}"
)
assert highest < 0.01 and flagged > 0.05

model = KNN().fit(train)
unified = model.predict_proba(test, method="unify")[:, 1]
zero, half = (unified == 0).mean(), (unified >= 0.5).mean()
loss = roc_auc_score(y, model.decision_function(test)) - roc_auc_score(y, unified)
print(
    f"seen, unify: exactly 0 on {zero:.0%} of rows, 0.5 or more on {half:.1%}, predict flags "
    f"{model.predict(test).mean():.1%}"
)
print(f"seen, unify: ROC AUC lower by {loss:.3f}")
assert zero > 0.5 and half > 1.2 * model.predict(test).mean() and loss > 0.01
PYTHON
