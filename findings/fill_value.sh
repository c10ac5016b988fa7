#!/usr/bin/env bash
# One fill value spoils a moving window long after it has left it.
#
# Packages: stumpy==1.14.1, numba==0.68.1, numpy==2.4.6, scipy==1.17.1, bottleneck==1.6.0, pandas==3.1.1
# Expected: a value of 1e20, a usual sign of a missing one in files of the earth sciences, spoils the windows
#   of 50 points that cover it, and no other.
# Seen: from there to the end of the series bottleneck's moving means and the ones of scipy's uniform_filter1d
#   are wrong on all windows, and bottleneck's deviations on 96 %; pandas is right. stumpy's matrix profile is
#   0 on nearly all windows that do not cover the value, before it and after; with 1e8 in its place the odd
#   shape is found.
# Why it matters: 0 is the score of what is most normal, nothing is NaN, and a rolling z-score of the rest of
#   the series has nothing to do with its values.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    stumpy==1.14.1 numba==0.68.1 numpy==2.4.6 scipy==1.17.1 bottleneck==1.6.0 pandas==3.1.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import bottleneck
import numpy as np
import pandas as pd
import stumpy
from numpy.lib.stride_tricks import sliding_window_view
from scipy.ndimage import uniform_filter1d

POINTS, WINDOW, PLACE, ODD = 1000, 50, 100, slice(600, 650)
rng = np.random.default_rng(0)
series = 1 + np.sin(np.arange(POINTS) / 8) + 0.1 * rng.normal(size=POINTS)
series[ODD] = 1 + np.sin(np.arange(WINDOW) / 3) + 0.1 * rng.normal(size=WINDOW)
late = slice(PLACE + 1, None)  # windows, by their first point, that begin after the fill value


def filled(value):
    return np.concatenate([series[:PLACE], [value], series[PLACE + 1 :]])


print("expected: windows that do not cover a fill value of 1e20 are as without it")
x = filled(1e20)
first = WINDOW - 1
deviations = {
    "bottleneck 1.6.0": bottleneck.move_std(x, WINDOW)[first:],
    "pandas 3.1.1": pd.Series(x).rolling(WINDOW).std(ddof=0).to_numpy()[first:],
}
means = {
    "bottleneck 1.6.0": bottleneck.move_mean(x, WINDOW)[first:],
    "scipy 1.17.1": uniform_filter1d(x, WINDOW, origin=-(WINDOW // 2))[: POINTS - WINDOW + 1],
    "pandas 3.1.1": pd.Series(x).rolling(WINDOW).mean().to_numpy()[first:],
}
windows = sliding_window_view(series, WINDOW)[late]
wrong = {}
for what, found, true in (
    ("deviation", deviations, windows.std(axis=1)),
    ("mean", means, windows.mean(axis=1)),
):
    for library, values in found.items():
        wrong[what, library] = (np.abs(values[late] - true) > 0.01).mean()
        print(
            f"seen, moving {what}, {library}: {wrong[what, library]:.0%} of the later windows "
            "are off by over 0.01"
        )

clear = np.r_[0 : PLACE - WINDOW + 1, PLACE + 1 : POINTS - WINDOW + 1]
zero, found_odd = {}, {}
for value in (series[PLACE], 1e8, 1e20):
    profile = stumpy.stump(filled(value), WINDOW)[clear, 0].astype(float)
    highest = clear[np.argmax(profile)]
    zero[value], found_odd[value] = (profile == 0).mean(), abs(highest - ODD.start) < WINDOW
    print(
        f"seen, stumpy 1.14.1, a point of {value:.3g}: distances of 0 {zero[value]:.0%}, highest at "
        f"{highest}, odd shape at {ODD.start}"
    )
assert wrong["deviation", "bottleneck 1.6.0"] > 0.9 and wrong["mean", "bottleneck 1.6.0"] > 0.9
assert wrong["mean", "scipy 1.17.1"] > 0.9
assert wrong["deviation", "pandas 3.1.1"] == wrong["mean", "pandas 3.1.1"] == 0
assert found_odd[series[PLACE]] and found_odd[1e8] and zero[1e8] == 0
assert zero[1e20] > 0.9 and not found_odd[1e20]
PYTHON
