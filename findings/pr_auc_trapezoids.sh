#!/usr/bin/env bash
# By the PR AUC of two libraries of series, one flag in a hundred beats a good detector.
#
# Packages: aeon==1.6.0, dtaianomaly==0.5.1
# Expected: to flag a single one of 100 anomalous points, among 2000, is worth little more than the
#   prevalence, 0.05; flags of 30 % of the anomalous and 10 % of the other points likewise.
# Seen: aeon's pr_auc_score and dtaianomaly's AreaUnderPR give the single flag 0.53, more than a detector with
#   a ROC AUC of 0.86, which has 0.34, and the other flags 0.20; their average precisions are 0.06 and 0.07.
#   The points of the curve are joined by straight lines, and few distinct scores make long lines. Where all
#   scores differ both agree with the average precision. One score for all has 0.53 in dtaianomaly, 0 in aeon.
# Why it matters: a detector that returns flags or counts votes is lifted above those that give each point a
#   score, and nothing in the table shows it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    aeon==1.6.0 dtaianomaly==0.5.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from aeon.benchmarking.metrics.anomaly_detection import pr_auc_score
from dtaianomaly.evaluation import AreaUnderPR
from sklearn.metrics import average_precision_score, roc_auc_score

rng = np.random.default_rng(0)
y = np.repeat([1, 0], [100, 1900])
scores = {
    "one true flag": (np.arange(2000) == 0).astype(float),
    "flags of 30 % and 10 %": (rng.uniform(size=2000) < np.where(y == 1, 0.3, 0.1)).astype(float),
    "normal, shifted by 1.0": rng.normal(size=2000) + 1.0 * y,
    "normal, shifted by 1.5": rng.normal(size=2000) + 1.5 * y,
}
print("aeon 1.6.0, dtaianomaly 0.5.1, PR AUC; expected: 0.06 for one true flag")
seen = {}
for name, values in scores.items():
    seen[name] = pr_auc_score(y, values), AreaUnderPR().compute(y, values)
    average_precision = average_precision_score(y, values)
    print(
        f"seen, {name}: aeon {seen[name][0]:.2f}, dtaianomaly {seen[name][1]:.2f}; average precision "
        f"{average_precision:.2f}, ROC AUC {roc_auc_score(y, values):.2f}"
    )
    if name.startswith("normal"):
        assert np.allclose(seen[name], average_precision, atol=0.02)
constant = AreaUnderPR().compute(y, np.zeros(2000))
print(f"seen, one score for all: dtaianomaly {constant:.2f}")
single, flags, weak, good = (np.array(each) for each in seen.values())
assert abs(constant - 0.525) < 0.001
assert np.allclose(single, 0.53, atol=0.01)
assert (single > good + 0.1).all()
assert (flags > weak).all()
PYTHON
