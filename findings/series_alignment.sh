#!/usr/bin/env bash
# One matrix profile, three places: where a library puts a window's score decides what it finds.
#
# Packages: aeon==1.6.0, dtaianomaly==0.5.1, pyod==3.6.7, stumpy==1.14.1, numpy==2.3.5, scikit-learn as aeon needs
# Expected: libraries that turn the distances of windows into a score for each point agree where an anomaly
#   is: the highest scores are inside it.
# Seen: ten points shifted in a noisy sine, window 50, one matrix profile. stumpy's own values belong to a
#   window's first point; PyOD takes the highest of the windows that cover a point: both have their highest
#   point 43 before the anomaly's first one, average precision 0.12 and 0.15. aeon and dtaianomaly take the
#   mean of the covering windows: the highest point is inside, average precision 0.99. ROC AUC tells
#   little of it, 0.98 to 1.00.
# Why it matters: differences between libraries on anomalies shorter than the window are of the alignment, not
#   of the detector, and alarms come up to a window early or late.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    aeon==1.6.0 dtaianomaly==0.5.1 pyod==3.6.7 stumpy==1.14.1 numpy==2.3.5
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import warnings

import numpy as np
import stumpy
from aeon.anomaly_detection.series.distance_based import STOMP
from dtaianomaly.anomaly_detection import MatrixProfileDetector
from pyod.models.ts_matrix_profile import MatrixProfile
from sklearn.metrics import average_precision_score, roc_auc_score

warnings.simplefilter("ignore")
WINDOW = 50
rng = np.random.default_rng(0)
series = np.sin(2 * np.pi * np.arange(2000) / 50) + 0.05 * rng.normal(size=2000)
series[1000:1010] += 1.5
y = np.zeros(2000, dtype=int)
y[1000:1010] = 1

distances = stumpy.stump(series, WINDOW)[:, 0].astype(float)
lowest = distances.min()
before = WINDOW // 2
detector = MatrixProfileDetector(window_size=WINDOW)
detector.fit(series)
scores = {
    "stumpy, first point": np.pad(distances, (0, WINDOW - 1), constant_values=lowest),
    "stumpy, middle": np.pad(distances, (before, WINDOW - 1 - before), constant_values=lowest),
    "pyod": MatrixProfile(window_size=WINDOW).fit(series[:, None]).decision_scores_,
    "aeon": STOMP(window_size=WINDOW).fit_predict(series),
    "dtaianomaly": detector.decision_function(series),
}
print("matrix profile, window 50, anomaly at 1000 to 1009; expected: the highest score inside it in each")
precision = {}
for name, values in scores.items():
    values = np.asarray(values, dtype=float).ravel()
    precision[name] = average_precision_score(y, values)
    print(
        f"seen, {name}: highest at {values.argmax()}, average precision {precision[name]:.2f}, "
        f"ROC AUC {roc_auc_score(y, values):.3f}"
    )
assert precision["stumpy, first point"] < 0.2 and precision["pyod"] < 0.2
assert precision["aeon"] > 0.95 and precision["dtaianomaly"] > 0.95
PYTHON
