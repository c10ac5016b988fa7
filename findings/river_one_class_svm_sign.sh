#!/usr/bin/env bash
# River's one-class support vector machine scores the other way round.
#
# Packages: river==0.26.1, scikit-learn==1.9.1
# Expected: as for each detector of River, a high score means an anomaly; rows on the origin's side of the
#   hyperplane, which is what a linear one-class machine calls outlying, score above the others.
# Seen: normal rows around 1 and anomalies around -1 in three columns: ROC AUC 0.01, of the scores with
#   their sign turned 0.99, and 1.00 for scikit-learn's stochastic one-class machine and River's half-space
#   trees. With anomalies around 3, which such a machine cannot see, River's has 0.98 and scikit-learn's
#   0.00. The score is the dot product with the weights, which points at the normal rows.
# Why it matters: among streaming detectors it is last by its sign alone, and a filter that holds back the
#   highest scores lets the anomalies in.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    river==0.26.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from river import anomaly
from sklearn.linear_model import SGDOneClassSVM
from sklearn.metrics import roc_auc_score

WARM_UP = 500


def stream(centre, seed):
    """Normal rows around 1 in each column, one of twenty around ``centre``."""
    rng = np.random.default_rng(seed)
    y = (rng.uniform(size=3000) < 0.05).astype(int)
    return np.where(y == 1, centre, 1)[:, None] + 0.3 * rng.normal(size=(3000, 3)), y


def auc(model, X, y):
    """Each row is scored before it is learnt; the first are not judged."""
    scores = []
    for row in X:
        values = {str(column): float(value) for column, value in enumerate(row)}
        scores.append(model.score_one(values))
        model.learn_one(values)
    return roc_auc_score(y[WARM_UP:], scores[WARM_UP:])


print("river 0.26.1, OneClassSVM; expected: a high score is an anomaly on the origin's side")
limits = {str(column): (-5, 5) for column in range(3)}
for centre in (-1, 3):
    aucs = []
    for seed in range(3):
        X, y = stream(centre, seed)
        batch = SGDOneClassSVM(nu=0.1, random_state=seed).fit(X[:WARM_UP])
        aucs.append(
            (
                auc(anomaly.OneClassSVM(nu=0.1), X, y),
                roc_auc_score(y[WARM_UP:], -batch.score_samples(X[WARM_UP:])),
                auc(anomaly.HalfSpaceTrees(limits=limits, seed=seed), X, y),
            )
        )
    river, scikit_learn, trees = np.mean(aucs, axis=0)
    print(
        f"seen, anomalies around {centre}: ROC AUC {river:.2f}, with the sign turned {1 - river:.2f}; "
        f"scikit-learn's SGDOneClassSVM {scikit_learn:.2f}, half-space trees {trees:.2f}"
    )
    assert trees > 0.95
    if centre < 1:
        assert river < 0.1 and scikit_learn > 0.95
    else:
        assert river > 0.9 and scikit_learn < 0.1
PYTHON
