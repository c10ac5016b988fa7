#!/usr/bin/env bash
# An ARFF file read by scipy has no anomalies, and average precision says 0 rather than stop.
#
# Packages: numpy==2.4.6, scipy==1.17.1, scikit-learn==1.9.1, pandas==3.1.1
# Expected: `outlier == 'yes'` selects the anomalies of a DAMI-style file, or fails loudly; a metric
#   without any anomaly raises.
# Seen: loadarff returns nominal values as bytes, so the comparison is False on every row, in numpy and
#   pandas, without an error. Then average_precision_score is 0.0 and roc_auc_score NaN, each with no
#   more than a warning. A sparse ARFF file is refused.
# Why it matters: the outlier sets of Campos et al. (2016) come as ARFF: a table with a 0.00 or a gap
#   looks like a detector that failed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1 pandas==3.1.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import io
import warnings

import numpy as np
import pandas as pd
from scipy.io import arff
from sklearn.metrics import average_precision_score, roc_auc_score

warnings.simplefilter("ignore")
header = "@relation wine\n@attribute a numeric\n@attribute outlier {'yes','no'}\n@data\n"
rows = [f"{i},'{'yes' if i >= 18 else 'no'}'\n" for i in range(20)]
data, _ = arff.loadarff(io.StringIO(header + "".join(rows)))
print("scipy 1.17.1 and scikit-learn 1.9.1, 20 rows of which two are outliers")
as_text, in_frame = data["outlier"] == "yes", pd.DataFrame(data)["outlier"] == "yes"
print(
    f"expected: 2 anomalies; seen: numpy {np.sum(as_text)}, pandas {in_frame.sum()}, as bytes "
    f"{(data['outlier'] == b'yes').sum()}"
)
assert np.sum(as_text) == 0 and in_frame.sum() == 0 and (data["outlier"] == b"yes").sum() == 2

scores = data["a"]  # a perfect ranking
precision, auc = average_precision_score(in_frame, scores), roc_auc_score(in_frame, scores)
print(f"expected: an error without anomalies; seen: average precision {precision}, ROC AUC {auc}")
assert precision == 0 and np.isnan(auc)
try:
    arff.loadarff(io.StringIO(header + "{0 5, 1 no}\n"))
    raise SystemExit("sparse rows are read now")
except ValueError as error:
    print(f"seen, sparse rows: {error}")
PYTHON
