#!/usr/bin/env bash
# A threshold from held-out scores of other fits is no threshold for HBOS or PCA.
#
# Packages: pyod==3.6.7, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: of a detector that is fitted five times to four fifths of the rows, the held-out scores say what
#   score a tenth of new rows exceeds, as cross-conformal thresholds assume: about 0.10 of new normal rows
#   lie above their 0.9 quantile.
# Seen: with kNN 0.09. HBOS with n_bins="auto" on columns of zeros and ones calls 0.002 of the new rows: another
#   number of rows gives other bins, so that all scores of a fit lie above or below nearly all of another. PCA
#   calls from none to 0.14, as the same rows are shared out, where columns are linearly dependent: each fit
#   divides by the rounding errors of its own smallest variances.
# Why it matters: split and cross-conformal wrappers, and rates of alarms by cross-validation, break without
#   a word; bringing the scores of a fit to the scale of another by the rows that both were fitted to mends it.
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
from pyod.models.knn import KNN
from pyod.models.pca import PCA


def called(make, rows):
    """The share of new rows above the 0.9 quantile of held-out scores of five other fits."""
    train, new = rows[:1000], rows[1000:]
    fold = np.arange(1000) % 5
    held_out = [make().fit(train[fold != k]).decision_function(train[fold == k]) for k in range(5)]
    limit = np.quantile(np.concatenate(held_out), 0.9)
    return (make().fit(train).decision_function(new) > limit).mean()


rng = np.random.default_rng(0)
binary = (rng.random((2000, 300)) < 0.02).astype(float)
dependent = rng.normal(size=(2000, 10))
dependent = np.hstack([dependent, dependent @ rng.normal(size=(10, 10))])

print("pyod 3.6.7; expected: about 0.10 of new rows are called by each")
knn = called(KNN, binary)
hbos = called(lambda: HBOS(n_bins="auto"), binary)
pca = [called(lambda: PCA(svd_solver="full"), dependent[rng.permutation(2000)]) for _ in range(5)]
print(f"seen: kNN {knn:.3f}, HBOS with automatic bins {hbos:.3f}, PCA {min(pca):.3f} to {max(pca):.3f}")
assert 0.07 < knn < 0.14 and hbos < 0.02 and (max(pca) > 0.3 or min(pca) < 0.02)
PYTHON
