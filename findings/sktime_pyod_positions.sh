#!/usr/bin/env bash
# Sktime's adapter of PyOD finds each anomaly at the second point.
#
# Packages: sktime==1.2.0, pyod==3.6.7, numpy==2.4.6, scikit-learn==1.9.1
# Expected: `PyODDetector.predict` returns the positions of the points that PyOD's `predict` flags.
# Seen: spikes at 50, 150 and 250 are flagged by the detector, and reported as 1, 1 and 1: what is returned
#   as positions is the labels of the flagged points. `transform` marks point 1 alone. An F1 of 0 for a
#   detector that is right on each point.
# Why it matters: there is no warning, and any of PyOD's detectors looks useless on series, as bad as any
#   other.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    sktime==1.2.0 pyod==3.6.7 numpy==2.4.6 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
import pandas as pd
from pyod.models.iforest import IForest
from pyod.models.knn import KNN
from sklearn.metrics import f1_score
from sktime.detection.adapters import PyODDetector

spikes = [50, 150, 250]
values = np.random.default_rng(0).normal(size=300)
values[spikes] = 9
series = pd.DataFrame({"value": values})
y = np.zeros(300, dtype=int)
y[spikes] = 1
print(f"sktime 1.2.0, PyODDetector; expected: positions {spikes}, and an F1 of 1")
for estimator in (KNN(contamination=0.01), IForest(contamination=0.01, random_state=0)):
    alone = estimator.fit(series.to_numpy()).predict(series.to_numpy())
    detector = PyODDetector(estimator).fit(series)
    found = detector.predict(series)["ilocs"].tolist()
    marked = detector.transform(series).to_numpy().ravel()
    print(
        f"seen, {type(estimator).__name__}: positions {found}, F1 {f1_score(y, marked):.1f}; PyOD alone "
        f"{np.flatnonzero(alone).tolist()}, F1 {f1_score(y, alone):.1f}"
    )
    assert np.array_equal(alone, y)
    assert found == [1, 1, 1] and np.flatnonzero(marked).tolist() == [1]
PYTHON
