from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.errors import BenchError
from bench.pipeline.alone import RowwiseDetector
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry
from bench.spec import Spec
from bench.trials.features import as_asked
from bench.trials.members import members_of
from bench.trials.runner import TrialRunner


def plan_of(registry, *detectors):
    selection = Selection(detectors=detectors, datasets=("breast_cancer",), regimes=("unsupervised",))
    return make_plan(load_suite("quick"), registry, selection)


def ensemble(registry, of):
    return registry.detector(Spec.parse(f'rank_mean:of="{of}"'))


def test_members_come_with_their_complete_parameters(registry):
    found = members_of(*ensemble(registry, "knn:n_neighbors=7+hbos"), registry)
    assert [(plugin.name, params) for plugin, params in found] == [
        ("knn", {"n_neighbors": 7}),
        ("hbos", {}),
    ]
    assert members_of(registry.detectors["knn"], {}, registry) == []


@pytest.mark.parametrize(
    ("of", "message"),
    [
        ("knn+ecdo", "unknown detector 'ecdo'; did you mean 'ecod'"),
        ("knn:k=3", "unknown parameter of detector 'knn': 'k'"),
        ("knn+random_forest", "'random_forest' cannot be a member, since it needs more than rows"),
        ("autoencoder", "'autoencoder' cannot be a member"),
        ("rank_maximum", "'rank_maximum' cannot be a member"),
        ("", "has no name"),
    ],
)
def test_what_cannot_be_a_member_is_said_before_anything_runs(registry, of, message):
    with pytest.raises(BenchError, match=message):
        plan_of(registry, f'rank_mean:of="{of}"')


@pytest.mark.parametrize("of", ["knn:window=5+ecod", "knn:smoothing=5+ecod", "sub_lof+ecod"])
def test_a_member_that_reads_points_in_time_makes_an_ensemble_of_series(registry, of):
    """It would take rows of a table, whose order says nothing, for points that follow one another."""
    with pytest.raises(BenchError, match=r"nothing to run: .* is for: series"):
        plan_of(registry, f'rank_mean:of="{of}"')
    with pytest.raises(BenchError, match="is for series, and this is a table; choose another"):
        RowwiseDetector(f'rank_mean:of="{of}"', 0, registry)
    plan = make_plan(load_suite("series"), registry, Selection(detectors=(f'rank_mean:of="{of}"',)))
    assert len(plan)


def test_an_ensemble_is_another_when_its_members_code_is(registry):
    plugin, params = ensemble(registry, "knn+ecod")
    found = as_asked(plugin, params, registry)
    changed = replace(registry, detectors={**registry.detectors})
    changed.detectors["ecod"] = replace(registry.detectors["ecod"], source="edited")
    assert as_asked(plugin, params, changed).source != found.source
    changed.detectors["ecod"] = registry.detectors["ecod"]
    changed.detectors["hbos"] = replace(registry.detectors["hbos"], source="edited")
    assert as_asked(plugin, params, changed).source == found.source
    assert {"pyod", "torch"} <= set(found.requires)


def test_a_user_s_own_detector_can_be_a_member(registry, write_plugin):
    folder = write_plugin(
        "far",
        """
        from bench import detector

        @detector
        class Far:
            "Distance to the mean."
            def fit(self, train): self.mean = train.X.mean(axis=0)
            def score(self, X): return ((X - self.mean) ** 2).sum(axis=1)
        """,
    )
    own = load_registry([folder], installed=False)
    runner = TrialRunner(own)
    [alone] = plan_of(own, "far")
    [with_one] = plan_of(own, "rank_mean:of=far")
    far, ranked = runner.run(alone), runner.run(with_one)
    assert ranked.record.status == "ok", ranked.record.reason
    # The ranks of one member are in the order of its scores, which tie below the lowest of training only.
    assert (np.diff(ranked.scores[np.argsort(far.scores)]) >= 0).all()
    assert len(np.unique(ranked.scores)) > 0.95 * len(np.unique(far.scores))
    assert with_one.key != alone.key


def test_an_ensemble_whose_member_is_not_installed_is_unavailable(registry):
    lacking = replace(registry, detectors={**registry.detectors})
    lacking.detectors["knn"] = replace(registry.detectors["knn"], requires=("no_such_package",))
    plan = plan_of(lacking, "rank_mean", "ecod")
    assert [plugin.name for plugin in plan.unavailable] == ["rank_mean"]
