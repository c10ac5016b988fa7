"""What series consist of can be taken away: nothing that is left names it, and all goes on without it."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAME = "series"
OWN_FILES = (
    "bench/modalities/series.py",
    "bench/data/series.*",
    "bench/data/tsb_ad.csv",
    "bench/data/layouts.py",
    "bench/data/publishers/series.py",
    "bench/plans/suites/series*.toml",
    "bench/plans/suites/tsb-ad-u.toml",
    "bench/report/studies/tsb_ad*",
    "datasets/*series*.py",
    "detectors/series_*.py",
    "detectors/_pyod_series.py",
    "detectors/_window_neighbours.py",
    "detectors/_random_cut_forest.py",
)
# Of lists with an entry for each thing, the lines that are theirs.
ENTRIES = {"bench/data/__init__.py": r"\b(find_series|series_files|tsb_ad_sources)\b"}
# All in one process, but for the workers of the run.
USE = """\
from bench import api

print("modalities:", *sorted(set(api.list("datasets")["modality"])))
print("broken:", api.check("random_score", jobs=1).failures)
datasets = ["breast_cancer", "bumps:anomalies=50", "textures:anomalies=20"]
how = {"regimes": "unsupervised", "detectors": "random_score,hbos", "datasets": datasets, "name": "one"}
print("statuses:", *api.run(suite="quick", **how, jobs=1).trials()["status"])
print("to run:", api.status(suite="quick", **how).to_run)
print("worse:", api.compare("one", "one").is_worse)
print("drawn:", len(api.inspect("hbos", "breast_cancer", regime="unsupervised").files) > 0)
print("timed:", *api.time(detectors="random_score", rows=40, features=1)["status"])
print("audited:", *api.data_audit("breast_cancer").found)
labels = api.data_list()["label"]
print("known:", *sorted({label.partition(":")[0] for label in labels}))
"""


@pytest.fixture(scope="module")
def without(tmp_path_factory):
    """A copy of the package without its series, and the files that it lacks."""
    copy = tmp_path_factory.mktemp("without")
    for folder in ("bench", "detectors", "datasets"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    lacking = [file for pattern in OWN_FILES for file in copy.glob(pattern)]
    for file in lacking:
        file.unlink()
    for name, entries in ENTRIES.items():
        lines = (copy / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (copy / name).write_text("".join(line for line in lines if not re.search(entries, line)))
    return copy, [file.relative_to(copy) for file in lacking]


def named_by(file: Path, package: tuple[str, ...]) -> Iterator[str]:
    """What a file imports, by dotted names, and all its texts. package: the names of its folders."""
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*above, *([node.module] if node.module else [])])
            yield from (module, *(f"{module}.{each.name}" for each in node.names))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_nothing_names_what_belongs_to_series_alone(without):
    copy, lacking = without
    unknown = {".".join(file.with_suffix("").parts) for file in lacking if file.suffix == ".py"}
    unknown |= {file.name for file in lacking}
    found = {
        (str(file.relative_to(copy)), name)
        for file in copy.rglob("*.py")
        for name in unknown.intersection(named_by(file, file.relative_to(copy).parent.parts))
    }
    assert not found


def test_no_module_treats_the_modality_as_a_special_case(without):
    copy, _ = without
    special = re.compile(rf"modalit\w*\W{{1,6}}[\"']{NAME}[\"']", re.IGNORECASE)
    assert not [file for file in copy.rglob("*.py") if special.search(file.read_text(encoding="utf-8"))]


def test_all_else_goes_on_without_series(without, tmp_path):
    copy, lacking = without
    assert len(lacking) > 30
    used = subprocess.run(
        [sys.executable, "-c", USE],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
    )
    assert used.returncode == 0, used.stderr
    assert used.stdout.splitlines() == [
        "modalities: curve image table",
        "broken: {}",
        f"statuses: {' '.join(['ok'] * 6)}",
        "to run: 0",
        "worse: False",
        "drawn: True",
        "timed: ok",
        "audited: breast_cancer",
        "known: adbench oddbench",
    ]
    board = (tmp_path / "results/leaderboard.md").read_text(encoding="utf-8")
    assert "adjusted AP" in board
    assert "VUS-PR" not in board
