#!/usr/bin/env bash
# PyOD's ADEngine rates its result on pure noise as high as one that finds every anomaly.
#
# Packages: pyod==3.6.7, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: `ADEngine().investigate(X).quality` is low where there is nothing to find, and high where three
#   detectors agree on anomalies that lie far from all other rows.
# Seen: "medium" both times: 0.64 on 1000 rows of noise, of which 93 are flagged and to be reported, and 0.65
#   where a tenth of the rows lie 8 to 16 standard deviations off and the ROC AUC is 1.0; with 30 columns noise
#   is rated higher. The quality is measured on mean ranks, which are spread alike whatever the rows are:
#   "separation" is 1.00 and "stability" below 0.05 throughout, and what is left is how much the detectors
#   agree. "high" begins at 0.7, which even full agreement does not reach.
# Why it matters: the verdict decides whether the engine, or a language model that calls it, goes on or
#   reports; it cannot tell a table with anomalies from one without.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    pyod==3.6.7 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from pyod.utils.ad_engine import ADEngine
from sklearn.metrics import roc_auc_score

print("pyod 3.6.7, ADEngine().investigate; expected: low on noise, high on anomalies far off")
for columns in (5, 30):
    rng = np.random.default_rng(columns)
    noise = rng.normal(size=(1000, columns))
    directions = rng.normal(size=(100, columns))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    far = noise.copy()
    far[:100] = directions * np.sqrt(columns / 5) * rng.uniform(8, 16, size=(100, 1))
    y = np.arange(1000) < 100

    engine = ADEngine(random_state=0)
    on_noise, on_anomalies = engine.investigate(noise), engine.investigate(far)
    for what, state in (("noise", on_noise), ("anomalies", on_anomalies)):
        parts = ", ".join(f"{key} {state.quality[key]:.2f}" for key in ("separation", "agreement", "stability"))
        print(
            f"seen, {columns} columns, {what}: {state.quality['verdict']} {state.quality['overall']:.2f} ({parts}); "
            f"{state.consensus['labels'].sum()} of 1000 rows flagged; next: {state.next_action['action']}"
        )
    auc = roc_auc_score(y, on_anomalies.consensus["scores"])
    print(f"seen, {columns} columns, anomalies: ROC AUC {auc:.3f}")
    assert auc > 0.999
    assert on_noise.quality["verdict"] == on_anomalies.quality["verdict"] == "medium"
    assert on_noise.quality["overall"] > on_anomalies.quality["overall"] - 0.02
    assert on_noise.next_action["action"] == "report_to_user"
PYTHON
