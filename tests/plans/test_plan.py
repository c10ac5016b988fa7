from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import BenchError
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import Grid, Suite
from bench.plugins.metadata import DatasetPlugin, DetectorPlugin
from bench.plugins.registry import Registry

UNLABELLED = ("unsupervised", "one-class")


def a_detector(name, **options):
    given = {"regimes": UNLABELLED, "defaults": {"k": 1, "depth": 2}, "source": f"source of {name}"}
    return DetectorPlugin(name=name, doc=name, build=object, **{**given, **options})


def a_dataset(name, **options):
    given = {"defaults": {"size": 10, "noise": 0.0}, "source": f"source of {name}"}
    return DatasetPlugin(name=name, doc=name, make=object, **{**given, **options})


FILES = a_dataset(
    "files", defaults={"test": 0.3}, required="file", variants=lambda: [{"file": "a_1"}, {"file": "b_2"}]
)
NO_FILES = a_dataset("nofiles", required="file", variants=lambda: [], hint="give a folder")
PLUGINS = (
    a_detector("slow", cost=9),
    a_detector("fast", cost=0.1),
    a_detector("middle"),
    a_detector("labelled", regimes=("supervised",)),
    a_detector("curves_only", modalities=("curve",), cost=0.5),
    a_dataset("tables"),
    a_dataset("waves", modality="curve"),
    FILES,
    NO_FILES,
)
SUITE = Suite(
    name="mine",
    title="Mine",
    seeds=(0, 1),
    grids=(
        Grid(("tables:size=5", "tables"), ("unsupervised",)),
        Grid(("waves", "tables:size=7,noise=0.5"), ("one-class", "supervised"), 0.05),
    ),
    detectors=("slow", "fast"),
)


def registry_of(*plugins):
    registry = Registry()
    registry.add(plugins)
    assert not registry.broken
    return registry


REGISTRY = registry_of(*PLUGINS)


def plan_of(registry=REGISTRY, suite=SUITE, every=False, **selection):
    return make_plan(suite, registry, Selection(**selection), every=every)


def cells_of(plan):
    return [(cell.dataset.label, cell.regime, cell.contamination) for cell in plan.cells]


def detectors_of(plan):
    return {trial.detector.label for trial in plan}


def test_a_suite_alone_is_run_breadth_first_and_cheap_first():
    trials = [(t.seed, t.dataset.label, t.regime, t.detector.label) for t in plan_of()]
    cells = [
        ("tables:size=5", "unsupervised"),
        ("tables", "unsupervised"),
        ("waves", "one-class"),
        ("tables:noise=0.5,size=7", "one-class"),
    ]
    assert trials == [(seed, *cell, name) for seed in (0, 1) for cell in cells for name in ("fast", "slow")]


def test_the_length_and_the_outline_of_a_plan_tell_of_its_trials():
    plan = plan_of(every=True)
    assert len(plan) == len(list(plan)) > 0
    told = {
        (cell["dataset"], cell["regime"], cell["contamination"], name, seed)
        for outline in plan.outlines()
        for cell in outline["cells"]
        for name in cell["detectors"]
        for seed in outline["seeds"]
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
        (cell["dataset"], cell["regime"], name, seed)
        for outline in plan.outlines()
        for cell in outline["cells"]
        for name in cell["detectors"]
        for seed in outline["seeds"]
    }
    assert told == {(t.dataset.label, t.regime, t.detector.label, t.seed) for t in plan}


def test_seeds_that_a_person_asks_for_are_for_slow_detectors_too():
    registry = registry_of(*PLUGINS, replace(PLUGINS[0], name="glacial", slow=True))
    plan = plan_of(registry, replace(SUITE, slow_seeds=1), every=True, seeds=(1, 2))
    assert {t.seed for t in plan if t.detector.name == "glacial"} == {1, 2}


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


def test_every_means_all_detectors_unless_some_are_named():
    everyone = {"slow", "fast", "middle", "labelled", "curves_only"}
    assert detectors_of(plan_of()) == {"slow", "fast"}
    assert detectors_of(plan_of(every=True)) == everyone
    assert detectors_of(plan_of(every=True, detectors=("middle",))) == {"middle"}


@pytest.mark.parametrize(
    ("patterns", "labels"),
    [
        (("*",), {"slow", "fast", "middle", "labelled", "curves_only"}),
        (("*l*w", "f?st"), {"slow", "fast"}),
        (("[sm]*",), {"slow", "middle"}),
        (("MIDDLE",), {"middle"}),
        (("fast:k=3",), {"fast:k=3"}),
        (("fast", "fast:k=3,depth=9"), {"fast", "fast:depth=9,k=3"}),
        (("fast", "f*", "fast:k=1"), {"fast"}),
        (("*s*:k=3",), {"slow:k=3", "fast:k=3", "curves_only:k=3"}),
    ],
)
def test_detectors_are_named_by_patterns_and_may_carry_parameters(patterns, labels):
    assert detectors_of(plan_of(detectors=patterns)) == labels


def test_a_detector_gets_its_defaults_and_the_parameters_of_the_command_line():
    [named] = {
        trial.detector.canonical: trial.detector for trial in plan_of(detectors=("fast:k=3",))
    }.values()
    assert (named.name, named.params) == ("fast", {"depth": 2, "k": 3})


@pytest.mark.parametrize(
    ("patterns", "labels"),
    [
        (("tables*",), ["tables:size=5", "tables", "tables:noise=0.5,size=7"]),
        (("tables",), ["tables"]),
        (("TABLES:size=5",), ["tables:size=5"]),
        (("*",), ["tables:size=5", "tables", "waves", "tables:noise=0.5,size=7"]),
        (("*=0.5*", "w*"), ["waves", "tables:noise=0.5,size=7"]),
    ],
)
def test_datasets_are_chosen_from_the_suite_by_patterns(patterns, labels):
    cells = cells_of(plan_of(datasets=patterns))
    assert list(dict.fromkeys(label for label, _, _ in cells)) == labels


