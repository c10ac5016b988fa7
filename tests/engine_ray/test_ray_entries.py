"""An entry of a run on Ray is as good as one of a run on the local engine."""

from __future__ import annotations

from contextlib import closing

import pytest
from entries import judged, make_entry, mismatches

from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry
from bench.runs.writing import RunWriter
from bench.trials.environment import describe

ray = pytest.importorskip("ray", reason="the package 'ray' is not installed: pip install -e '.[ray]'")

from bench.engine.ray import RayEngine  # noqa: E402


@pytest.mark.timeout(1800)  # Ray takes its time to start
def test_an_entry_from_ray_is_verified(tmp_path):
    registry = load_registry(installed=False)
    selection = Selection(("knn", "hbos", "isolation_forest"), regimes=("unsupervised",))
    plan = make_plan(load_suite("quick"), registry, selection)
    with (
        RunWriter(tmp_path, plan, describe("0", 1), "mine") as writer,
        closing(RayEngine(registry, jobs=1).run(plan)) as outcomes,
    ):
        for outcome in outcomes:
            writer.write(outcome)
    found = judged(make_entry(tmp_path / "mine.zip", writer.run, registry), rerun=0.05)
    assert mismatches(found) == [], found.findings
    assert set(found.detectors.values()) == {"verified"}, found.findings
