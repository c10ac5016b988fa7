#!/usr/bin/env bash
# autorank forgets which data set a result is from with three detectors, and halves the p-value of two.
#
# Packages: autorank==1.3.0, baycomp==1.0.3, statsmodels==0.15.0, scipy==1.17.1, numpy==2.4.6, pandas==3.1.1
# Expected: rows are data sets, so results are compared within them: a detector that is ahead by 0.03 on each
#   of 20 sets is told apart, however much the sets differ; of two detectors of one quality about one
#   comparison in twenty is significant at 0.05.
# Seen: three detectors whose results pass for normal are compared by Tukey's test of means of independent
#   groups. Where the sets differ by a deviation of 0.01 the one ahead is told apart; at 0.1 its interval
#   overlaps with all others, though it leads on 20 of 20 sets and the analysis of variance, which is
#   paired, has p = 6e-23. Two detectors whose results do not pass for normal get the one-sided p-value of
#   the signed-rank test, the side taken from the medians of the same results: 0.079 are significant, and
#   0.040 two-sided.
# Why it matters: it chooses tests for people who rank detectors over data sets, whose difficulty differs by
#   far more than detectors do.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    autorank==1.3.0 baycomp==1.0.3 statsmodels==0.15.0 scipy==1.17.1 numpy==2.4.6 pandas==3.1.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import contextlib
import io
import warnings

import numpy as np
import pandas as pd
from autorank import autorank
from scipy.stats import wilcoxon

warnings.simplefilter("ignore")
SETS, DRAWS = 20, 300
rng = np.random.default_rng(0)


def ranked(table, **params):
    with contextlib.redirect_stdout(io.StringIO()):
        return autorank(table, **params)


def same_quality():
    """ROC AUC of two detectors, neither of which is better, on sets of which many are easy."""
    hardness = rng.exponential(0.1, SETS)
    return pd.DataFrame({name: 1 - hardness * rng.uniform(0.5, 1.5, SETS) for name in "AB"})


print("autorank 1.3.0; expected: of two detectors of one quality, 0.05 of the comparisons are significant")
tables = [same_quality() for _ in range(DRAWS)]
found = [(table, ranked(table)) for table in tables]
signed = [(table, result.pvalue) for table, result in found if result.omnibus == "wilcoxon"]
significant = np.mean([p < 0.05 for _, p in signed])
two_sided = np.mean([wilcoxon(table.A, table.B).pvalue < 0.05 for table, _ in signed])
print(
    f"seen: of {len(signed)} comparisons by the signed-rank test {significant:.3f} are significant, and "
    f"{two_sided:.3f} two-sided"
)
assert len(signed) > 200 and significant > 1.5 * two_sided

print("expected: a detector that is ahead by 0.03 on each set is told apart, however the sets differ")
for spread in (0.01, 0.1):
    hardness = rng.normal(0.7, spread, SETS)
    noise = rng.normal(0, 0.005, (3, SETS))
    table = pd.DataFrame(
        {"plain": hardness + noise[0], "as good": hardness + noise[1], "ahead": hardness + 0.03 + noise[2]}
    )
    wins = int((table.ahead > table[["plain", "as good"]].max(axis=1)).sum())
    result = ranked(table)
    interval = result.rankdf[["ci_lower", "ci_upper"]].astype(float)
    lowest = interval.ci_lower["ahead"]
    highest = interval.ci_upper[["plain", "as good"]].max()
    by_ranks = ranked(table, force_mode="nonparametric")
    gap = by_ranks.rankdf.meanrank[["plain", "as good"]].min() - by_ranks.rankdf.meanrank["ahead"]
    print(
        f"seen, sets with a deviation of {spread}: ahead on {wins} of {SETS}; {result.omnibus} p = "
        f"{result.pvalue:.0e}; {result.posthoc}: its interval begins at {lowest:.3f}, those of the others end "
        f"at {highest:.3f}; by Nemenyi's test ranks apart {gap:.2f}, critical {by_ranks.cd:.2f}"
    )
    assert (result.omnibus, result.posthoc, wins) == ("anova", "tukeyhsd", SETS) and result.pvalue < 1e-9
    assert (lowest > highest) == (spread < 0.1) and gap > by_ranks.cd
PYTHON
