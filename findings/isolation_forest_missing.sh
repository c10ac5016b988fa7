#!/usr/bin/env bash
# IsolationForest takes a row of missing values for the most normal row there is.
#
# Packages: numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: a missing value raises an error, as in LOF and OneClassSVM, or counts as unusual.
# Seen: fitted on complete rows, a row with a missing value scores lower with each value that is
#   missing, and one with all missing scores below every training row; an anomaly loses its rank with
#   its value. Where training rows have missing values the sign turns round, and rows with missing
#   values are the most anomalous.
# Why it matters: broken sensors are often what one looks for, and which way they are scored depends on
#   whether the training file had gaps.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from sklearn.ensemble import IsolationForest

rng = np.random.default_rng(0)
X = rng.normal(size=(2000, 4))
model = IsolationForest(random_state=0).fit(X)
reference = np.sort(-model.score_samples(X))


def place(rows, model=model, reference=reference):
    """The mean share of training rows that score lower."""
    return (np.searchsorted(reference, -model.score_samples(rows)) / len(reference)).mean()


print("scikit-learn 1.9.1, IsolationForest fitted on complete rows; expected: ValueError, or a high score")
places = []
for missing in range(5):
    rows = X[:200].copy()
    rows[:, :missing] = np.nan
    places.append(place(rows))
    print(f"seen: {missing} of 4 values missing: above {places[-1]:.0%} of the training rows")
assert all(np.diff(places) < 0) and places[4] == 0

anomalies = rng.normal(size=(50, 4)) + [6, 0, 0, 0]
gone = anomalies.copy()
gone[:, 0] = np.nan
print(
    f"seen: anomalies in column 0: above {place(anomalies):.0%}; with that value missing: above "
    f"{place(gone):.0%}"
)
assert place(anomalies) > 0.9 and place(gone) < 0.5

gaps = np.where(rng.uniform(size=X.shape) < 0.05, np.nan, X)
fitted = IsolationForest(random_state=0).fit(gaps)
own = np.sort(-fitted.score_samples(gaps))
two = place(gaps[np.isnan(gaps).sum(axis=1) == 2], fitted, own)
print(f"seen, 5 % of the training values missing: rows with two missing are above {two:.0%}")
assert two > 0.75
PYTHON
