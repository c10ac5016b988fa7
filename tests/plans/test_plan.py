from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_plans import FILES, PLUGINS, SUITE, a_dataset, a_detector, plan_of, registry_of, with_plugin

from bench.plans.suite import Grid


def test_a_suite_alone_is_run_breadth_first_and_cheap_first():
    trials = [(t.seed, t.dataset.label, t.regime, t.detector.label) for t in plan_of()]
    cells = [
        ("tables:size=5", "unsupervised"),
        ("tables", "unsupervised"),
        ("waves", "one-class"),
        ("tables:noise=0.5,size=7", "one-class"),
    ]
    cheap_first = [(seed, *cell, name) for seed in (0, 1) for cell in cells for name in ("fast", "slow")]
    # The last is no slow one, beside which other workers would have nothing to do.
    assert trials == [*cheap_first[:-2], cheap_first[-1], cheap_first[-2]]


def test_the_length_and_the_outline_of_a_plan_tell_of_its_trials():
    plan = plan_of(every=True)
    assert len(plan) == len(list(plan)) > 0
    told = {
        (cell.dataset, cell.regime, cell.contamination, name, seed)
        for outline in plan.outlines()
        for cell in outline.cells
        for name in cell.detectors
        for seed in outline.seeds
    }
    assert told == {(t.dataset.label, t.regime, t.contamination, t.detector.label, t.seed) for t in plan}


def test_slow_detectors_get_as_many_seeds_as_the_suite_says():
    slow = replace(PLUGINS[0], name="glacial", slow=True)
    registry = registry_of(*PLUGINS, slow)
    plan = plan_of(registry, replace(SUITE, seeds=(4, 2, 7), slow_seeds=2), every=True)
    seeds = {t.detector.name: set() for t in plan}
    for trial in plan:
        seeds[trial.detector.name].add(trial.seed)
    assert seeds.pop("glacial") == {4, 2}
    assert all(each == {4, 2, 7} for each in seeds.values())
    assert len(plan) == len(list(plan))
    told = {
        (cell.dataset, cell.regime, name, seed)
        for outline in plan.outlines()
        for cell in outline.cells
        for name in cell.detectors
        for seed in outline.seeds
    }
    assert told == {(t.dataset.label, t.regime, t.detector.label, t.seed) for t in plan}


def test_detectors_that_the_suite_names_first_run_before_cheaper_ones():
    suite = replace(SUITE, first=("sl*", "labelled"), seeds=(0,))
    on_waves = [trial for trial in plan_of(suite=suite, every=True) if trial.dataset.name == "waves"]
    assert [(trial.detector.name, trial.regime) for trial in on_waves] == [
        ("slow", "one-class"),
        ("labelled", "supervised"),
        ("fast", "one-class"),
        ("curves_only", "one-class"),
        ("middle", "one-class"),
    ]
    everything = {trial.key for trial in plan_of(suite=replace(SUITE, seeds=(0,)), every=True)}
    assert {trial.key for trial in plan_of(suite=suite, every=True)} == everything


def test_a_detector_meets_only_the_regimes_and_rows_that_it_is_for():
    plan = plan_of(every=True)
    assert {t.regime for t in plan if t.detector.name == "labelled"} == {"supervised"}
    assert {t.dataset.name for t in plan if t.detector.name == "curves_only"} == {"waves"}


def spell(name, params, order):
    """A name with parameters as a person might write it, in some order."""
    written = [f"{key}={params[key]}" for key in order]
    return f"{name}:{','.join(written)}" if written else name


@given(st.data())
def test_keys_do_not_depend_on_the_order_in_which_things_are_named(data):
    detectors = [("fast", {"k": 3, "depth": 4}), ("slow", {}), ("middle", {"depth": 7})]
    datasets = [("waves", {"size": 4, "noise": 0.5}), ("tables", {}), ("files", {"file": "a_1", "test": 0.2})]

    def chosen(named, permuted):
        order = st.permutations if permuted else st.just
        return tuple(
            spell(name, params, data.draw(order(sorted(params)))) for name, params in data.draw(order(named))
        )

    straight, mixed = (
        plan_of(detectors=chosen(detectors, permuted), datasets=chosen(datasets, permuted))
        for permuted in (False, True)
    )
    keys = sorted(trial.key for trial in straight)
    assert len(set(keys)) == len(keys) == 3 * 3 * 2
    assert sorted(trial.key for trial in mixed) == keys


def test_a_default_written_otherwise_is_the_same_trial():
    one, other = (list(plan_of(detectors=(name,), seeds=(0,))) for name in ("fast:k=1", "fast:k=1.0"))
    assert one[0].detector.label == other[0].detector.label == "fast"
    assert one[0].key == other[0].key


def one_key(plan):
    return next(iter(plan)).key


def test_what_goes_first_is_a_matter_of_cost_and_not_of_names():
    trials = list(plan_of(with_plugin("fast", cost=100), seeds=(0, 1), datasets=("tables",)))
    assert [trial.detector.name for trial in trials] == ["slow", "fast", "fast", "slow"]


BASE = {"detectors": ("fast",), "datasets": ("tables",), "seeds": (0,)}


@pytest.mark.parametrize(
    "changed",
    [
        {"registry": with_plugin("fast", source="edited")},
        {"registry": with_plugin("tables", source="edited")},
        {"registry": with_plugin("tables", fingerprint=lambda **_: "other data")},
        {"registry": with_plugin("fast", requires=("pyod",))},
        {"registry": with_plugin("fast", defaults={"k": 2, "depth": 2})},
        {"suite": replace(SUITE, grids=(replace(SUITE.grids[0], contamination=0.3),))},
        {"suite": replace(SUITE, grids=(Grid(("tables",), ("one-class",)),))},
        {"detectors": ("slow",)},
        {"detectors": ("fast:k=5",)},
        {"datasets": ("tables:noise=0.1",)},
        {"datasets": ("files:a_1",)},
        {"seeds": (1,)},
    ],
    ids="-".join,
)
def test_a_key_changes_with_whatever_decides_the_result(changed):
    assert one_key(plan_of(**{**BASE, **changed})) != one_key(plan_of(**BASE))


@pytest.mark.parametrize(
    "changed",
    [
        {"registry": with_plugin("fast", cost=100)},
        {"registry": with_plugin("fast", doc="Better words.", path="/elsewhere/fast.py")},
        {"registry": with_plugin("slow", source="edited")},
        {"suite": replace(SUITE, name="other", title="Other", timeout=1, headline="train-quantile")},
        {"seeds": (0, 5)},
        {"detectors": ("fast", "slow"), "seeds": (0, 5)},
        {"detectors": ("fast:k=1",)},
    ],
    ids="-".join,
)
def test_a_key_stays_with_what_does_not_touch_the_result(changed):
    assert one_key(plan_of(**{**BASE, **changed})) == one_key(plan_of(**BASE))


def test_the_data_of_each_variant_are_told_apart():
    files = replace(FILES, fingerprint=lambda file, **_: f"contents of {file}")
    plan = plan_of(registry_of(a_detector("fast"), files, a_dataset("tables"), a_dataset("waves")),
                   replace(SUITE, detectors=("fast",)), datasets=("files",), seeds=(0,))  # fmt: skip
    assert [trial.code.data for trial in plan] == ["contents of a_1", "contents of b_2"]
