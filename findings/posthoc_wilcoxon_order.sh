#!/usr/bin/env bash
# scikit-posthocs' posthoc_wilcoxon pairs data sets by the order of the rows.
#
# Packages: scikit-posthocs==0.17.1, pandas==3.1.1, numpy==2.4.6, scipy==1.17.1
# Expected: a long table of detector, data set and AUC, as every harness writes it, has its pairs found
#   by data set, so the order of rows is free.
# Seen: the function has no parameter for the data set. A detector that wins on 12 of 12 sets has p =
#   0.0005 in file order and 0.3 to 0.9 after the rows are shuffled, without a warning; the Nemenyi test
#   of the same package, which takes the block's column, does not change.
# Why it matters: records that come back from parallel workers are in no order: a significant result is
#   lost, or one made.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile --disable-pip-version-check \
    scikit-posthocs==0.17.1 pandas==3.1.1 numpy==2.4.6 scipy==1.17.1
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import numpy as np
import pandas as pd
import scikit_posthocs as posthocs

rng = np.random.default_rng(0)
difficulty = rng.uniform(0.6, 0.95, size=12)
wide = pd.DataFrame({"new": difficulty + 0.02 + rng.normal(0, 0.003, size=12), "old": difficulty})
wide["other"] = difficulty - 0.01 + rng.normal(0, 0.02, size=12)
long = wide.rename_axis("set").reset_index().melt(id_vars="set", var_name="detector", value_name="auc")


def paired(table):
    return posthocs.posthoc_wilcoxon(table, val_col="auc", group_col="detector").loc["new", "old"]


def nemenyi(table):
    p = posthocs.posthoc_nemenyi_friedman(
        table, y_col="auc", group_col="detector", block_col="set", block_id_col="set", melted=True
    )
    return p.loc["new", "old"]


shuffled = [long.sample(frac=1, random_state=seed) for seed in range(5)]
in_order, p_values = paired(long), [paired(table) for table in shuffled]
print(f"scikit-posthocs 0.17.1; the new detector wins on {(wide['new'] > wide['old']).sum()} of 12 sets")
print("expected: one p-value, whatever the order of the rows")
print(f"seen, Wilcoxon: in order {in_order:.4f}, shuffled {', '.join(f'{p:.2f}' for p in p_values)}")
print(f"seen, Nemenyi: in order {nemenyi(long):.4f}, shuffled {nemenyi(shuffled[0]):.4f}")
assert in_order < 0.001 and min(p_values) > 0.1
assert abs(nemenyi(long) - nemenyi(shuffled[0])) < 1e-12
PYTHON
