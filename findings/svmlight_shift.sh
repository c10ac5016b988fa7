#!/usr/bin/env bash
# A test file in svmlight format can come back with every column moved by one.
#
# Packages: numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: what scikit-learn's dump_svmlight_file writes, its load_svmlight_file reads back, with
#   n_features given.
# Seen: dump writes indices from 0; load guesses from the file whether they start at 0 or 1. A split
#   whose first column is zero throughout has no index 0, and is read with all columns moved to the
#   left, without a warning. An isolation forest fitted on the training file then has a ROC AUC of 0.49
#   instead of 0.97.
# Why it matters: sparse outlier sets travel in this format, and a column that is zero on the test split
#   is common where it counts a rare event.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from sklearn.datasets import dump_svmlight_file, load_svmlight_file
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(0)
scale = np.array([1, 1, 10, 1, 100, 1])
train = rng.normal(size=(1000, 6)) * scale
train[rng.uniform(size=1000) < 0.9, 0] = 0  # counts a rare event
test = rng.normal(size=(220, 6)) * scale
test[:, 0] = 0
y = np.repeat([0, 1], [200, 20])
test[y == 1, 5] += 8
dump_svmlight_file(train, np.zeros(1000), "train.svm")
dump_svmlight_file(test, y, "test.svm")
read_train, read = (load_svmlight_file(name, n_features=6)[0].toarray() for name in ("train.svm", "test.svm"))
stated = load_svmlight_file("test.svm", n_features=6, zero_based=True)[0].toarray()
model = IsolationForest(random_state=0).fit(read_train)
before, after = (roc_auc_score(y, -model.score_samples(rows)) for rows in (test, read))
moved = np.allclose(read[:, :5], test[:, 1:])
print("scikit-learn 1.9.1, dump_svmlight_file then load_svmlight_file; expected: the rows as they were")
print(
    f"seen: training rows equal: {np.allclose(read_train, train)}; test rows equal: "
    f"{np.allclose(read, test)}, moved by one: {moved}"
)
print(
    f"seen: ROC AUC {before:.2f} before, {after:.2f} after; with zero_based=True equal: "
    f"{np.allclose(stated, test)}"
)
assert np.allclose(read_train, train) and moved and np.allclose(stated, test)
assert before > 0.95 and after < 0.75
PYTHON
