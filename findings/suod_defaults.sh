#!/usr/bin/env bash
# SUOD, an accelerator, changes the ranking of the detectors it runs.
#
# Packages: pyod==3.6.7, suod==0.1.4, combo==0.1.3, tqdm==4.70.1, numpy==2.4.6, scipy==1.17.1,
#   scikit-learn==1.9.1
# Expected: SUOD runs the given detectors faster and combines their scores; with two kNN detectors it
#   ranks as kNN does.
# Seen: by default it also projects the columns at random, without a seed: on five columns the
#   correlation with kNN's scores is about 0.8, and of two runs about 0.7. With rp_flag_global=False the
#   correlation is above 0.99.
# Why it matters: a table that lists 'SUOD' lists a random projection, and a difference to its base
#   detectors is noise of it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    pyod==3.6.7 suod==0.1.4 combo==0.1.3 tqdm==4.70.1 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import contextlib
import io
import warnings

import numpy as np
from pyod.models.knn import KNN
from pyod.models.suod import SUOD

warnings.simplefilter("ignore")
rng = np.random.default_rng(0)
X = np.concatenate([rng.normal(size=(500, 5)), rng.normal(size=(20, 5)) * 2])
knn = KNN().fit(X).decision_scores_


def suod(**options):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        detectors = [KNN(), KNN(n_neighbors=10)]
        model = SUOD(detectors, n_jobs=1, approx_flag_global=False, verbose=False, **options)
        return model.fit(X).decision_scores_


def agreement(a, b):
    return np.corrcoef(a, b)[0, 1]


print(
    "pyod 3.6.7 with suod 0.1.4; expected: SUOD of two kNN detectors correlates with kNN near 1, and "
    "repeats"
)
runs = [suod() for _ in range(5)]
with_knn = np.mean([agreement(knn, run) for run in runs])
between = np.mean([agreement(a, b) for i, a in enumerate(runs) for b in runs[:i]])
plain = suod(rp_flag_global=False)
print(f"seen: correlation with kNN {with_knn:.2f}, between runs {between:.2f}")
print(f"seen, rp_flag_global=False: correlation with kNN {agreement(knn, plain):.3f}")
assert with_knn < 0.92 and between < 0.95 and agreement(knn, plain) > 0.98
PYTHON
