#!/usr/bin/env bash
# PyOD's PCA scores the distance to the tips of its axes, not from the data.
#
# Packages: pyod==3.6.7, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: a row that breaks the correlation of two columns scores high, the centre of the data scores
#   lowest, and mirrored rows score the same.
# Seen: the score is the distance between the row and each unit vector, weighted by the inverse
#   variance: a row at the tip of the smallest axis, 14 standard deviations off the line, scores 30
#   where the lowest training row scores 313, and its mirror image 756. With one constant column all
#   scores are infinite or NaN.
# Why it matters: this is the 'PCA' of ADBench-like tables, and it misses what PCA is used for;
#   scikit-learn's reconstruction error ranks the same row first.
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
from pyod.models.pca import PCA
from sklearn.decomposition import PCA as SklearnPCA

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
first = rng.normal(size=(1000, 1))
X = np.concatenate([first, first + 0.1 * rng.normal(size=(1000, 1))], axis=1)
model = PCA().fit(X)
tip = model.components_[1]  # the unit vector across the line
spread = (X @ tip).std()
median = np.median(model.decision_scores_)
at_tip, mirrored = model.decision_function(np.array([tip, -tip]))
plain = SklearnPCA(1).fit(X)
errors = np.square(X - plain.inverse_transform(plain.transform(X))).sum(axis=1)
error = np.square(tip - plain.inverse_transform(plain.transform(tip[None]))).sum()

print("pyod 3.6.7, PCA; expected: the row across the line scores highest, and as its mirror image does")
print(
    f"the row lies {1 / spread:.0f} standard deviations off the line; reconstruction error above all rows: "
    f"{error > errors.max()}"
)
print(
    f"seen: score {at_tip:.0f}, mirrored {mirrored:.0f}; training rows: median {median:.0f}, lowest "
    f"{model.decision_scores_.min():.0f}"
)
assert 1 / spread > 10 and error > errors.max()
assert at_tip < model.decision_scores_.min() < median < mirrored

constant = np.concatenate([X, np.ones((1000, 1))], axis=1)
finite = np.isfinite(PCA().fit(constant).decision_scores_).mean()
print(f"seen, with one constant column: finite scores {finite:.0%}")
assert finite == 0
PYTHON
