from __future__ import annotations

from dataclasses import replace

import pytest
from made_up_plans import (
    PLUGINS,
    SUITE,
    a_detector,
    cells_of,
    detectors_of,
    plan_of,
    registry_of,
    with_plugin,
)

from bench.errors import BenchError
from bench.plans.suite import Grid


def test_seeds_that_a_person_asks_for_are_for_slow_detectors_too():
    registry = registry_of(*PLUGINS, replace(PLUGINS[0], name="glacial", slow=True))
    plan = plan_of(registry, replace(SUITE, slow_seeds=1), every=True, seeds=(1, 2))
    assert {t.seed for t in plan if t.detector.name == "glacial"} == {1, 2}


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


@pytest.mark.parametrize(
    "written", ["tables:size=7,noise=0.5", "tables:noise=0.50,size=7", "waves:size=10", "waves:noise=0"]
)
def test_a_variant_of_the_suite_is_found_however_its_parameters_are_written(written):
    assert {contamination for _, _, contamination in cells_of(plan_of(datasets=(written,)))} == {0.05}


def test_a_second_contamination_of_a_variant_is_said_not_to_run(recwarn):
    twice = replace(SUITE, grids=(SUITE.grids[0], replace(SUITE.grids[0], contamination=0.3)))
    assert {contamination for _, _, contamination in cells_of(plan_of(suite=twice))} == {"known"}
    [warning] = recwarn
    assert "tables:size=5, unsupervised, is in two grids of the suite" in str(warning.message)
    assert "contamination known, as the first says, and not with 0.3, and so with 1 more" in str(
        warning.message
    )
    recwarn.clear()
    plan_of(suite=replace(SUITE, grids=(SUITE.grids[0], SUITE.grids[0])))
    assert not recwarn.list
