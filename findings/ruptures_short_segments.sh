#!/usr/bin/env bash
# By ruptures' precision and recall, exact change points of short anomalies are half wrong.
#
# Packages: ruptures==1.1.10, numpy==2.4.6, scipy==1.17.1
# Expected: `precision_recall` matches each predicted change point to a true one within a margin, ten points
#   by default, so change points that equal the true ones get 1 and 1.
# Seen: where an anomaly is shorter than the margin, they get 0.5 and 0.5. The first true point uses up every
#   prediction near it, those that belong to the next true point as well, and counts once. What finds the
#   starts only, and no end, gets 1 and 0.5. From ten points of length on both are as expected; the Hausdorff
#   distance is 0 throughout.
# Why it matters: an anomalous stretch is two change points, and with short ones the best detector there can
#   be has an F1 of 0.5, below one that misses half of them, 0.67.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    ruptures==1.1.10 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
import ruptures
from ruptures.metrics import hausdorff, precision_recall

POINTS = 2000
STARTS = np.array([200, 500, 900, 1300, 1700])


def f1(precision, recall):
    return 2 * precision * recall / (precision + recall)


print("ruptures 1.1.10, precision_recall with its margin of 10; expected: 1.00 and 1.00 for the true points")
for length in (3, 8, 10, 20):
    x = np.random.default_rng(0).normal(size=POINTS)
    for start in STARTS:
        x[start : start + length] += 20
    truth = [*sorted([*STARTS.tolist(), *(STARTS + length).tolist()]), POINTS]
    found = ruptures.KernelCPD(kernel="linear", min_size=1).fit(x).predict(n_bkps=2 * len(STARTS))
    assert found == truth
    exact = precision_recall(truth, found)
    starts = precision_recall(truth, [*STARTS.tolist(), POINTS])
    narrow = precision_recall(truth, found, margin=2)
    print(
        f"seen, anomalies of {length} points: {exact[0]:.2f} and {exact[1]:.2f} (F1 {f1(*exact):.2f}), with a "
        f"margin of 2 {narrow[0]:.2f} and {narrow[1]:.2f}; starts only {starts[0]:.2f} and {starts[1]:.2f} "
        f"(F1 {f1(*starts):.2f}); Hausdorff distance {hausdorff(truth, found):.0f}"
    )
    assert hausdorff(truth, found) == 0 and starts == (1, 0.5) and narrow == (1, 1)
    assert exact == ((0.5, 0.5) if length < 10 else (1, 1))
PYTHON
