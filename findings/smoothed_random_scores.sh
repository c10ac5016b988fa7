#!/usr/bin/env bash
# Random scores gain average precision by being smoothed, where anomalies are ranges.
#
# Packages: scikit-learn==1.9.1, numpy==2.4.6
# Expected: scores that know nothing have an average precision of the share of anomalous points, whatever
#   moving mean is taken of them, as their ROC AUC stays 0.5.
# Seen: over 1 000 series of 2 000 points with one anomalous range of 100, uniform random scores have 0.054 on
#   average, and 0.085 with a moving mean over 100 points, half as much again; ROC AUC stays 0.50.
# Why it matters: neighbouring scores that are alike make a few broad peaks. Where one of them meets the range
#   by chance, precision is high at once, which counts for more than the many times it is missed. So of two
#   detectors that are as often right the smoother one wins by AP and VUS-PR; a reference of random scores has
#   to be smoothed alike.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    scikit-learn==1.9.1 numpy==2.4.6
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

POINTS, RANGE, WINDOW, SERIES = 2000, 100, 100, 1000
found = {"as they are": [], "smoothed": []}
for seed in range(SERIES):
    rng = np.random.default_rng(seed)
    y = np.zeros(POINTS, dtype=int)
    start = rng.integers(0, POINTS - RANGE)
    y[start : start + RANGE] = 1
    scores = rng.random(POINTS + WINDOW - 1)
    smoothed = np.convolve(scores, np.ones(WINDOW) / WINDOW, mode="valid")
    for name, values in (("as they are", scores[:POINTS]), ("smoothed", smoothed)):
        found[name].append((average_precision_score(y, values), roc_auc_score(y, values)))
print(f"random scores, {RANGE} of {POINTS} points anomalous; expected: average precision {RANGE / POINTS:.3f} in both")
for name, values in found.items():
    mean, error = np.mean(values, axis=0), np.std(values, axis=0) / np.sqrt(SERIES)
    print(
        f"seen, {name}: average precision {mean[0]:.3f} (standard error {error[0]:.3f}), "
        f"ROC AUC {mean[1]:.3f} ({error[1]:.3f})"
    )
plain, smooth = (np.mean(found[name], axis=0) for name in found)
assert smooth[0] > 1.3 * plain[0] and abs(smooth[1] - plain[1]) < 0.03
PYTHON
