"""A further kind of rows is one file: with a dataset and a detector of it, all that is there works on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPECTRUM = """\
from bench.modalities import CataloguePicture, InspectPicture, Modality
from bench.modalities.curve import draw_sheet, draw_split

MODALITY = Modality(
    name="spectrum",
    order=9,
    axis="wavelength (nm)",
    shape=(16,),
    wide_shape=(48,),
    catalogue=CataloguePicture(draw_split, 3, (3.4, 2.1), "a few spectra"),
    inspect=InspectPicture(draw_sheet, "Spectra", "Each line is a spectrum.", "Dashed: reconstructions."),
)
"""
TRACE = """\
from bench.modalities import CataloguePicture, InspectPicture, Modality
from bench.modalities.series import draw_sheet, draw_split

MODALITY = Modality(
    name="trace",
    order=9,
    axis="sensor",
    shape=(2,),
    wide_shape=(64,),
    one_column=True,
    in_time=True,
    catalogue=CataloguePicture(draw_split, 3, (3.4, 2.1), "a trace"),
    inspect=InspectPicture(draw_sheet, "Points", "Above the trace, below scores.", "The same."),
)
"""
PLUGINS = '''\
import numpy as np

from bench import Split, dataset, detector


@dataset(modality="spectrum")
def lines(rng, *, rows: int = 200) -> Split:
    """Noise over 16 wavelengths; anomalies have a line."""
    X, y = rng.normal(size=(rows, 16)), np.arange(rows) % 10 == 0
    X[y, 5] += 6
    return Split.stratified(X, y.astype(int), rng)

'''
IN_TIME = '''\
import numpy as np

from bench import Recording, Split, dataset, detector


@dataset(modality="trace")
def steps(rng, *, points: int = 900) -> Split:
    """Two noisy sines; for a while both are high."""
    X = np.sin(np.arange(points)[:, None] / 7 + [0, 1]) + 0.1 * rng.normal(size=(points, 2))
    y = np.zeros(points, dtype=int)
    y[700:730] = 1
    X[700:730] += 2
    return Split.in_time(Recording.of_one(X, y, train=400))

'''


DETECTOR = '''

@detector(modalities=("{modality}",), deterministic=True)
class Largest:
    """The largest value of a row."""

    def fit(self, train):
        pass

    def score(self, X):
        return abs(X).max(axis=1)
'''
# All in one process, but for the workers of the run.
USE = """\
import sys

from bench import api
from bench.timing.grid import TIMED_ON

dataset, detectors = sys.argv[1:]
first = detectors.partition(",")[0]
listed = api.list("datasets", plugins="mine").set_index("dataset")
print("listed as", listed.loc[dataset, "modality"])
print("broken:", api.check(first, plugins="mine", jobs=1).failures)
how = {"regimes": "unsupervised", "plugins": "mine", "jobs": 1}
found = api.run(suite="quick", datasets=dataset, detectors=detectors, **how)
print("statuses:", *found.trials()["status"])
drawn = api.inspect(first, dataset, regime="unsupervised", plugins="mine")
print("drawn:", len(drawn.files) > 0)
print("timed on:", *TIMED_ON)
"""


@pytest.mark.parametrize(
    ("name", "modality", "plugins", "dataset", "detectors", "metric", "timed_on"),
    [
        ("spectrum", SPECTRUM, PLUGINS, "lines", "largest,knn:scaling=rank", "adjusted AP", "table series"),
        (
            "trace",
            TRACE,
            IN_TIME,
            "steps",
            "largest,knn:window=20,smoothing=5",
            "VUS-PR",
            "table series trace",
        ),
    ],
)
def test_a_further_kind_of_rows_is_one_file(
    tmp_path, name, modality, plugins, dataset, detectors, metric, timed_on
):
    for folder in ("bench", "detectors", "datasets"):
        unused = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / folder, tmp_path / "copy" / folder, ignore=unused)
    (tmp_path / "copy/bench/modalities" / f"{name}.py").write_text(modality)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/mine.py").write_text(plugins + DETECTOR.format(modality=name))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "copy")}
    used = subprocess.run(
        [sys.executable, "-c", USE, dataset, detectors],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert used.returncode == 0, used.stderr
    assert used.stdout.splitlines() == [
        f"listed as {name}", "broken: {}", "statuses: ok ok", "drawn: True", f"timed on: {timed_on}"
    ]  # fmt: skip
    assert metric in (tmp_path / "results/leaderboard.md").read_text(encoding="utf-8")