def test_a_variant_that_the_suite_lacks_joins_its_first_grid():
    plan = plan_of(datasets=("waves:size=3", "waves"))
    assert cells_of(plan) == [
        ("waves", "one-class", 0.05),
        ("waves", "supervised", 0.05),
        ("waves:size=3", "unsupervised", "known"),
    ]


def test_a_variant_named_twice_is_run_once():
    twice = replace(SUITE, grids=(Grid(("tables", "tables:size=10", "tables"), ("unsupervised",)),) * 2)
    assert cells_of(plan_of(suite=twice)) == [("tables", "unsupervised", "known")]


def test_regimes_and_seeds_are_chosen_from_the_suite():
    plan = plan_of(regimes=("one*",), seeds=(7, 3))
    assert {trial.regime for trial in plan} == {"one-class"}
    assert list(dict.fromkeys(trial.seed for trial in plan)) == [7, 3]


@pytest.mark.parametrize(
    ("pattern", "labels"),
    [
        ("files", ["files:a_1", "files:b_2"]),
        ("files:*", ["files:a_1", "files:b_2"]),
        ("files:b*", ["files:b_2"]),
        ("files:A*,test=0.5", ["files:a_1,test=0.5"]),
        ("files:a_1", ["files:a_1"]),
        ("files:file=a_1", ["files:a_1"]),
        ("f*:b_2", ["files:b_2"]),
    ],
)
def test_files_are_chosen_by_what_there_is(pattern, labels):
    assert [label for label, _, _ in cells_of(plan_of(datasets=(pattern,)))] == labels


@pytest.mark.parametrize("name", ["a[1]", "a=b", "a,b"])
def test_a_file_with_a_sign_in_its_name_can_be_chosen(name):
    plan = plan_of(with_plugin("files", variants=lambda: [{"file": name}]), datasets=("files",))
    assert [cell.dataset.params["file"] for cell in plan.cells] == [name]


def test_where_there_are_no_files_the_hint_says_how_to_get_some():
    suite = replace(SUITE, grids=(Grid(("nofiles:*", "tables"), ("unsupervised",)),))
    plan = plan_of(suite=suite)
    assert plan.hints == ("nofiles: give a folder",)
    assert {trial.dataset.name for trial in plan} == {"tables"}


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        ({"detectors": ("fsat",)}, "unknown detector 'fsat'; did you mean 'fast'"),
        ({"detectors": ("x*",)}, r"unknown detector 'x\*'"),
        ({"detectors": ("fast:kk=1",)}, "unknown parameter of detector 'fast': 'kk'; did you mean 'k'"),
        ({"detectors": ("fast:3",)}, "detector 'fast': write PARAM=VALUE instead of '3'"),
        ({"datasets": ("tabels",)}, "unknown dataset 'tabels'; did you mean 'tables'"),
        (
            {"datasets": ("tables:sise=1",)},
            "unknown parameter of dataset 'tables': 'sise'; did you mean 'size'",
        ),
        ({"datasets": ("files:b_22*",)}, r"unknown dataset 'files:b_22\*'; did you mean 'files:b_2'"),
        ({"datasets": ("nofiles:*",)}, "nofiles: give a folder"),
        ({"regimes": ("unsupervized",)}, "unknown regime 'unsupervized'; did you mean 'unsupervised'"),
        ({"regimes": ("semi-supervised",)}, "nothing to run: no detector fits"),
        (
            {"detectors": ("labelled",), "datasets": ("tables",)},
            "nothing to run: no detector fits any dataset",
        ),
        ({"seeds": ()}, "nothing to run"),
    ],
)
def test_a_selection_that_means_nothing_says_what_is_wrong(selection, message):
    with pytest.raises(BenchError, match=message):
        plan_of(**selection)


def test_a_detector_without_its_package_is_told_of_and_not_run():
    registry = registry_of(*PLUGINS, a_detector("absent", requires=("no_such_package",)))
    plan = plan_of(registry, detectors=("absent", "fast"))
    assert [plugin.name for plugin in plan.unavailable] == ["absent"]
    assert detectors_of(plan) == {"fast"}
    with pytest.raises(BenchError, match=r"nothing to run: .*absent is not installed"):
        plan_of(registry, detectors=("absent",))


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


@pytest.mark.parametrize(
    "written", ["tables:size=7,noise=0.5", "tables:noise=0.50,size=7", "waves:size=10", "waves:noise=0"]
)
def test_a_variant_of_the_suite_is_found_however_its_parameters_are_written(written):
    assert {contamination for _, _, contamination in cells_of(plan_of(datasets=(written,)))} == {0.05}


def test_a_default_written_otherwise_is_the_same_trial():
    one, other = (list(plan_of(detectors=(name,), seeds=(0,))) for name in ("fast:k=1", "fast:k=1.0"))
    assert one[0].detector.label == other[0].detector.label == "fast"
    assert one[0].key == other[0].key


def with_plugin(name, **changes):
    return registry_of(*(replace(p, **changes) if p.name == name else p for p in PLUGINS))


def one_key(plan):
    return next(iter(plan)).key


def test_what_goes_first_is_a_matter_of_cost_and_not_of_names():
    trials = list(plan_of(with_plugin("fast", cost=100), seeds=(0,), datasets=("tables",)))
    assert [trial.detector.name for trial in trials] == ["slow", "fast"]


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
        {"detectors": ("fast", "slow")},
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
