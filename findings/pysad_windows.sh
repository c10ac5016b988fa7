#!/usr/bin/env bash
# In pysad's windowed metrics a stretch without anomalies counts as a failure of the detector.
#
# Packages: pysad==0.7.0, scikit-learn==1.9.1, numpy==2.4.6, scipy==1.17.1
# Expected: `WindowedMetric` averages a metric over windows of a stream, so scores that are perfect in every
#   window have an average precision of 1, and what flags each point has a recall of 1.
# Seen: at one anomaly in 115 points, 0.36 with windows of 50 points, 0.61 with 100 and 0.93 with 300, both
#   of them: windows without an anomaly count as 0, whatever the detector, so that what is measured is the
#   share of windows that have one. Perfect scores in windows of 50 points get less than noisy ones in windows
#   of 300, 0.62.
# Why it matters: the data set and the size of the windows decide the level, so that it cannot be compared
#   between streams, and averages over streams count those with the most anomalies most.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    pysad==0.7.0 scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import warnings

import numpy as np
from pysad.evaluation import AUPRMetric, RecallMetric, WindowedMetric

warnings.simplefilter("ignore")
POINTS = 9000
rng = np.random.default_rng(0)
y = (rng.random(POINTS) < 0.01).astype(int)
perfect = y + 0.1 * rng.random(POINTS)
noisy = 3 * y + rng.normal(size=POINTS)


def windowed(metric, size, predictions):
    found = WindowedMetric(metric, size)
    for truth, prediction in zip(y, predictions, strict=True):
        found.update(int(truth), float(prediction))
    return found.get()


whole = AUPRMetric()
for truth, score in zip(y, noisy, strict=True):
    whole.update(int(truth), float(score))
print(
    f"pysad 0.7.0, a stream of {POINTS} points with {y.sum()} anomalies; expected: perfect scores have a windowed "
    "average precision of 1, and flags at each point a recall of 1"
)
noisy_scores = {}
for size in (50, 100, 300, 1000):
    with_anomaly = y[: POINTS // size * size].reshape(-1, size).any(axis=1).mean()
    precision = windowed(AUPRMetric, size, perfect)
    recall = windowed(RecallMetric, size, np.ones(POINTS))
    noisy_scores[size] = windowed(AUPRMetric, size, noisy)
    print(
        f"seen, windows of {size}, of which {with_anomaly:.2f} have an anomaly: average precision of perfect scores "
        f"{precision:.2f}, of noisy ones {noisy_scores[size]:.2f} (over the whole stream {whole.get():.2f}); recall "
        f"of flags at each point {recall:.2f}"
    )
    assert np.isclose(precision, with_anomaly) and np.isclose(recall, with_anomaly)
    assert (with_anomaly < 0.95) == (size < 1000)
assert windowed(AUPRMetric, 50, perfect) < 0.5 < noisy_scores[300]
PYTHON
