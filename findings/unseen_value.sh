#!/usr/bin/env bash
# A value that no training row has is invisible to an isolation forest, until anomalies are trained on.
#
# Packages: pyod==3.6.7, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: fitted to normal rows whose sixth column, say an error flag, is always 0, a detector finds the
#   rows where it is 1; anomalies among the training rows make it worse.
# Seen: isolation forest and HBOS have a ROC AUC of 0.51 when all 1000 training rows are normal and of 0.99
#   with five such anomalies among them: no tree cuts a constant column, and a histogram gives all values the
#   bar that it has. EllipticEnvelope, robust as it is, has 0.51 in both cases. LOF has 0.9 in both.
# Why it matters: one-class protocols and filters of the training data are there to help; here they take
#   away what was to be found, and a comparison of regimes says the opposite of what one believes of it.
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
from pyod.models.hbos import HBOS
from sklearn.covariance import EllipticEnvelope
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor

warnings.simplefilter("ignore", UserWarning)  # that the covariance is not of full rank
y = np.repeat([0, 1], [500, 100])


def aucs(anomalies, seed):
    """ROC AUC of each detector with so many anomalies among its 1000 training rows."""
    rng = np.random.default_rng(seed)

    def rows(count, flag):
        return np.column_stack([rng.normal(size=(count, 5)), np.full(count, flag)])

    train = np.concatenate([rows(1000 - anomalies, 0), rows(anomalies, 1)])
    test = np.concatenate([rows(500, 0), rows(100, 1)])
    normality = {
        "isolation forest": IsolationForest(random_state=seed).fit(train).score_samples(test),
        "HBOS": -HBOS().fit(train).decision_function(test),
        "EllipticEnvelope": EllipticEnvelope(random_state=seed).fit(train).score_samples(test),
        "LOF": LocalOutlierFactor(novelty=True).fit(train).score_samples(test),
    }
    return {name: roc_auc_score(y, -values) for name, values in normality.items()}


print("scikit-learn 1.9.1, pyod 3.6.7; expected: a flag never set in training is found, best if so")
seen = {}
for anomalies in (0, 1, 5):
    runs = [aucs(anomalies, seed) for seed in range(5)]
    seen[anomalies] = {name: np.mean([run[name] for run in runs]) for name in runs[0]}
    values = ", ".join(f"{name} {value:.2f}" for name, value in seen[anomalies].items())
    print(f"seen: {anomalies} anomalies among 1000 training rows: {values}")
assert all(seen[0][name] < 0.6 and seen[5][name] > 0.95 for name in ("isolation forest", "HBOS"))
assert all(abs(seen[anomalies]["EllipticEnvelope"] - 0.5) < 0.1 for anomalies in (0, 5))
assert min(each["LOF"] for each in seen.values()) > 0.85
PYTHON
