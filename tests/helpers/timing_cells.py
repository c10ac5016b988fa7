"""Cells of timing grids, measured or made up."""

from __future__ import annotations

from bench.timing.grid import make_grid
from bench.timing.measuring import Measurer, Timing, measure_all


def cells_of(registry, *detectors, rows=(60,), features=(3,), devices=("cpu",)):
    return make_grid(registry, rows=rows, features=features, detectors=detectors, devices=devices).cells


def measured(registry, *detectors, **grid):
    return list(measure_all(cells_of(registry, *detectors, **grid), Measurer(registry, repeats=2)))


def fake(cell, fit=1.0, score=1.0, **fields):
    return Timing(cell, "ok", fit_seconds=fit, stage_seconds=0.0, score_microseconds=score, runs=3, **fields)
