#!/usr/bin/env bash
# PyOD's ADEngine quotes a TSB-AD ranking that is not TSB-AD's.
#
# Packages: pyod==3.6.7, numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1
# Expected: `ADEngine().get_benchmarks('TSB_AD')` gives the leaders of the table it cites.
# Seen: it names IForest, LOF, POLY, KNN, KShapeAD as the top five. By mean VUS-PR over the 350
#   univariate evaluation series that TSB-AD publishes, IForest is 16th (0.298) and LOF 31st (0.169) of
#   32; Sub-PCA (0.423), KShapeAD and POLY lead.
# Why it matters: the engine, and language models that call it, route users by this list; a harness that
#   took it for a prior would start from the second worst detector of the source.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    pyod==3.6.7 numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import contextlib
import io

from pyod.utils.ad_engine import ADEngine

with contextlib.redirect_stdout(io.StringIO()):
    entry = ADEngine().get_benchmarks("TSB_AD")["TSB_AD"]
top = entry["rankings"]["overall_top_5"]
# Means of benchmark_exp's univariate VUS-PR table in TheDatumOrg/TSB-AD, commit 87630099: place of 32, mean.
published = {
    "IForest": (16, 0.298),
    "LOF": (31, 0.169),
    "POLY": (3, 0.390),
    "KNN": (9, 0.350),
    "KShapeAD": (2, 0.401),
}
print(f"pyod 3.6.7, ADEngine; the source that it cites: {entry['paper']['short']}")
print("expected: the first five of TSB-AD's table")
for place, name in enumerate(top, 1):
    print(
        f"seen: {place}. {name}; in the published table {published[name][0]}. with "
        f"{published[name][1]:.3f}"
    )
assert top == ["IForest", "LOF", "POLY", "KNN", "KShapeAD"], "the list has changed"
PYTHON
