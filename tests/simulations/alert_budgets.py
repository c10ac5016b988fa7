"""Alert budgets asked and reached on rows that a model has not seen, of ADBench's tables, as Markdown.

BENCH_DATA_DIR=FOLDER python tests/simulations/alert_budgets.py > results/alert-budgets.md
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path
from statistics import median

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2]))

from bench import Pipeline
from bench.data import find_npz, npz_names
from bench.pipeline.decisions import Budget
from bench.report.markdown import table

DETECTORS = ("hbos", "ecod", "isolation_forest", "knn", "lof", "pca")
ASKED = (0.01, 0.05, 0.1)
# Of a table, drawn at random; half of them are fitted to, without labels, and half are scored.
MOST_ROWS = 4000
TEXT = """\
# Alert budgets

A model is fitted to one half of a table's rows, at most {most:,} in all, without labels; `--budget` asks for
a fraction of rows like those. *Reached* is the fraction of the other half that are alarms, over {tables}
tables of ADBench: the median, the lowest and the highest. *Inside* is on how many tables the number of alarms
is inside the 95 % interval that `fit` and `score` print. Both halves are drawn alike, anomalies among them.
The smallest tables have 40 rows in each half, of which one row is 2.5 %.
"""


def halves(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Rows to fit to and rows to score, of one table."""
    with np.load(find_npz(name)) as content:
        X = content["X"]
    order = np.random.default_rng(0).permutation(len(X))[:MOST_ROWS]
    return X[order[::2]], X[order[1::2]]


def main() -> None:
    names = npz_names()
    reached = defaultdict(list)
    for place, name in enumerate(names):
        print(f"{place + 1}/{len(names)} {name}", file=sys.stderr)
        train, new = halves(name)
        for detector in DETECTORS:
            model = Pipeline(detector).fit(train)
            scores = model.score(new)
            for share in ASKED:
                threshold = model.decide(Budget(share))
                alarms = int((scores > threshold).sum())
                expected = model.false_alarms(threshold, rows=len(new))
                is_inside = expected.low <= alarms <= expected.high
                reached[detector, share].append((alarms / len(new), is_inside))
    rows = []
    for (detector, share), found in reached.items():
        parts = sorted(part for part, _ in found)
        figures = [f"{100 * part:.1f} %" for part in (share, median(parts), parts[0], parts[-1])]
        rows.append([detector, *figures, f"{sum(inside for _, inside in found)}/{len(found)}"])
    print(TEXT.format(most=MOST_ROWS, tables=len(names)))
    print(table(["detector", "asked", "reached", "lowest", "highest", "inside"], rows))


if __name__ == "__main__":
    main()
