#!/usr/bin/env bash
# OneClassSVM flags far more rows than nu, which is said to bound them.
#
# Packages: numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: nu is an upper bound on the share of training rows outside: nu=0.01 flags at most 1 % of
#   them, and little more of new rows of the same law.
# Seen: on 300 rows of 50 columns about 14 % of the training rows and a quarter of new clean rows are
#   flagged, at any tolerance of the solver; at nu=0.1 it is hardly different. A quarter of the rows are
#   support vectors on the border, where the decision value is zero but for rounding, and half of those
#   round to below zero.
# Why it matters: a false-alarm rate set by nu is off by a factor of 14 to 25, so a comparison at
#   'equal' nu and contamination compares something else; the ranking is unharmed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from sklearn.svm import OneClassSVM

rng = np.random.default_rng(0)
train, new = rng.normal(size=(300, 50)), rng.normal(size=(5000, 50))
print(
    "scikit-learn 1.9.1, OneClassSVM(nu=0.01), 300 x 50; expected: at most 1 % of training rows, 1-3 % of "
    "new"
)
for tolerance in (1e-3, 1e-8):
    model = OneClassSVM(nu=0.01, tol=tolerance).fit(train)
    scores = model.decision_function(train)
    outside, clearly = (model.predict(train) == -1).mean(), (scores < -10 * tolerance).mean()
    alarms = (model.predict(new) == -1).mean()
    print(
        f"seen, tol={tolerance:g}: training rows {outside:.1%} (by more than rounding {clearly:.1%}), new "
        f"{alarms:.1%}"
    )
    assert outside > 0.08 and clearly <= 0.01 and alarms > 0.15
tenfold = (OneClassSVM(nu=0.1).fit(train).predict(new) == -1).mean()
print(f"seen, nu=0.1: new {tenfold:.1%}")
assert abs(tenfold - alarms) < 0.08
PYTHON
