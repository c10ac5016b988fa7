#!/usr/bin/env bash
# Fifteen draws make five wins significant.
#
# Packages: numpy==2.4.6, scipy==1.17.1
# Expected: data sets on which two detectors tie speak for no difference; adding them cannot make a
#   p-value smaller.
# Seen: five wins and no loss have p = 0.0625. With fifteen exact ties added, scipy's default drops the
#   ties and leaves the exact distribution for the normal one: p = 0.043, below 0.05.
#   zero_method='pratt' gives 0.026 and 'zsplit' 0.077.
# Why it matters: ties are common where scores are rounded or detectors saturate at ROC AUC 1, so a win
#   that the paper's own sets do not carry is bought by adding sets that decide nothing.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from scipy.stats import wilcoxon

wins = np.array([0.01, 0.02, 0.03, 0.04, 0.05])
ties = np.concatenate([wins, np.zeros(15)])
alone, together = wilcoxon(wins).pvalue, wilcoxon(ties).pvalue
pratt, split = (wilcoxon(ties, zero_method=method).pvalue for method in ("pratt", "zsplit"))
print("scipy 1.17.1, wilcoxon of differences in AUC; expected: ties do not lower p")
print(f"seen: five wins p = {alone:.4f}; five wins and fifteen ties p = {together:.4f}")
print(f"seen: the same with pratt {pratt:.4f}, zsplit {split:.4f}")
assert abs(alone - 0.0625) < 1e-9 and 0.04 < together < 0.05
assert 0.02 < pratt < 0.03 and 0.07 < split < 0.09
PYTHON
