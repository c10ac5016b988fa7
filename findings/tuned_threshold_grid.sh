#!/usr/bin/env bash
# One extreme training row leaves scikit-learn's tuned threshold next to nothing to choose from.
#
# Packages: scikit-learn==1.9.1, numpy==2.4.6, scipy==1.17.1
# Expected: `TunedThresholdClassifierCV` finds the threshold of best balanced accuracy among the scores, so
#   what one of 5000 training rows is like does not matter, if the ranking by the classifier does not change.
# Seen: its 100 thresholds are equally far apart from the lowest score to the highest. A normal row with
#   -1000 in one column, the others' deviation being 1, takes the balanced accuracy on new rows from 0.83 to
#   0.75, and -10000 to 0.50, at a ROC AUC of 0.91 throughout: one threshold, then none, lies among the new
#   rows' scores. With quantiles of the training scores as `thresholds` it is 0.83 throughout.
# Why it matters: scores of anomaly detectors have long tails, thresholds are tuned because anomalies are
#   rare, and ranking metrics do not show that nothing is flagged any more.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from sklearn.metrics import balanced_accuracy_score, roc_auc_score, roc_curve
from sklearn.model_selection import TunedThresholdClassifierCV
from sklearn.svm import LinearSVC

ROWS, COLUMNS, ANOMALOUS = 5000, 4, 0.05
rng = np.random.default_rng(0)


def rows():
    y = rng.random(ROWS) < ANOMALOUS
    return rng.normal(size=(ROWS, COLUMNS)) + y[:, None], y


def tuned(X, y, **params):
    return TunedThresholdClassifierCV(LinearSVC(), scoring="balanced_accuracy", **params).fit(X, y)


X, y = rows()
X_test, y_test = rows()
row = np.flatnonzero(~y)[0]
print(
    "scikit-learn 1.9.1, a linear SVM with a tuned threshold; expected: one extreme training row changes "
    "neither the ranking nor the balanced accuracy"
)
seen = {}
for extreme in (None, -100, -1000, -10000):
    train = X.copy()
    if extreme is not None:
        train[row, 0] = extreme
    model = tuned(train, y, store_cv_results=True)
    scores = model.estimator_.decision_function(X_test)
    thresholds = model.cv_results_["thresholds"]
    among = int(((thresholds > scores.min()) & (thresholds < scores.max())).sum())
    quantiles = np.quantile(model.estimator_.decision_function(train), np.linspace(0, 1, 100))
    false_alarms, found, _ = roc_curve(y_test, scores)
    area = roc_auc_score(y_test, scores)
    best = ((found + 1 - false_alarms) / 2).max()
    accuracy = balanced_accuracy_score(y_test, model.predict(X_test))
    by_quantiles = balanced_accuracy_score(y_test, tuned(train, y, thresholds=quantiles).predict(X_test))
    seen[extreme] = accuracy
    print(
        f"seen, {'no such row' if extreme is None else f'a row with {extreme}'}: ROC AUC {area:.2f}; "
        f"{among} of {len(thresholds)} thresholds among the scores; balanced accuracy {accuracy:.2f} of "
        f"{best:.2f} possible, by quantiles {by_quantiles:.2f}; flagged: {model.predict(X_test).sum()}"
    )
    assert len(thresholds) == 100 and area > 0.9 and by_quantiles > 0.82
assert seen[None] > 0.82 and seen[-1000] < 0.78 and seen[-10000] < 0.55
PYTHON
