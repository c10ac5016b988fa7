from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from bench.analysis.contamination import FACTORS, METRICS, as_stated, perfect
from bench.analysis.results import SuiteResults
from bench.report.studies import study_texts

TABLES = [f"made_{i}" for i in range(6)]
Y = np.repeat([1, 0], [8, 92])


class MadeUpRun:
    """Raw scores of the detector that ranks perfectly and of one that knows nothing; not of all that ran."""

    def scored_rows(self, record):
        rng = np.random.default_rng(int(record.dataset.label[-1]))
        scores = {"perfect": Y + 0.1 * rng.random(100), "noise": rng.random(100)}
        found = scores.get(record.detector.label)
        return None if found is None else (found, Y)


def results(tables=TABLES, detectors=("perfect", "noise", "dropped"), lacks=()):
    rows = [
        {"detector": detector, "dataset": dataset, "seed": 0, "regime": "unsupervised", "reason": "",
         "run": "r", "status": "failed" if (detector, dataset) in lacks else "ok",
         "record": SimpleNamespace(detector=SimpleNamespace(label=detector),
                                   dataset=SimpleNamespace(label=dataset))}
        for detector in detectors
        for dataset in tables
    ]  # fmt: skip
    return SuiteResults("mine", "Made up", "native", pd.DataFrame(rows), {}, {"r": MadeUpRun()})


def figures(scores, y):
    return pd.DataFrame(as_stated(np.asarray(scores, float), np.asarray(y)), list(FACTORS), list(METRICS))


def rows_of(text):
    lines = [line for line in text.splitlines() if line.startswith("|") and not line.startswith("|:")]
    return {
        row[0]: row[1:] for row in ([cell.strip() for cell in line.strip("|").split("|")] for line in lines)
    }


def test_so_many_rows_are_called_as_are_stated():
    found = figures(np.arange(100)[::-1], Y)
    assert found["recall"].tolist() == [0.25, 0.5, 1, 1, 1]
    assert found["precision"].tolist() == [1, 1, 1, 0.5, 0.25]
    assert found["f1"].tolist() == pytest.approx([perfect(factor) for factor in FACTORS])
    assert found["false_alarm_rate"].tolist() == pytest.approx([0, 0, 0, 8 / 92, 24 / 92])


def test_no_more_rows_are_called_than_there_are():
    found = figures([3, 2, 1, 0], [0, 1, 1, 1])
    assert found.loc[4.0].to_dict() == pytest.approx(
        {"f1": 6 / 7, "precision": 0.75, "recall": 1, "false_alarm_rate": 1}
    )


def test_of_tied_rows_some_are_called():
    """Scores that are all the same are a lottery: as many anomalies as there are rows for them."""
    found = figures(np.ones(100), Y)
    assert found["precision"].tolist() == pytest.approx([0.08] * 5)
    assert found["recall"].tolist() == pytest.approx([0.02, 0.04, 0.08, 0.16, 0.32])


def test_what_is_lost_stands_beside_each_share():
    [(name, text)] = study_texts(results()).items()
    assert name == "contamination-mine.md"
    assert "2 detectors on 6 independent datasets" in text  # the third has no raw scores
    found = rows_of(text)
    assert found["perfect"] == [f"{perfect(factor):.3f}" for factor in FACTORS]
    noise = float(found["noise"][2])
    f1, *_, lost, bound = found["0.25 ×"]
    assert float(lost.split()[0]) == pytest.approx((1 + noise) / 2 - float(f1.split()[0]), abs=2e-3)
    assert bound == "0.400"
    assert found["1 ×"][-2] == "0.000"


def test_a_detector_that_lacks_a_dataset_is_left_out_and_few_datasets_say_nothing():
    found = rows_of(study_texts(results(lacks={("noise", TABLES[0])}))["contamination-mine.md"])
    assert "perfect" in found
    assert "noise" not in found
    assert study_texts(results(TABLES[:4])) == {}
    assert study_texts(results(detectors=("dropped",))) == {}
