#!/usr/bin/env bash
# cleanlab's outlier score goes blind with the fourth column.
#
# Packages: cleanlab==2.9.0, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: OutOfDistribution scores rows by the distances to their nearest neighbours; rows three times as
#   far out as others are found, and more easily in more columns.
# Seen: ROC AUC 0.97 with three columns and 0.5 with four to six, at any unit: above three columns the
#   distance is the cosine, to which how far out a row lies is nothing. With a Euclidean neighbour search
#   passed as `knn` it is 0.94 with four.
# Why it matters: the rule suits embeddings of a network; on a table the same class is a random detector,
#   and a benchmark of it on two or three columns says nothing of the rest.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    cleanlab==2.9.0 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import warnings

import numpy as np
from cleanlab.outlier import OutOfDistribution
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

warnings.simplefilter("ignore", UserWarning)  # that a search passed as `knn` is fitted already
rng = np.random.default_rng(0)
y = np.repeat([0, 1], [500, 100])


def auc(columns, unit=1.0, **params):
    train = unit * rng.normal(size=(1000, columns))
    test = unit * np.concatenate([rng.normal(size=(500, columns)), 3 * rng.normal(size=(100, columns))])
    if params.pop("euclidean", False):
        params["knn"] = NearestNeighbors(n_neighbors=10, metric="euclidean").fit(train)
    model = OutOfDistribution(params)
    model.fit(features=train, verbose=False)
    return roc_auc_score(y, -model.score(features=test))


print(
    "cleanlab 2.9.0, OutOfDistribution; expected: rows three times as far out found, better in more columns"
)
seen = {columns: auc(columns) for columns in (2, 3, 4, 5, 6)}
print("seen: ROC AUC " + ", ".join(f"{value:.2f} in {columns} columns" for columns, value in seen.items()))
in_units = auc(4, unit=1000)
euclidean = auc(4, euclidean=True)
print(f"seen, four columns: {in_units:.2f} in a unit of 1000; {euclidean:.2f} with Euclidean neighbours")
assert min(seen[2], seen[3]) > 0.85 and all(abs(seen[columns] - 0.5) < 0.12 for columns in (4, 5, 6))
assert euclidean > 0.93 and abs(in_units - 0.5) < 0.12
PYTHON
