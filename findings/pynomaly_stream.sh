#!/usr/bin/env bash
# PyNomaly's local outlier probability of a new row is not local: most of a sparse cluster's rows are outliers.
#
# Packages: PyNomaly==0.4.0, scikit-learn==1.9.1, numpy==2.4.6, scipy==1.17.1
# Expected: `stream` gives a new row about what `fit` gives it among the training rows, a probability that
#   compares its distances with those of its neighbours: rows ten deviations from a dense cluster have nearly
#   1, and new normal rows, of the dense cluster as of a sparse one, seldom more than 0.5.
# Seen: 72 % of the sparse cluster's new normal rows have more than 0.5, and none of the dense cluster's. ROC
#   AUC 0.72, and 1.00 by `fit` with the row added, and by scikit-learn's LOF. A new row's distances are
#   compared with the mean over all training rows, where `fit` takes the row's neighbours.
# Why it matters: who chose the method for clusters of unequal density gets the false alarms of a global one,
#   and a test by `fit` on all rows, which is good, does not show it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    PyNomaly==0.4.0 scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from PyNomaly import loop
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import LocalOutlierFactor

NEIGHBOURS, TRAIN, NEW, ANOMALIES = 20, 300, 50, 20
rng = np.random.default_rng(0)


def clusters(rows):
    return np.vstack([rng.normal(0, 0.1, (rows, 2)), rng.normal(10, 2, (rows, 2))])


def fitted(rows):
    return loop.LocalOutlierProbability(rows, n_neighbors=NEIGHBOURS).fit()


train, normal = clusters(TRAIN), clusters(NEW)
angle = rng.uniform(0, 2 * np.pi, ANOMALIES)
test = np.vstack([normal, np.column_stack([np.cos(angle), np.sin(angle)])])
kind = np.repeat(["normal, dense", "normal, sparse", "anomalous"], [NEW, NEW, ANOMALIES])

model = fitted(train)
ways = {
    "stream": np.array([float(model.stream(row)) for row in test]),
    "fit with the row added": np.array(
        [float(fitted(np.vstack([train, row])).local_outlier_probabilities[-1]) for row in test]
    ),
}
print(
    "PyNomaly 0.4.0, a dense and a sparse cluster; expected: new rows near the dense one are outliers, new rows of "
    "either cluster are not, and both ways agree"
)
area, above = {}, {}
for way, probability in ways.items():
    area[way] = roc_auc_score(kind == "anomalous", probability)
    above[way] = {each: (probability[kind == each] > 0.5).mean() for each in ("normal, dense", "normal, sparse")}
    assert (probability[kind == "anomalous"] > 0.5).all()
    print(
        f"seen, {way}: ROC AUC {area[way]:.2f}; above 0.5: "
        + ", ".join(f"{(probability[kind == each] > 0.5).mean():.0%} {each}" for each in dict.fromkeys(kind.tolist()))
    )
factor = LocalOutlierFactor(n_neighbors=NEIGHBOURS, novelty=True).fit(train)
by_factor = roc_auc_score(kind == "anomalous", -factor.score_samples(test))
print(f"seen, LOF of scikit-learn: ROC AUC {by_factor:.2f}")
assert area["stream"] < 0.9 and min(area["fit with the row added"], by_factor) > 0.98
assert above["stream"]["normal, sparse"] > 0.5 and above["stream"]["normal, dense"] == 0
assert above["fit with the row added"]["normal, sparse"] < 0.25
PYTHON
