#!/usr/bin/env bash
# scikit-lego's PCA detector cannot flag a row whose values have a negative sum.
#
# Packages: scikit-lego==0.9.10, scikit-learn==1.9.1, numpy==2.4.6, scipy==1.17.1, pandas==3.1.1
# Expected: `PCAOutlierDetection` scores a row by the error of its reconstruction, by default relative to the
#   row's size. Rows with one of ten columns against the correlation are found with two components, relative
#   or not.
# Seen: ROC AUC 1.00 with the absolute error, and 0.50 with the relative one on standardised rows. The error
#   is divided by the sum of the values, with its sign: at a threshold of the 95 % quantile none of the
#   anomalies with a negative sum is flagged, and 29 % of the others. With 100 added to each value it is 1.00.
# Why it matters: a PCA wants standardised columns, and then half of the rows have a negative sum and the
#   default setting is a random detector.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    scikit-lego==0.9.10 scikit-learn==1.9.1 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler
from sklego.decomposition import PCAOutlierDetection

COLUMNS = 10
rng = np.random.default_rng(0)
loadings = rng.normal(size=(2, COLUMNS))


def rows(normal, anomalous):
    """Rows of two factors and a little noise; the anomalous ones have a column that goes its own way."""
    count = normal + anomalous
    X = rng.normal(size=(count, 2)) @ loadings + 0.1 * rng.normal(size=(count, COLUMNS))
    off = np.arange(normal, count)
    X[off, rng.integers(COLUMNS, size=anomalous)] += 3 * rng.choice([-1, 1], anomalous)
    return X, np.arange(count) >= normal


train, _ = rows(1000, 0)
test, y = rows(1000, 100)
scaler = StandardScaler().fit(train)
print(
    "scikit-lego 0.9.10, PCAOutlierDetection of two components; expected: rows that break the correlation "
    "are found by either variant"
)
seen = {}
for variant in ("absolute", "relative"):
    for name, offset in (("standardised", 0), ("around 100", 100)):
        X, X_test = scaler.transform(train) + offset, scaler.transform(test) + offset
        model = PCAOutlierDetection(n_components=2, threshold=1, variant=variant).fit(X)
        model.threshold = np.quantile(model.difference(X), 0.95)
        flagged = model.predict(X_test) == -1
        seen[variant, name] = roc_auc_score(y, -model.score_samples(X_test))
        negative = X_test.sum(axis=1) < 0
        print(
            f"seen, {variant} error, {name}: ROC AUC {seen[variant, name]:.2f}; flagged: of "
            f"{(y & ~negative).sum()} anomalies with a positive sum {flagged[y & ~negative].sum()}, of "
            f"{(y & negative).sum()} with a negative one {flagged[y & negative].sum()}, of 1000 normal rows "
            f"{flagged[~y].sum()}"
        )
        if (variant, name) == ("relative", "standardised"):
            assert (y & negative).sum() > 30 and not flagged[y & negative].any()
blind = seen.pop(("relative", "standardised"))
assert abs(blind - 0.5) < 0.15 and min(seen.values()) > 0.95
PYTHON
