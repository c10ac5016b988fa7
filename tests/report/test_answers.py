"""The sentence that says who is better, and the pictures that stand beside it."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from made_up_results import sized, suite_results

from bench.analysis.kinds import KINDS, Size, sizes
from bench.analysis.qualities import ranked_by
from bench.analysis.statistics.standing import standings
from bench.report import answers
from bench.report.page.figures import kinds, leaders
from bench.report.page.view import RegimeView
from bench.trials.record import RowCounts


def results(values, **more):
    """``values``: means by detector over datasets, of which every second one has few columns."""
    made = pd.DataFrame(values)
    return suite_results(made.set_axis([f"table{i}" for i in made.index]), **more)


def with_columns(label):
    columns = 3 if int(label.removeprefix("table")) % 2 else 30
    return RowCounts(train=400, test=200, test_anomalies=20, columns=columns)


def answer(made):
    lead = answers.Lead.of(made, "unsupervised")
    return answers.answer(ranked_by(made.frame), lead, standings(made, "unsupervised"))


@pytest.fixture(scope="module")
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="module")
def clear(rng):
    """``good`` is ahead of all others everywhere."""
    base = rng.uniform(0.2, 0.4, size=24)
    others = {f"other{i}": base + rng.normal(scale=0.03, size=24) for i in range(7)}
    return results({"good": base + 0.3, **others})


@pytest.fixture(scope="module")
def open_question(rng):
    """``first`` and ``second`` are alike, and the others far behind."""
    base = rng.uniform(0.4, 0.6, size=24)
    pair = {name: base + rng.normal(scale=0.05, size=24) for name in ("first", "second")}
    others = {f"other{i}": base - 0.3 + rng.normal(scale=0.05, size=24) for i in range(7)}
    return results(pair | others)


def test_one_that_is_ahead_of_all_is_said_to_be(clear):
    text = answer(clear)
    assert "**good** has the best mean adjusted AP" in text
    assert "over 24 independent datasets" in text
    assert "None of the 7 others can be the best (95 % confidence)." in text


def test_one_that_may_be_as_good_is_named(open_question):
    text = answer(open_question)
    leader, rival = re.findall(r"\*\*(\w+)\*\*", text)
    assert {leader, rival} == {"first", "second"}
    assert text.endswith(f"Of the 8 others, **{rival}** may be the best, too (95 % confidence).")


def test_of_many_that_may_be_as_good_the_number_is_said(rng):
    values = {f"d{i}": rng.uniform(0.2, 0.8, size=24) for i in range(9)}
    assert re.search(r"Of the 8 others, \d may be the best, too", answer(results(values)))


def test_few_datasets_say_nothing_of_others():
    values = {"a": [0.9, 0.8, 0.3], "b": [0.5, 0.6, 0.6]}
    text = answer(results(values, seeds=8))
    assert text.startswith("**a** is ahead on 2 of 3 datasets by adjusted AP, **b** on 1")
    assert "too few independent ones" in text


def test_one_dataset_is_tested_over_its_seeds():
    text = answer(results({"a": [0.9], "b": [0.5]}, seeds=8, noise=0.001))
    assert text.startswith("**a** has the best mean rank by adjusted AP, over 8 seeds of one dataset.")
    assert text.endswith("The other is significantly behind it there.")
    text = answer(results({"a": [0.9], "b": [0.5]}))
    assert text.endswith("With so few no difference can be significant.")


def test_one_detector_is_compared_with_none():
    assert answer(results({"a": [0.9]})) == "There are no two detectors to compare."


def test_names_are_text(clear):
    frame = clear.frame.assign(detector=clear.frame["detector"].replace("good", "<img src=x>*"))
    text = answer(replace(clear, frame=frame))
    assert "<img" not in text


def test_the_picture_has_the_distances_that_are_not_excluded(open_question):
    table = answers.Lead.of(open_question, "unsupervised").table
    [figure] = leaders.figures(RegimeView(open_question, "unsupervised"))
    best, behind = figure.data
    assert best["name"] == "may be the best"
    assert set(best["meta"]["detectors"]) == {"first", "second"} == set(table.index[table["low"] == 0])
    assert len(behind["y"]) == 7
    # From the best's mean down by the largest distance, and by the least.
    for trace in figure.data:
        for at, name in enumerate(trace["meta"]["detectors"]):
            left = trace["x"][at] - trace["error_x"]["arrayminus"][at]
            right = trace["x"][at] + trace["error_x"]["array"][at]
            assert left == pytest.approx(table["mean"].iloc[0] - table["high"][name], abs=2e-3)
            assert right == pytest.approx(table["mean"].iloc[0] - table["low"][name], abs=2e-3)


def test_who_is_ahead_on_which_kind(rng):
    """``wide`` is good on many columns, ``narrow`` on few."""
    many = np.arange(24) % 2 == 0
    values = {"wide": np.where(many, 0.8, 0.3), "narrow": np.where(many, 0.2, 0.6)}
    found = sized(results(values, failures={("wide", "table1")}), with_columns)
    [figure] = kinds.figures(RegimeView(found, "unsupervised"))
    [trace] = figure.data
    shown = enumerate(zip(*trace["x"], strict=True))
    by_columns = {word.split(" (")[0]: at for at, (kind, word) in shown if kind == "columns"}
    cells = dict(zip(trace["y"], trace["z"], strict=True))
    assert {word: [cells["wide"][at], cells["narrow"][at]] for word, at in by_columns.items()} == {
        "up to 5": [0.275, 0.6],  # what failed counts as nothing
        "more than 20": [0.8, 0.2],
    }
    few = sized(results({"a": [0.5] * 6, "b": [0.4] * 6}), with_columns)
    assert kinds.figures(RegimeView(few, "unsupervised")) == []


def test_a_dataset_has_the_size_that_its_records_say(clear):
    found = sizes(sized(clear, with_columns), "unsupervised")
    assert found["table0"] == Size(train=400, columns=30, anomalies=0.1)
    assert found["table1"].columns == 3


@pytest.mark.parametrize(
    ("columns", "word"), [(5, "up to 5"), (6, "6 to 20"), (20, "6 to 20"), (21, "more than 20")]
)
def test_kinds_have_bounds(columns, word):
    [kind] = [each for each in KINDS if each.title == "columns"]
    assert kind.word(Size(train=1, columns=columns, anomalies=0.1)) == word
