"""Of several records of one trial, reports show that of the code that is there now."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from msgspec import structs

from bench.analysis.results import load_suite_results
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.runs.current import answers_of, finished
from bench.runs.writing import RunWriter
from bench.trials.environment import Environment
from bench.trials.record import Outcome, Record


@pytest.fixture
def plans(registry):
    """Plans by the version of the detector's code."""

    def of(source, **defaults):
        plan = make_plan(
            load_suite("quick"), registry, Selection(("knn",), ("digits",), ("unsupervised",), (0, 1))
        )
        [(plugin, named)] = plan.detectors
        named = structs.replace(named, params={**named.params, **defaults})
        return replace(plan, detectors=((replace(plugin, source=source), named),))

    return of


def run(results, plan, f1, name=None):
    """What `run` does: trials that have not finished run, and those that have are current again."""
    done = finished(results)
    with RunWriter(results, plan, Environment(), name) as writer:
        for answer in answers_of(results, done.current_again(plan)):
            writer.write_again(answer)
        for trial in plan:
            if trial.key not in done.statuses:
                scores, y = np.array([f1, 1.0]), np.array([0, 1])
                writer.write(Outcome(Record.of(trial, "ok", metrics={"native": {"f1": f1}}), scores, y))


def shown(results):
    [found] = load_suite_results(results)
    return found.frame["native.f1"].tolist()


@pytest.mark.parametrize("names", [(None, None, None), ("a", "a", "a"), ("a", None, "a"), (None, "b", None)])
def test_after_the_code_was_another_for_a_while_reports_show_what_it_gave_at_first(tmp_path, plans, names):
    for source, f1, name in zip(("one", "two", "one"), (0.1, 0.2, 0.3), names, strict=True):
        run(tmp_path, plans(source), f1, name)
        assert shown(tmp_path) == [0.2 if source == "two" else 0.1] * 2
    # The record that is current again has its scores, and asks for nothing more.
    [found] = load_suite_results(tmp_path)
    [(scores, labels), _] = [found.runs[row.run].scored_rows(row.record) for row in found.frame.itertuples()]
    assert (scores.tolist(), labels.tolist()) == ([0.1, 1.0], [0, 1])
    assert not finished(tmp_path).current_again(plans("one"))


def test_a_default_that_was_another_for_a_while_changes_no_label_and_is_told_apart(tmp_path, plans):
    for source, neighbours, f1 in (("one", 1, 0.1), ("two", 2, 0.2), ("one", 1, 0.3)):
        run(tmp_path, plans(source, n_neighbors=neighbours), f1)
    assert shown(tmp_path) == [0.1] * 2


def test_the_last_record_is_current_where_the_code_is_nowhere(tmp_path, plans):
    run(tmp_path, plans("one"), 0.1)
    run(tmp_path, plans("two"), 0.2)
    assert shown(tmp_path) == [0.2] * 2
    assert not finished(tmp_path).current_again(plans("three"))


def test_a_reference_run_that_is_gone_on_with_beside_a_run_of_ones_own_writes_nothing_again(tmp_path, plans):
    """Its records stay behind the others', and to write them again would change nothing."""
    run(tmp_path, plans("one"), 0.1, "reference-x")
    run(tmp_path, plans("two"), 0.2)
    found = finished(tmp_path, name="reference-x")
    assert not found.current_again(plans("one"))
    assert len(found.statuses) == 4
    assert shown(tmp_path) == [0.2] * 2
