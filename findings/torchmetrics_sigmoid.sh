#!/usr/bin/env bash
# torchmetrics squashes anomaly scores, one batch and not the next.
#
# Packages: torch==2.13.0, torchmetrics==1.9.0, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: AUROC needs no scale: raw scores give scikit-learn's value, however they are batched.
# Seen: a batch with a score outside of [0, 1] goes through a sigmoid. In float32 that ties large scores
#   (0.99 falls to 0.56 for distances around 100), and where only some batches hold a score above 1 the
#   ones that do are ranked on another scale than the others: 0.977 becomes 0.949 with batches of 100.
# Why it matters: this is the metric of most torch anomaly libraries; the reported AUC changes with the
#   batch size and the unit of the score.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    torch==2.13.0 torchmetrics==1.9.0 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torchmetrics.classification import BinaryAUROC

rng = np.random.default_rng(0)
y = (rng.uniform(size=2000) < 0.1).astype(int)
labels = torch.tensor(y)


def auroc(scores, batch):
    metric = BinaryAUROC()
    for start in range(0, len(scores), batch):
        rows = slice(start, start + batch)
        metric.update(torch.tensor(scores[rows], dtype=torch.float32), labels[rows])
    return metric.compute().item()


print("torchmetrics 1.9.0, BinaryAUROC; expected: scikit-learn's value, whatever the unit and the batches")
distances = np.abs(rng.normal(size=2000)) + 2 * y
exact = roc_auc_score(y, distances)
for unit in (1, 10, 100):
    value = auroc(unit * distances, 2000)
    print(f"seen, distances times {unit}: {value:.3f}; scikit-learn {exact:.3f}")
assert auroc(distances, 2000) > 0.98 and value < 0.65

scores = rng.beta(2, 5, size=2000) + 0.45 * y
exact = roc_auc_score(y, scores)
whole, parts = auroc(scores, 2000), auroc(scores, 100)
print(
    f"seen, {(scores > 1).mean():.1%} of scores above 1: one batch {whole:.3f}, batches of 100 "
    f"{parts:.3f}; scikit-learn {exact:.3f}"
)
assert abs(whole - exact) < 1e-4 and exact - parts > 0.01
PYTHON
