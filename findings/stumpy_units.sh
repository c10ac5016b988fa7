#!/usr/bin/env bash
# The matrix profile of a switch: which windows are most unusual depends on the unit.
#
# Packages: stumpy==1.14.1, numba==0.68.1, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: windows are brought to mean 0 and deviation 1 before they are compared, so a series, and the same
#   series in another unit, have the same profile, and their windows the same order.
# Seen: the profiles agree to a millionth, but of a series of zeros and ones, on and off in cycles of which
#   each is a little early or late, most windows are exactly as far from their neighbour as many others, and
#   rounding orders these: rank correlation 0.6 between a unit and another, and another average precision,
#   by up to 0.13.
# Why it matters: valves, doors and coarse sensors are such series, and the metrics of series are ranking
#   metrics: a figure to three digits is one of the unit, or of the processor.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    stumpy==1.14.1 numba==0.68.1 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
import stumpy
from scipy.stats import spearmanr
from sklearn.metrics import average_precision_score

CYCLES, PERIOD = 60, 50


def switch(seed):
    """Points that are 0 or 1, and whether each lies in one of the four cycles with a dropout."""
    rng = np.random.default_rng(seed)
    x, y = np.zeros((CYCLES, PERIOD)), np.zeros((CYCLES, PERIOD), dtype=int)
    dropouts = rng.choice(np.arange(5, CYCLES - 5), 4, replace=False)
    for cycle in range(CYCLES):
        start, length = 10 + rng.integers(-2, 3), 20 + rng.integers(-2, 3)
        x[cycle, start : start + length] = 1
        if cycle in dropouts:
            x[cycle, start + 8 : start + 12] = 0
            y[cycle, start : start + length] = 1
    return x.ravel(), y.ravel()


def of_points(profile):
    return np.pad(profile, (PERIOD // 2, PERIOD - 1 - PERIOD // 2), mode="edge")


print("stumpy 1.14.1; expected: the same order of windows whatever the unit, a rank correlation of 1")
correlations, gaps = [], []
for seed in range(4):
    x, y = switch(seed)
    profiles = [stumpy.stump(series, PERIOD)[:, 0].astype(float) for series in (x, 0.3 * x + 17)]
    assert np.abs(profiles[0] - profiles[1]).max() < 1e-5
    correlations.append(spearmanr(*profiles).statistic)
    precision = [average_precision_score(y, of_points(profile)) for profile in profiles]
    gaps.append(abs(precision[0] - precision[1]))
    print(
        f"seen: rank correlation {correlations[-1]:.2f}; average precision {precision[0]:.3f} and "
        f"{precision[1]:.3f} in another unit; distances, to four digits, take "
        f"{len(np.unique(profiles[0].round(4)))} values"
    )
assert max(correlations) < 0.9 and max(gaps) > 0.03
print("as seen before")
PYTHON
