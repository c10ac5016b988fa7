#!/usr/bin/env bash
# PyOD's QMCD calls the rows farthest outside the most normal.
#
# Packages: pyod==3.6.7, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: the farther a row lies from the training rows, the higher it scores.
# Seen: on Gaussian data of 3 or 10 columns rows at 4 standard deviations score highest (ROC AUC 1.0),
#   and rows at 7 standard deviations below all training rows (0.0); on uniform data both are at 0.0.
#   Moved back to the border of the training range the same rows score highest among Gaussian rows
#   (among uniform ones 0.3).
# Why it matters: the discrepancy is one of points in the unit cube, to which only the training rows are
#   scaled: outside of it the measure has no meaning. One-class evaluation, where test anomalies leave
#   the training range, turns a usable detector upside down.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    pyod==3.6.7 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from pyod.models.qmcd import QMCD
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(0)
y = np.repeat([0, 1], [400, 30])


def auc(model, train, rows):
    return roc_auc_score(y, model.decision_function(np.concatenate([train, rows])))


print("pyod 3.6.7, QMCD; expected: ROC AUC near 1, the more so the farther out")
for name, train in {
    "Gaussian, 3 columns": rng.normal(size=(400, 3)),
    "Gaussian, 10 columns": rng.normal(size=(400, 10)),
    "uniform, 3 columns": rng.uniform(size=(400, 3)),
}.items():
    model = QMCD().fit(train)
    noise = 0.1 * rng.normal(size=(30, train.shape[1]))
    near, far = (train.mean(axis=0) + train.std(axis=0) * (distance + noise) for distance in (4, 7))
    border = np.clip(far, train.min(axis=0), train.max(axis=0))
    values = [auc(model, train, rows) for rows in (near, far, border)]
    print(
        f"seen, {name}: 4 sd {values[0]:.2f}, 7 sd {values[1]:.2f}, 7 sd moved to the border "
        f"{values[2]:.2f}"
    )
    assert values[1] < 0.05
    if name.startswith("Gaussian"):
        assert values[0] > 0.85 and values[2] > 0.9
    else:
        assert values[0] < 0.05 and values[2] < 0.6
PYTHON
