#!/usr/bin/env bash
# River's ROCAUC of a perfect ranking is 0.5 or worse, depending on the scale of the scores.
#
# Packages: river==0.26.1, scikit-learn==1.9.1
# Expected: ROC AUC depends on the order of scores only; the streaming version approximates it to a few
#   hundredths.
# Seen: it counts at ten thresholds between 0 and 1. Perfect scores within [0.99, 1] or [0, 0.001] get
#   0.50, within [0, 10] 0.19 and within [0, 100] 0.04, worse than chance.
# Why it matters: streaming detectors such as half-space trees give scores in a narrow band and
#   distances have no bound, so tables of streaming benchmarks rank scales.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    river==0.26.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from river.metrics import ROCAUC
from sklearn.metrics import roc_auc_score

rng = np.random.default_rng(0)
y = rng.integers(2, size=1000)
perfect = 0.5 * y + 0.49 * rng.uniform(size=1000)
print("river 0.26.1, metrics.ROCAUC of scores that separate the classes; expected: 1.00 at each scale")
for low, high in ((0, 1), (0.99, 1), (0, 0.001), (0, 10), (0, 100)):
    scores = low + (high - low) * perfect
    metric = ROCAUC()
    for label, score in zip(y, scores, strict=True):
        metric.update(bool(label), float(score))
    value, exact = metric.get(), roc_auc_score(y, scores)
    print(f"seen, scores within [{low}, {high}]: {value:.2f}; scikit-learn {exact:.2f}")
    assert exact == 1
    if high == 1 and low == 0:
        assert value > 0.99
    elif high <= 1:
        assert abs(value - 0.5) < 0.02
    else:
        assert value < 0.35
PYTHON
