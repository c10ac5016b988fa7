#!/usr/bin/env bash
# Sktime's area under the precision-recall curve is perfect for an alarm at every point.
#
# Packages: sktime==1.2.0, numpy==2.4.6, scikit-learn==1.9.1
# Expected: of predicted points without scores, an alarm at each of 1000 points, 40 of which are anomalous,
#   gets about 0.04.
# Seen: `TimeSeriesAUPRC` gives it 1.0, as to the true points. Points without a score are given one, by how
#   near they are to the nearest *true* anomaly, so that false alarms rank last by the answer. Every second
#   point gets 0.35, and 40 random ones 0.06.
# Why it matters: it rewards alarms by their number, and of two detectors that return positions the one that
#   calls all anomalous is the best there can be.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    sktime==1.2.0 numpy==2.4.6 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score
from sktime.performance_metrics.detection import TimeSeriesAUPRC

POINTS = 1000
truth = np.r_[200:220, 700:720]
rng = np.random.default_rng(0)
predictions = {
    "the true points": truth,
    "every point": np.arange(POINTS),
    "every second point": np.arange(0, POINTS, 2),
    "40 random points": np.sort(rng.choice(POINTS, 40, replace=False)),
    "half of each range": np.r_[200:210, 700:710],
    "half of each range, and 500 false alarms": np.unique(
        np.r_[200:210, 700:710, rng.choice(np.r_[0:200, 220:700, 720:POINTS], 500, replace=False)]
    ),
}
y = np.isin(np.arange(POINTS), truth)
print("sktime 1.2.0, TimeSeriesAUPRC of points; expected: 0.04 for an alarm at every point")
seen = {}
for name, points in predictions.items():
    frames = (pd.DataFrame({"ilocs": each}) for each in (truth, points))
    seen[name] = TimeSeriesAUPRC().evaluate(*frames)
    average_precision = average_precision_score(y, np.isin(np.arange(POINTS), points))
    print(f"seen, {name}: {seen[name]:.2f}; average precision of the flags {average_precision:.2f}")
assert seen["the true points"] == seen["every point"] == 1
assert seen["every second point"] > 3 * seen["40 random points"]
PYTHON
