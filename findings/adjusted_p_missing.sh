#!/usr/bin/env bash
# One missing p-value empties the adjusted ones and leaves the rejections.
#
# Packages: statsmodels==0.15.0, pandas==3.1.1, numpy==2.4.6, scipy==1.17.1
# Expected: a comparison that failed (NaN) is left out: the others are adjusted as if it did not exist,
#   or an error says so.
# Seen: with Holm the NaN counts as a hypothesis, so 0.02 becomes 0.06 instead of 0.04. With
#   Benjamini-Hochberg and Hommel all adjusted values are NaN; yet Benjamini-Hochberg still returns
#   three rejections, next to three NaN.
# Why it matters: a detector that fails on one comparison changes what is significant for all others,
#   and the column of decisions gives no hint.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    statsmodels==0.15.0 pandas==3.1.1 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from statsmodels.stats.multitest import multipletests

given, missing = [0.01, 0.02, 0.03], [0.01, np.nan, 0.02, 0.03]
print("statsmodels 0.15.0, multipletests of p-values 0.01, NaN, 0.02, 0.03; expected: as without the NaN")
seen = {}
for method in ("holm", "fdr_bh", "hommel"):
    without = multipletests(given, method=method)[1]
    rejected, adjusted = seen[method] = multipletests(missing, method=method)[:2]
    print(f"seen, {method}: adjusted {adjusted}, rejected {rejected}; without the NaN {without}")
assert np.allclose(seen["holm"][1][[0, 2, 3]], [0.04, 0.06, 0.06])
assert np.isnan(seen["fdr_bh"][1]).all() and seen["fdr_bh"][0].sum() == 3
assert np.isnan(seen["hommel"][1]).all() and seen["hommel"][0].sum() == 0
PYTHON
