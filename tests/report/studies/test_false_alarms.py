from __future__ import annotations

import pandas as pd

from bench.analysis.results import SuiteResults
from bench.plans.suite import load_suite
from bench.report.studies import study_texts


def results(rows, references=(), contamination=0.1):
    columns = ["detector", "dataset", "seed", "native.false_alarm_rate", "train-quantile.false_alarm_rate"]
    frame = pd.DataFrame(rows, columns=columns).assign(
        status="ok", regime="one-class", contamination=contamination
    )
    return SuiteResults("false-alarms", "False alarms", "native", frame, {}, {}, frozenset(references))


ROWS = [
    ("near", "a", 0, 1.0, 0.11),
    ("near", "a", 1, 0.8, 0.13),
    ("near", "b", 0, 0.5, 0.06),
    ("far", "a", 0, None, 0.10),
    ("far", "b", 0, None, 0.14),
    ("best_possible", "a", 0, 0.0, 0.9),
]


def rows_of(text):
    lines = [line for line in text.splitlines() if line.startswith("|") and not line.startswith("|:")]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]


def test_the_rate_reached_stands_beside_the_rate_asked():
    [(name, text)] = study_texts(results(ROWS, ["best_possible"])).items()
    assert name == "false-alarms.md"
    header, native, quantile, *_ = rows_of(text)
    assert header == ["policy", "asked", "median", "highest", "detector"]
    # near: 0.9 over the seeds of a, 0.5 on b; a policy that is told nothing is asked for nothing.
    assert native == ["native", "–", "0.700", "0.700", "near"]
    # near: 0.12 and 0.06; far: 0.10 and 0.14.
    assert quantile == ["train-quantile", "0.100", "0.105", "0.120", "far"]


def test_detectors_stand_with_their_worst_dataset_the_most_false_alarms_first():
    [text] = study_texts(results(ROWS, ["best_possible"])).values()
    assert rows_of(text)[3:] == [
        ["detector", "native", "train-quantile", "highest"],
        ["far", "–", "0.120", "0.140"],
        ["near", "0.700", "0.090", "0.120"],
    ]


def test_records_from_before_the_rate_was_measured_say_nothing():
    old = results(ROWS)
    frame = old.frame[["detector", "dataset", "seed", "status", "regime", "contamination"]]
    assert study_texts(SuiteResults(old.name, old.title, old.headline, frame, {}, {})) == {}


def test_the_suite_asks_for_a_tenth_of_many_normal_rows():
    suite = load_suite("false-alarms")
    assert {grid.contamination for grid in suite.grids} == {0.1}
    assert {regime for grid in suite.grids for regime in grid.regimes} == {"one-class"}
    assert suite.headline == "train-quantile"
