"""What TSB-AD's own code gives here for the figures of its table that ours do not give.

Usage: ``python tests/simulations/tsb_ad_own_code.py CLONE SERIES``; bench/report/studies/tsb_ad_own_code.csv
holds what it prints. CLONE holds TheDatumOrg/TSB-AD at commit f2bf6b3 of November 2024, the code of the
table; SERIES is the folder of series that `reproduce tsb-ad-u` takes. It runs in this project's environment,
with two packages stubbed that these detectors do not use. The cells are those that the run in `results` does
not reproduce.
"""

from __future__ import annotations

import contextlib
import csv
import io
import os
import sys
from pathlib import Path
from types import ModuleType

import numpy as np

SEEDS = 10
SPARE = {"hurst": "compute_Hc", "arch": "arch_model"}
THEIR_NAMES = {"SR": "SR", "KMeansAD": "KMeansAD_U"}


def main(clone: str, series: str) -> None:
    os.environ["BENCH_DATA_DIR"] = series
    sys.path.insert(0, clone)
    for name, member in SPARE.items():
        sys.modules[name] = ModuleType(name)
        setattr(sys.modules[name], member, None)

    from TSB_AD import model_wrapper
    from TSB_AD.HP_list import Optimal_Uni_algo_HP_dict

    from bench.analysis.results import load_suite_results
    from bench.evaluation.volumes import volumes
    from bench.plugins.registry import load_registry
    from bench.report.reproduction import NOT
    from bench.report.studies.tsb_ad import (
        DETECTORS,
        DRAWING,
        SEEDED,
        SUITE,
        compare,
        published_figures,
    )
    from bench.spec import Spec
    from bench.splits.timeline import period
    from bench.trials.split_cache import make_split

    registry = load_registry()
    [results] = [each for each in load_suite_results(Path("results")) if each.name == SUITE]
    theirs = {ours: name for name, ours in DETECTORS.items()}
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["file", "detector", "vus_pr"])
    for each in compare(results, published_figures(SUITE)):
        if each.verdict != NOT:
            continue
        figure, name = each.published, theirs[each.published.detector]
        plugin, params = registry.dataset(Spec.parse(f"tsb_ad:{figure.dataset}"))
        X, y = make_split(plugin, params, 0).test
        their_name = THEIR_NAMES.get(name, name.replace("-", "_"))
        run = getattr(model_wrapper, f"run_{their_name}")
        draws = Spec.parse(figure.detector).name in DRAWING - SEEDED
        for seed in range(SEEDS if draws else 1):
            np.random.seed(seed)
            with contextlib.redirect_stdout(io.StringIO()):
                scores = run(X.copy(), **Optimal_Uni_algo_HP_dict[their_name])
            area = volumes(np.asarray(scores, dtype=float).ravel(), y == 1, period(X[:, 0])).pr
            writer.writerow([figure.dataset, name, f"{area:.6f}"])
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
