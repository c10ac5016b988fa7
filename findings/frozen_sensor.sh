#!/usr/bin/env bash
# A frozen sensor is the least or the infinitely anomalous stretch of one matrix profile.
#
# Packages: pyod==3.6.7, stumpy==1.14.1, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: a stretch where a noisy sensor repeats one value is the discord of the series, in each
#   implementation of the matrix profile.
# Seen: with a stretch of four windows stumpy gives the windows inside a distance of exactly 0, the
#   lowest of the series, since they match each other; PyOD's MatrixProfile, same window, gives infinity
#   there. PyOD's spectral residual and its isolation forest on windows rank the stretch as more normal
#   than the rest (ROC AUC about 0.33).
# Why it matters: frozen sensors are the commonest real fault. Whether it is found depends on the
#   implementation and on how long it lasted, and infinite scores break every mean and metric after
#   them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    pyod==3.6.7 stumpy==1.14.1 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import warnings

import numpy as np
import stumpy
from pyod.models.ts_matrix_profile import MatrixProfile
from pyod.models.ts_od import TimeSeriesOD
from pyod.models.ts_spectral_residual import SpectralResidual
from sklearn.metrics import roc_auc_score

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
series = np.sin(2 * np.pi * np.arange(2000) / 50) + 0.1 * rng.normal(size=2000)
series[1000:1200] = series[1000]
y = np.zeros(2000)
y[1000:1200] = 1

print("stumpy 1.14.1 and pyod 3.6.7, window 50, frozen for 200 points; expected: the stretch scores highest")
profile = stumpy.stump(series, 50)[:, 0].astype(float)
inside, elsewhere = profile[1000:1151], np.concatenate([profile[:900], profile[1300:]])
print(
    f"seen, stumpy: windows inside {inside.max():.2f}, elsewhere {elsewhere.min():.2f} to "
    f"{elsewhere.max():.2f}"
)
assert inside.max() == 0 and elsewhere.min() > 0.1
pyod = MatrixProfile(window_size=50).fit(series[:, None]).decision_scores_
print(f"seen, PyOD MatrixProfile: infinite at {np.isinf(pyod[1000:1200]).mean():.0%} of the stretch")
assert np.isinf(pyod[1000:1200]).all()
for kind in (SpectralResidual, TimeSeriesOD):
    np.random.seed(0)
    auc = roc_auc_score(y, kind().fit(series[:, None]).decision_scores_)
    print(f"seen, PyOD {kind.__name__}: ROC AUC {auc:.2f}")
    assert auc < 0.5
PYTHON
