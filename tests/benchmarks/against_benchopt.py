"""Twenty detectors of PyOD on ten tables of 1 000 rows: here and by benchopt, whole processes in turn.

python tests/benchmarks/against_benchopt.py [--turns 3]

benchopt, which this project does not need, has to be installed beside it. Its benchmark is written into a
temporary folder: each detector once on each table, ROC AUC, two jobs. It scores the test rows alone; here
rows are held out of further fits as well, by which thresholds are set, and that is a part of what is timed.
Prints a Markdown table; how far it is goes to the standard error.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import textwrap
import threading
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

import numpy as np
import psutil

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

# By their names here, which are those of PyOD's modules.
DETECTORS = {
    "abod": "ABOD", "cblof": "CBLOF", "cof": "COF", "copod": "COPOD", "ecod": "ECOD",
    "feature_bagging": "FeatureBagging", "gmm": "GMM", "hbos": "HBOS", "iforest": "IForest", "inne": "INNE",
    "kde": "KDE", "knn": "KNN", "kpca": "KPCA", "loda": "LODA", "lof": "LOF", "mcd": "MCD", "ocsvm": "OCSVM",
    "pca": "PCA", "qmcd": "QMCD", "sampling": "Sampling",
}  # fmt: skip
TABLES, ROWS, COLUMNS = 10, 1000, 20
OBJECTIVE = """
    from benchopt import BaseObjective
    from sklearn.metrics import roc_auc_score

    class Objective(BaseObjective):
        name = "anomalies"
        sampling_strategy = "run_once"

        def set_data(self, X_train, X_test, y_test):
            self.X_train, self.X_test, self.y_test = X_train, X_test, y_test

        def get_objective(self):
            return dict(X_train=self.X_train, X_test=self.X_test)

        def evaluate_result(self, scores):
            return dict(value=1 - roc_auc_score(self.y_test, scores))

        def get_one_result(self):
            return dict(scores=self.X_test[:, 0])
"""
DATASET = """
    import numpy as np
    from benchopt import BaseDataset

    class Dataset(BaseDataset):
        name = "tables"
        parameters = {{"table": list(range({tables}))}}

        def get_data(self):
            with np.load(r"{folder}/table" + str(self.table) + ".npz") as content:
                X, y = content["X"], content["y"]
            half = len(X) // 2
            return dict(X_train=X[:half], X_test=X[half:], y_test=y[half:])
"""
SOLVER = """
    from benchopt import BaseSolver
    from pyod.models.{name} import {kind}

    class Solver(BaseSolver):
        name = "{name}"
        sampling_strategy = "run_once"

        def set_objective(self, X_train, X_test):
            self.X_train, self.X_test = X_train, X_test

        def run(self, _):
            self.scores = {kind}().fit(self.X_train).decision_function(self.X_test)

        def get_result(self):
            return dict(scores=self.scores)
"""


class Cost(NamedTuple):
    """Wall seconds, CPU seconds of all processes, and MiB of all of them together at their most."""

    wall: float
    cpu: float
    memory: float


def write_tables(folder: Path) -> None:
    """Standard normal rows, of which a twentieth is shifted."""
    folder.mkdir()
    for place in range(TABLES):
        rng = np.random.default_rng(place)
        y = (rng.random(ROWS) < 0.05).astype(int)
        np.savez(folder / f"table{place}.npz", X=rng.normal(size=(ROWS, COLUMNS)) + 2 * y[:, None], y=y)


def write_benchmark(folder: Path, data: Path) -> None:
    """A benchmark as benchopt reads it."""
    texts = {"objective.py": OBJECTIVE, "datasets/tables.py": DATASET.format(tables=TABLES, folder=data)}
    for name, kind in DETECTORS.items():
        texts[f"solvers/{name}.py"] = SOLVER.format(name=name, kind=kind)
    for name, text in texts.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(text), encoding="utf-8")


def run(arguments: list[str], folder: Path, data: Path) -> Cost:
    """Run a command to its end; SystemExit with what it said where it fails."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "BENCH_DATA_DIR": str(data), "COLUMNS": "200",
                   "PYTHONPATH": str(ROOT), "BENCH_CACHE_DIR": str(data.parent / "cache")}  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(arguments, cwd=folder, env=environment, stdout=said, stderr=said)
        most = [0]
        watch = threading.Thread(target=_watch, args=(process.pid, most))
        watch.start()
        code = process.wait()
        wall = time.perf_counter() - start
        watch.join()
        if code:
            said.seek(0)
            sys.exit(f"{' '.join(arguments[:4])} failed:\n" + said.read().decode(errors="replace")[-2000:])
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, most[0] / 2**20)


def _watch(pid: int, most: list[int]) -> None:
    """Note the most bytes that a process and its descendants hold together, shared ones in equal parts."""
    while psutil.pid_exists(pid):
        try:
            process = psutil.Process(pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return
            held = sum(_held(each) for each in (process, *process.children(recursive=True)))
        except psutil.Error:
            return
        most[0] = max(most[0], held)
        time.sleep(0.1)


def _held(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--turns", type=int, default=3, help="how often each counts, after a first time")
    turns = parser.parse_args().turns
    if shutil.which("benchopt") is None:
        sys.exit("error: benchopt is not installed; `pip install benchopt` beside this project, then again")
    costs: dict[str, list[Cost]] = {"here": [], "benchopt": []}
    with tempfile.TemporaryDirectory(prefix="against-benchopt-") as name:
        folder = Path(name)
        write_tables(data := folder / "data")
        write_benchmark(benchmark := folder / "benchmark", data)
        datasets = [f"--datasets=adbench:table{place}" for place in range(TABLES)]
        for turn in range(turns + 1):
            commands = {
                "here": [sys.executable, "-m", "bench", "run", "--suite", "real", *datasets, "--jobs", "2",
                         "--detectors", ",".join(DETECTORS), "--regimes", "unsupervised", "--seeds", "1",
                         "--results", f"results-{turn}"],
                "benchopt": ["benchopt", "run", str(benchmark), "-l", "-j", "2", "-r", "1", "--no-plot",
                             "--no-html", "--no-display", "--no-timeout", "--no-cache",
                             "--output", f"out{turn}"],
            }  # fmt: skip
            for which, arguments in commands.items():
                cost = run(arguments, folder, data)
                costs[which] += [cost] if turn else []
                print(f"{turn}/{turns} {which}: {cost.wall:.1f} s, {cost.cpu:.1f} s of CPU, "
                      f"{cost.memory:.0f} MiB", file=sys.stderr)  # fmt: skip
    from bench.report.markdown import table

    rows = [
        [which, *(f"{median(values):.1f}" for values in zip(*found, strict=True))]
        for which, found in costs.items()
    ]
    ratios = [
        median(ours / theirs for ours, theirs in zip(*pair, strict=True))
        for pair in zip(*(zip(*costs[which], strict=True) for which in ("here", "benchopt")), strict=True)
    ]
    rows.append(["here over benchopt", *(f"{ratio:.2f}" for ratio in ratios)])
    print(f"{len(DETECTORS)} detectors, {TABLES} tables, two jobs, medians of {turns} turns, "
          f"{os.cpu_count()} cores.\n")  # fmt: skip
    print(table(["", "wall s", "CPU s", "MiB together"], rows))


if __name__ == "__main__":
    main()
