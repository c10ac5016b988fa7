#!/usr/bin/env bash
# PyOD's contamination flags nothing where the highest scores are tied.
#
# Packages: pyod==3.6.7, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: contamination=0.1 labels about a tenth of the training rows; ties, if anything, label a few
#   more. precision_n_scores of a tie is the precision of its rows.
# Seen: `threshold_` is a percentile and a label needs a score above it, so a tie that reaches over the
#   percentile is dropped as a whole: 150 equal anomalies in 1,000 rows are ranked first (ROC AUC 1) and
#   none is labelled, and on four binary columns kNN and LOF label no row at all. precision_n_scores has
#   the same rule and gives 0 to a score that finds nine of ten anomalies among its ten highest.
# Why it matters: event logs are full of repeated rows (in ADBench's http most anomalies are copies), so
#   F1 and precision@n say that a perfect ranking found nothing.
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
from pyod.models.ecod import ECOD
from pyod.models.knn import KNN
from pyod.models.lof import LOF
from pyod.models.mcd import MCD
from pyod.models.pca import PCA
from pyod.utils.data import precision_n_scores
from sklearn.metrics import roc_auc_score

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)

print("pyod 3.6.7, contamination=0.1; expected: about 100 of 1,000 rows labelled")
X = np.concatenate([rng.normal(size=(850, 3)), np.full((150, 3), 6.0)])
y = np.repeat([0, 1], [850, 150])
for model in (PCA(), MCD(random_state=0)):
    model.fit(X)
    auc = roc_auc_score(y, model.decision_scores_)
    print(
        f"seen, 150 equal anomalies, {type(model).__name__}: ROC AUC {auc:.2f}, labelled "
        f"{model.labels_.sum()}"
    )
    assert auc > 0.999 and model.labels_.sum() == 0, "the tied anomalies are labelled now"
ecod = ECOD().fit(X)
print(f"seen, ECOD: labelled {ecod.labels_.sum()}, of them anomalies {ecod.labels_[y == 1].sum()}")
assert ecod.labels_.sum() == 100 and ecod.labels_[y == 1].sum() == 0

binary = rng.integers(2, size=(1000, 4)).astype(float)
for model in (KNN(), LOF()):
    labelled = model.fit(binary).labels_.sum()
    print(f"seen, four binary columns, {type(model).__name__}: labelled {labelled}")
    assert labelled == 0

y = np.repeat([0, 1], [90, 10])
scores = np.concatenate([np.arange(89), [200], np.full(10, 100)])  # one normal row on top, then the anomalies
value = precision_n_scores(y, scores)
print(f"precision_n_scores; expected 0.9, seen {value:.1f}")
assert value == 0.0
PYTHON
