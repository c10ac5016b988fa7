#!/usr/bin/env bash
# PyOD's reject option rejects anomalies that nothing could be confused with.
#
# Packages: pyod==3.6.7, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: `predict_with_rejection` leaves open the rows near the border; anomalies 100 standard deviations
#   from all normal rows are predicted to be anomalies, the more so where `contamination` is their true
#   share.
# Seen: `predict` finds nearly all of them. With rejection, all new anomalies are left open where 200
#   training rows hold ten, and two of three where 1000 hold fifty; of new normal rows 24 and 8 % are.
#   Confidence knows the rank of a score among the training scores alone: an anomaly in the middle of its
#   kind is as near to the border as the count of them, however wide the gap.
# Why it matters: a metric of the rows that were decided has few anomalies left, or none; a user who turns
#   the option on to be alerted of sure cases only is not alerted of the surest.
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
from pyod.models.iforest import IForest
from pyod.models.knn import KNN

warnings.simplefilter("ignore", UserWarning)  # that the cost of rejection is the contamination


def rows(rng, normal, anomalies):
    """Three columns; the anomalies last, 100 standard deviations away in each, on either side."""
    sides = rng.choice([-100, 100], size=(anomalies, 3))
    return np.concatenate([rng.normal(size=(normal, 3)), rng.normal(size=(anomalies, 3)) + sides])


def shares(detector, count, seed):
    """Of new anomalies: found by predict, found with rejection, left open. Of new normal rows: left open."""
    rng = np.random.default_rng(seed)
    anomalies = count // 20
    extra = {"random_state": seed} if detector is IForest else {}
    model = detector(contamination=0.05, **extra).fit(rows(rng, count - anomalies, anomalies))
    new = rows(rng, 2000, 200)
    plain, optional = model.predict(new), model.predict_with_rejection(new)
    return (
        (plain[2000:] == 1).mean(),
        (optional[2000:] == 1).mean(),
        (optional[2000:] == -2).mean(),
        (optional[:2000] == -2).mean(),
    )


print("pyod 3.6.7, predict_with_rejection; expected: distant anomalies are predicted to be some")
for count in (200, 1000):
    for detector in (KNN, IForest):
        seen = np.mean([shares(detector, count, seed) for seed in range(5)], axis=0)
        plain, found, rejected, normal = seen
        print(
            f"seen, {count} training rows, {count // 20} of them anomalies, {detector.__name__}: predict "
            f"finds {plain:.0%}; with rejection {found:.0%}, {rejected:.0%} left open, as are {normal:.0%} "
            "of the normal rows"
        )
        assert plain > 0.85 and normal > 0.03
        assert rejected > (0.95 if count == 200 else 0.35)
PYTHON
