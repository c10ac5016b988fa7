#!/usr/bin/env bash
# tsod calls a daily random walk a straight line, for what counts as straight is a slope a second.
#
# Packages: tsod==0.3.0, pandas==3.1.1, numpy==2.4.6
# Expected: `ConstantGradientDetector` marks stretches whose slope does not change, those that were filled in
#   by interpolation; how far apart in time the same values are makes no difference.
# Seen: of a random walk with steps of 0.005 and one stretch of twenty points filled in, just the stretch where
#   the points are ten minutes apart or less; 1 % of the other points, too, where they are an hour apart, 96 %
#   where they are a day apart, and all where it is a month. Two slopes are one if they differ by at most 1e-7
#   a second, which is 0.009 a day, and the constructor takes no tolerance.
# Why it matters: levels of groundwater in metres, or prices, are such series, and what cleans them or labels
#   their anomalies by this detector is left with nothing.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    tsod==0.3.0 pandas==3.1.1 numpy==2.4.6
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import inspect

import numpy as np
import pandas as pd
from tsod.detectors import ConstantGradientDetector

POINTS, START, END, STEP = 1000, 500, 520, 0.005
values = 10 + np.cumsum(np.random.default_rng(0).normal(0, STEP, POINTS))
values[START:END] = np.linspace(values[START], values[END - 1], END - START)
filled = np.arange(POINTS)
filled = (filled >= START) & (filled < END)

print(
    f"tsod 0.3.0, ConstantGradientDetector on a random walk of which {filled.mean():.0%} were filled in; expected: "
    "these are marked, and no others, however far apart the points are"
)
others = {}
for apart in ("1s", "10min", "1h", "1D", "30D"):
    series = pd.Series(values, index=pd.date_range("2020-01-01", periods=POINTS, freq=apart))
    found = ConstantGradientDetector().fit(series).detect(series).to_numpy()
    longer = ConstantGradientDetector(window_size=10).fit(series).detect(series).to_numpy()
    others[apart] = found[~filled].mean()
    print(
        f"seen, points {apart} apart: marked {found.mean():.1%} (of those filled in {found[filled].mean():.0%}, of "
        f"the others {others[apart]:.1%}), with a window of ten points {longer.mean():.1%}"
    )
    assert found[filled].all()
assert others["1s"] == others["10min"] == 0 < others["1h"] < 0.05 and others["1D"] > 0.9 and others["30D"] == 1
assert list(inspect.signature(ConstantGradientDetector).parameters) == ["window_size"]
PYTHON
