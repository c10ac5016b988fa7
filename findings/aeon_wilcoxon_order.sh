#!/usr/bin/env bash
# aeon's matrix of Wilcoxon p-values depends on the order of the columns, and is 0 below the diagonal.
#
# Packages: aeon==1.6.0, numpy==2.3.5, scipy as aeon needs
# Expected: `wilcoxon_test` gives the p-value of the signed-rank test of each pair of detectors, the same for
#   (i, j) and (j, i), in any order of the columns.
# Seen: all is 0 below the diagonal. Above it is the one-sided test of whether the column further left is
#   better: of one that is ahead by 0.05 on average over 20 data sets 0.999999 if it is the last column and
#   0.000002 if it is the first, two-sided 0.000004. Two equal detectors have 0.84 or 0.17, and 0 below.
# Why it matters: what is read below the diagonal is significant whatever the detectors, and above it a new
#   detector, which is the last column as a rule, cannot be better than the others.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    aeon==1.6.0 numpy==2.3.5
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from aeon.benchmarking.stats import wilcoxon_test
from scipy.stats import wilcoxon

SETS = 20
rng = np.random.default_rng(0)
hardness = rng.uniform(0.6, 0.9, SETS)
results = {
    "plain": hardness + rng.normal(0, 0.02, SETS),
    "as good": hardness + rng.normal(0, 0.02, SETS),
    "better": hardness + 0.05 + rng.normal(0, 0.02, SETS),
}
orders = (["plain", "as good", "better"], ["better", "as good", "plain"])
matrices = [wilcoxon_test(np.column_stack([results[name] for name in order]), order) for order in orders]
print("aeon 1.6.0, wilcoxon_test on 20 data sets; expected: one p-value for a pair, wherever it is read")
for one, other in (("plain", "as good"), ("plain", "better"), ("as good", "better")):
    expected = wilcoxon(results[one], results[other]).pvalue
    seen = []
    for order, matrix in zip(orders, matrices, strict=True):
        i, j = sorted((order.index(one), order.index(other)))
        seen.append(matrix[i, j])
        assert matrix[j, i] == 0
    print(
        f"seen, {one} and {other}: {seen[0]:.6f} above the diagonal, {seen[1]:.6f} with the columns the other "
        f"way round, 0 below the diagonal in both; two-sided by scipy {expected:.6f}"
    )
    if other == "better":
        assert seen[0] > 0.99 and seen[1] < 0.001 and expected < 0.001
    else:
        assert expected > 0.05
PYTHON
