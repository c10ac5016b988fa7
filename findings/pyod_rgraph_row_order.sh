#!/usr/bin/env bash
# R-graph's scores of the same rows depend on the order in which its training rows come.
#
# Packages: pyod==3.6.7, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: it draws nothing at random and compares every row with all others, so the order of the training
#   rows does not matter, as with nearest neighbours.
# Seen: each row is written as a sparse combination of the others, by a lasso. Where values are whole numbers,
#   several combinations are as good, and which is found depends on the order: between two orders of the same
#   60 rows in six columns of small whole numbers, the scores of 30 others have a rank correlation of .96, and
#   one of the six training rows with the highest scores is another. With values that are all different it is
#   1.0.
# Why it matters: counts, ratings and one-hot columns are of this kind. A sorted export and a shuffled one give
#   different alerts, and a seed explains none of it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    pyod==3.6.7 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
from pyod.models.rgraph import RGraph
from scipy.stats import spearmanr


def in_order(rows, order):
    model = RGraph(verbose=False).fit(rows[:60][order])
    of_training = np.empty(60)
    of_training[order] = model.decision_scores_
    return of_training, model.decision_function(rows[60:])


def highest(scores):
    return set(np.argsort(-scores)[:6].tolist())


rng = np.random.default_rng(0)
whole = rng.integers(0, 3, (90, 6)).astype(float)
different = rng.normal(size=(90, 6))
lowest = {}
for name, rows in (("whole numbers", whole), ("all different", different)):
    first, *others = [in_order(rows, np.random.default_rng(seed).permutation(60)) for seed in range(4)]
    lowest[name] = min(spearmanr(first[1], other[1])[0] for other in others)
    alike = min(len(highest(first[0]) & highest(other[0])) for other in others)
    print(f"{name}: rank correlation of two orders from {lowest[name]:.3f}, of six highest {alike} the same")
if not (0.9 < lowest["whole numbers"] < 0.99 and lowest["all different"] > 0.9999):
    raise SystemExit("the behaviour has changed")
PYTHON
