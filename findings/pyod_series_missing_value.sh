#!/usr/bin/env bash
# One missing value in a series: an error, a series of NaN, or a series of ties, by detector.
#
# Packages: pyod==3.6.7, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: an error, or an effect on the windows that hold the value.
# Seen: of PyOD's series detectors TimeSeriesOD raises; SpectralResidual returns NaN for every point;
#   MatrixProfile returns finite scores in silence, of which 79 % are tied at the highest (the missing
#   value is 500 points from the spike, which is lost in the tie).
# Why it matters: real series have gaps. The silent one is the danger: finite scores pass every check of
#   a harness, and the detector looks weak.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    pyod==3.6.7 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import warnings

import numpy as np
from pyod.models.ts_matrix_profile import MatrixProfile
from pyod.models.ts_od import TimeSeriesOD
from pyod.models.ts_spectral_residual import SpectralResidual

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
series = np.sin(2 * np.pi * np.arange(2000) / 50) + 0.1 * rng.normal(size=2000)
series[1000] += 4
gap = series.copy()
gap[500] = np.nan


def scores(kind, values):
    return kind().fit(values[:, None]).decision_scores_


print(
    "pyod 3.6.7, a sine with a spike at 1000 and a missing value at 500; expected: an error, or a local "
    "effect"
)
try:
    scores(TimeSeriesOD, gap)
    raise SystemExit("TimeSeriesOD accepts missing values now")
except ValueError as error:
    print(f"seen, TimeSeriesOD: {error!s:.40}")
residual = scores(SpectralResidual, gap)
print(f"seen, SpectralResidual: NaN at {np.isnan(residual).mean():.0%} of points")
assert np.isnan(residual).all()
before, after = scores(MatrixProfile, series), scores(MatrixProfile, gap)
tied = (after == after.max()).mean()
print(
    f"seen, MatrixProfile: all finite: {np.isfinite(after).all()}; at the same highest score: {tied:.0%} "
    "of points"
)
print(f"  without the gap: {(before == before.max()).mean():.0%}, highest at {before.argmax()}")
assert np.isfinite(after).all() and tied > 0.5
assert abs(int(before.argmax()) - 1000) <= 50 and (before == before.max()).mean() < 0.1
PYTHON
