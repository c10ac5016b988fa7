#!/usr/bin/env bash
# PyOD's threshold_ is on another scale than its scores once pythresh sets it.
#
# Packages: pyod==3.6.7, pythresh==1.1.1
# Expected: the rows that a fitted detector labels are those whose score is above its threshold_, as with a
#   number as contamination.
# Seen: with a method of pythresh as contamination, threshold_ is on the scale that the method maps scores to,
#   0 to 1: of 1 000 rows IQR labels 5 %, and the scores of all rows are above threshold_. Another unit of
#   the columns changes scores and leaves threshold_ as it is. predict on a single row raises a TypeError.
# Why it matters: alerts, lines in plots and exported models that compare scores with threshold_ flag
#   everything or nothing, without an error.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    pyod==3.6.7 pythresh==1.1.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import warnings

import numpy as np
from pyod.models.knn import KNN
from pyod.models.thresholds import IQR, KARCH, MAD

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
X = np.concatenate([rng.normal(size=(950, 5)), rng.normal(4, 1, size=(50, 5))])


def above(detector):
    return (detector.decision_scores_ > detector.threshold_).mean()


print("pyod 3.6.7 with pythresh 1.1.1, kNN; expected: the share labelled is the share above threshold_")
fixed = KNN(contamination=0.05).fit(X)
print(f"seen, contamination 0.05: {fixed.labels_.mean():.3f} labelled, {above(fixed):.3f} above threshold_")
assert fixed.labels_.mean() == above(fixed)
for method in (IQR, MAD, KARCH):
    detector, thousandth = KNN(contamination=method()).fit(X), KNN(contamination=method()).fit(X / 1000)
    print(
        f"seen, {method.__name__}: {detector.labels_.mean():.3f} labelled, {above(detector):.3f} above "
        f"threshold_ {detector.threshold_:.3f}; in units of a thousand {above(thousandth):.3f} above "
        f"{thousandth.threshold_:.3f}"
    )
    assert detector.labels_.mean() < 0.2 and above(detector) > 0.9 and above(thousandth) == 0
    assert np.isclose(detector.threshold_, thousandth.threshold_)
try:
    detector.predict(X[:1])
except TypeError as error:
    print(f"seen, predict on one row: {error}")
else:
    raise SystemExit("predict labels a single row now")
PYTHON
