#!/usr/bin/env bash
# VUS-PR is two metrics of one name, which rank two detectors in opposite order.
#
# Packages: aeon==1.6.0, tqdm==4.70.1, vus==0.0.6
# Expected: the volume under the precision-recall surface, same window, agrees between packages to a few
#   thousandths; perfect scores get 1.
# Seen: vus (the authors', as in TSB-AD's table) gives perfect scores on one range 0.999, aeon 0.87. A
#   detector that starts 10 points early and ends 10 late has 0.98 and 0.95: it is worse than perfect in
#   one package and better in the other. A noisy one has 0.65 and 0.57.
# Why it matters: figures from papers with one package and runs with the other differ by as much as the
#   first ten places of TSB-AD's table (0.42 to 0.35).
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    aeon==1.6.0 tqdm==4.70.1
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check --no-deps vus==0.0.6
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from aeon.benchmarking.metrics.anomaly_detection import range_pr_vus_score
from sklearn.metrics import average_precision_score
from vus.utils.metrics import metricor

rng = np.random.default_rng(0)
WINDOW = 100
y = np.zeros(2000, dtype=int)
y[900:1000] = 1
wide = np.zeros(2000)
wide[890:1010] = 1
noise = rng.uniform(size=2000)
cases = {
    "perfect": y + 1e-6 * noise,
    "10 points too wide": wide + 1e-6 * noise,
    "noisy": 0.5 * y + noise,
}
print("vus 0.0.6 and aeon 1.6.0, VUS-PR with window 100; expected: the same, 1 for perfect scores")
values = {}
for name, scores in cases.items():
    authors = metricor().RangeAUC_volume_opt(labels_original=y, score=scores, windowSize=WINDOW, thre=250)[-1]
    aeon = range_pr_vus_score(y, scores, max_buffer_size=WINDOW)
    values[name] = authors, aeon
    print(
        f"seen, {name}: vus {authors:.3f}, aeon {aeon:.3f} (average precision "
        f"{average_precision_score(y, scores):.3f})"
    )
assert values["perfect"][0] > 0.99 and abs(values["perfect"][1] - 0.87) < 0.02
assert values["noisy"][0] - values["noisy"][1] > 0.04
assert values["perfect"][0] > values["10 points too wide"][0] + 0.01
assert values["perfect"][1] < values["10 points too wide"][1] - 0.03
PYTHON
