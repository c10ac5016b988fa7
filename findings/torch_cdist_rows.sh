#!/usr/bin/env bash
# torch.cdist: the 26th row changes the distances of the other 25.
#
# Packages: torch==2.13.0, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: the distance of two rows depends on these two rows; a row is at distance 0 from itself.
# Seen: up to 25 rows cdist subtracts, from 26 on it multiplies matrices: on float32 rows around 10,000
#   the distance of a row to itself goes from 0 to 11 with one more row in the batch, more than the
#   distance between rows (about 4), and a kNN detector's ROC AUC falls from 0.99 to 0.5.
#   compute_mode='donot_use_mm_for_euclid_dist' mends it.
# Why it matters: GPU versions of kNN and LOF are built on this call, unscaled columns are common, and a
#   test on ten rows never sees it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    torch==2.13.0 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
import torch
from sklearn.metrics import roc_auc_score

torch.manual_seed(0)
rows = torch.randn(26, 8) + 1e4
few, more = (torch.cdist(part, part).diagonal().max().item() for part in (rows[:25], rows))
typical = torch.cdist(rows.double(), rows.double()).median().item()
print("torch 2.13.0, float32 rows around 10,000; expected: a row is at distance 0 from itself")
print(f"seen: 25 rows {few:.2f}, 26 rows {more:.2f}; median distance between rows {typical:.2f}")
assert few == 0 and more > typical / 2

y = np.repeat([0, 1], [500, 25])
train = torch.randn(1000, 8) + 1e4
test = torch.cat([torch.randn(500, 8), torch.randn(25, 8) + 1.8]) + 1e4


def auc(**options):
    fifth = torch.cdist(test, train, **options).kthvalue(5, dim=1).values
    return roc_auc_score(y, fifth.numpy())


default, exact = auc(), auc(compute_mode="donot_use_mm_for_euclid_dist")
print(f"seen, distance to the fifth neighbour: ROC AUC {default:.2f} by default, {exact:.2f} by subtraction")
assert exact > 0.97 and default < 0.7
PYTHON
