#!/usr/bin/env bash
# scikit-learn's KernelDensity takes Scott's rule without the spread of the data.
#
# Packages: numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: bandwidth='scott' is Scott's rule, which scales with the data, as in scipy: a change of unit
#   changes no ranking.
# Seen: the bandwidth depends on the numbers of rows and columns alone. Rows of a ring and anomalies in its
#   middle: ROC AUC 1.0 where the radius is 1, 0.0 where it is 0.1, since one window covers all; 'silverman'
#   alike. scipy's gaussian_kde gives the same ranking in any unit.
# Why it matters: a rule in place of a number looks like what makes a density safe on rows as they come.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from scipy.stats import gaussian_kde
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KernelDensity

rng = np.random.default_rng(0)


def disc(rows, nearest, farthest):
    radius, angle = rng.uniform(nearest, farthest, size=rows), rng.uniform(0, 2 * np.pi, size=rows)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


train, normal, anomalies = disc(500, 0.9, 1.1), disc(500, 0.9, 1.1), disc(50, 0, 0.2)
test, y = np.concatenate([normal, anomalies]), np.repeat([0, 1], [500, 50])
print("scikit-learn 1.9.1, KernelDensity(bandwidth='scott'); expected: one ROC AUC in all units, as in scipy")
aucs, bandwidths, of_scipy = {}, set(), []
for unit in (0.01, 0.1, 1.0, 10.0):
    for rule in ("scott", "silverman"):
        model = KernelDensity(bandwidth=rule).fit(unit * train)
        aucs[rule, unit] = roc_auc_score(y, -model.score_samples(unit * test))
        bandwidths.add((rule, model.bandwidth_))
    of_scipy.append(roc_auc_score(y, -gaussian_kde(unit * train.T, bw_method="scott").logpdf(unit * test.T)))
    print(
        f"seen, radius {unit}: ROC AUC {aucs['scott', unit]:.2f} (silverman {aucs['silverman', unit]:.2f}), "
        f"scipy {of_scipy[-1]:.2f}"
    )
print(
    "seen: bandwidths in all units: " + ", ".join(f"{rule} {width:.3f}" for rule, width in sorted(bandwidths))
)
assert len(bandwidths) == 2 and np.ptp(of_scipy) < 1e-6
assert all(aucs[rule, 1.0] > 0.95 and aucs[rule, 0.1] < 0.05 for rule in ("scott", "silverman"))
PYTHON
