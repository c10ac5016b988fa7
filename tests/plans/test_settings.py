from __future__ import annotations

from dataclasses import replace

import pytest
from made_up_plans import PLUGINS as OTHERS
from made_up_plans import SUITE, a_detector, detectors_of, plan_of, registry_of

from bench.analysis.settings import FEWEST_SETTINGS
from bench.data.oddbench import odd_tables
from bench.errors import BenchError
from bench.plans.selection import choose_detectors
from bench.plans.settings import MOST_DRAWN, Settings, builtin_spaces
from bench.plans.suite import load_suite
from bench.plugins.registry import missing_packages, parameter_defaults
from bench.spec import Spec
from bench.splits.sources import related_group

VARIED = a_detector("varied", space={"k": {"log": [1, 100]}, "depth": [1, 2, 3]}, cost=0.2)
SMALL = a_detector("small", space={"depth": [1, 2, 3]})
PLAIN = a_detector("plain")
REGISTRY = registry_of(VARIED, SMALL, PLAIN, *OTHERS)
ALL = ("varied", "small", "plain")
# Defaults that no list and no range of numbers in TOML can hold: nothing, which a library reads as a rule.
NO_VALUE = {("elliptic_envelope", "support_fraction"), ("pca", "n_components")}


def labels(settings, detectors=ALL, registry=REGISTRY):
    return [named.label for _, named in plan_of(registry, detectors=detectors, settings=settings).detectors]


def test_by_default_a_plan_has_what_was_asked_for():
    assert set(labels(None)) == set(labels("default")) == set(ALL)


def test_random_settings_come_besides_the_default_which_is_not_run_twice():
    found = [label for label in labels("random:20") if label.startswith("varied")]
    assert found.count("varied") == 1
    assert len(set(found)) == len(found) == 21
    plan = plan_of(REGISTRY, detectors=ALL, settings="random:20")
    keys = [trial.key for trial in plan]
    assert len(set(keys)) == len(keys)
    params = [named.params for plugin, named in plan.detectors if plugin.name == "varied"]
    assert params.count({"k": 1, "depth": 2}) == 1
    assert all(1 <= each["k"] <= 100 and each["depth"] in (1, 2, 3) for each in params)


def test_of_a_small_space_all_settings_are_tried_and_a_detector_without_one_is_left_as_it_is():
    assert labels("random:20", ("small",)) == ["small", "small:depth=1", "small:depth=3"]
    assert labels("random:20", ("plain",)) == ["plain"]


def test_draws_stay_the_same_with_more_settings_detectors_or_parameters():
    few, more = set(labels("random:5", ("varied",))), set(labels("random:30"))
    assert few < more
    defaults = {"k": 1, "depth": 2, "p": 2}
    wider = replace(VARIED, defaults=defaults, space={**VARIED.space, "p": [1, 2]})
    drawn = {
        label.replace(",p=1", "") for label in labels("random:5", ("varied",), registry_of(wider, *OTHERS))
    }
    assert drawn - {"varied:p=1"} <= few


def test_settings_are_the_same_on_each_dataset_and_seed():
    plan = plan_of(REGISTRY, detectors=("varied",), settings="random:3")
    by_cell = {}
    for trial in plan:
        by_cell.setdefault((trial.dataset.label, trial.regime, trial.seed), set()).add(trial.detector.label)
    assert len({frozenset(found) for found in by_cell.values()}) == 1


def test_a_parameter_that_was_asked_for_stays_as_it_is():
    found = labels("random:4", ("varied:depth=3",))
    assert found[0] == "varied:depth=3"
    assert len(found) == 5
    assert {Spec.parse(label).params["depth"] for label in found} == {3}


def test_a_grid_is_every_combination_of_levels():
    found = [label for label in labels("grid") if label.startswith("varied")]
    assert len(found) == 5 * 3  # the default is one of them
    assert {"varied", "varied:depth=1,k=100", "varied:k=10"} <= set(found)


def test_a_plan_says_which_settings_nobody_asked_for():
    plan = plan_of(REGISTRY, detectors=("small", "small:depth=3"), settings="random:9")
    assert plan.settings == {"small:depth=1"}
    assert [outline.settings for outline in plan.outlines()] == [["small:depth=1"]]


def test_a_suite_has_settings_and_the_command_line_others():
    suite = replace(SUITE, detectors=ALL, settings="random:2")
    assert len(detectors_of(plan_of(REGISTRY, suite))) == 3 + 3 + 1
    assert detectors_of(plan_of(REGISTRY, suite, settings="default")) == set(ALL)


@pytest.mark.parametrize("text", ["", "random", "random:", "random:x", "random:-1", "Grid", "default:3"])
def test_an_unknown_word_is_refused(text):
    with pytest.raises(BenchError, match="write 'default', 'random:20' or 'grid'"):
        Settings.parse(text)


@pytest.mark.parametrize("count", [0, MOST_DRAWN + 1, 999_999_999])
def test_an_absurd_number_is_refused(count):
    with pytest.raises(BenchError, match="draw 1 to 1,000 settings"):
        Settings.parse(f"random:{count}")


@pytest.mark.parametrize("name", builtin_spaces())
def test_each_builtin_space_is_of_parameters_that_there_are_and_holds_the_default(name, registry):
    plugin = registry.detectors[name]
    if missing_packages(plugin):
        pytest.skip("its package is not installed")
    defaults = parameter_defaults(plugin)
    outside = {(name, key) for key, values in builtin_spaces()[name].items() if defaults[key] not in values}
    assert outside <= NO_VALUE


@pytest.mark.parametrize("name", builtin_spaces())
def test_each_setting_of_a_builtin_detector_can_be_constructed(name, registry):
    [pair] = choose_detectors([name], registry)
    if missing_packages(pair[0]):
        pytest.skip("its package is not installed")
    found = choose_detectors(Settings(drawn=20).labels(*pair), registry)
    assert len(found) > FEWEST_SETTINGS
    for plugin, named in found:
        made = plugin.create(named.params)
        library = getattr(made, "wrapped_class", None)
        if library is not None:
            library(**made.params)


def test_the_suite_of_settings_has_enough_of_each_and_no_table_that_leaks_or_shares_a_source():
    suite = load_suite("settings")
    assert len(suite.detectors) >= 15
    assert set(suite.detectors) <= set(builtin_spaces())
    [grid] = suite.grids
    tables = [Spec.parse(label).bare for label in grid.datasets]
    assert len({related_group(label) for label in grid.datasets}) == len(tables) >= 60
    assert all(odd_tables()[name].is_clean for name in tables)
    assert Settings.parse(suite.settings).drawn == 20
