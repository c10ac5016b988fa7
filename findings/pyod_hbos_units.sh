#!/usr/bin/env bash
# In PyOD's HBOS a column counts for as much as its unit is large.
#
# Packages: pyod==3.6.7, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: each column has a histogram of its own, so its unit changes nothing, and HBOS needs no scaling.
# Seen: anomalies at 5 metres, or standard deviations, in the first of five columns have a ROC AUC of 0.88
#   if the column is in metres, 0.99 in kilometres and 0.53 in millimetres; with all five in millimetres it
#   is 0.82. The constant `alpha=0.1` is added to densities, whose unit is one over the column's: where
#   values are in the thousands all densities are far below 0.1, and all bars alike. With alpha=1e-6 it is
#   0.97 in each.
# Why it matters: a column of amounts has no say beside one of rates, and HBOS is another detector on rows
#   scaled to [0, 1] than on rows of unit variance, which lose to the constant, too: 0.88 in place of 0.97.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    pyod==3.6.7 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from pyod.models.hbos import HBOS
from sklearn.metrics import roc_auc_score

METRES = {"kilometres": 1e-3, "metres": 1, "millimetres": 1e3}  # the number that stands for one metre
y = np.repeat([0, 1], [500, 50])


def auc(units, seed, **params):
    """Of rows whose anomalies are at 5 standard deviations of one metre in the first column."""
    rng = np.random.default_rng(seed)
    train, test = rng.normal(size=(1000, 5)), rng.normal(size=(550, 5))
    test[500:, 0] = rng.choice([-5, 5], 50)
    return roc_auc_score(y, HBOS(**params).fit(train * units).decision_function(test * units))


def mean_aucs(columns, **params):
    """By the unit of the first columns; the others are in metres."""
    return {
        name: np.mean(
            [auc(np.repeat([unit, 1.0], [columns, 5 - columns]), seed, **params) for seed in range(5)]
        )
        for name, unit in METRES.items()
    }


def told(values):
    return ", ".join(f"{value:.3f} in {name}" for name, value in values.items())


print("pyod 3.6.7, HBOS; expected: the same ROC AUC whatever the units")
first, every, tiny = mean_aucs(1), mean_aucs(5), mean_aucs(1, alpha=1e-6)
print(f"seen, first column: {told(first)}")
print(f"seen, all columns: {told(every)}")
print(f"seen, first column, alpha=1e-6: {told(tiny)}")
assert first["kilometres"] > 0.97 and 0.8 < first["metres"] < 0.95 and first["millimetres"] < 0.65
assert every["kilometres"] - every["millimetres"] > 0.05
assert max(tiny.values()) - min(tiny.values()) < 0.01 and min(tiny.values()) > 0.93
PYTHON
