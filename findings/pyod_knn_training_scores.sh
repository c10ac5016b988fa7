#!/usr/bin/env bash
# PyOD's kNN has two scores for a training row, and one can be a constant.
#
# Packages: pyod==3.6.7, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: `decision_function(X_train)` equals `decision_scores_`, as in most detectors of the library.
# Seen: the former counts a row as its own neighbour. With one neighbour it is zero on every row (ROC
#   AUC 0.50 where decision_scores_ have 0.99), and with `labels_` flagging 10 %, `predict` on the same
#   rows flags none.
# Why it matters: under the unsupervised protocol (fit and score the same rows) a harness that calls
#   decision_function evaluates k - 1 neighbours, and its threshold from decision_scores_ is offset. LOF
#   does the same.
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
from pyod.models.lof import LOF
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(0)
X = np.concatenate([rng.normal(size=(500, 3)), rng.normal(size=(20, 3)) * 4])
y = np.repeat([0, 1], [500, 20])
model = KNN(n_neighbors=1).fit(X)
again = model.decision_function(X)
own_auc, auc = roc_auc_score(y, model.decision_scores_), roc_auc_score(y, again)
print("pyod 3.6.7, KNN(n_neighbors=1); expected: the same scores")
print(f"seen: ROC AUC of decision_scores_ {own_auc:.2f}, of decision_function(X_train) {auc:.2f}")
print(f"seen: labels_ flag {model.labels_.mean():.1%}, predict(X_train) {model.predict(X).mean():.1%}")
assert own_auc > 0.85 and auc == 0.5 and (again == 0).all()
assert abs(model.labels_.mean() - 0.1) < 0.01 and model.predict(X).sum() == 0

five, four = KNN(n_neighbors=5).fit(X), KNN(n_neighbors=4).fit(X)
same = np.allclose(five.decision_function(X), four.decision_scores_)
print(f"seen: decision_function(X_train) with 5 neighbours equals decision_scores_ with 4: {same}")
assert same
lof = LOF().fit(X)
gap = np.abs(lof.decision_function(X) - lof.decision_scores_).max()
print(f"seen, LOF: largest difference {gap:.2f}")
assert gap > 0.1
PYTHON
