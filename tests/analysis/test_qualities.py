from __future__ import annotations

import pandas as pd
import pytest

from bench.analysis.qualities import board_qualities, main_qualities, qualities
from bench.analysis.results import SuiteResults
from bench.analysis.statistics.standing import standings
from bench.evaluation.entries import Metric
from bench.evaluation.metrics import METRICS

LOSS = Metric("loss", "loss", "what is lost", len, "scores", higher_is_better=False, bounds=(0, 2))


def test_the_stand_in_decides_for_a_detector_without_a_threshold_and_no_other():
    frame = pd.DataFrame({"native.f1": [0.5, None], "train-quantile.f1": [0.1, 0.2], "oracle.f1": [0.9, 0.8]})
    assert qualities()["f1"].values(frame, "native").tolist() == [0.5, 0.2]
    assert qualities()["f1"].values(frame, "train-quantile").tolist() == [0.1, 0.2]
    assert qualities()["oracle_f1"].values(frame, "native").tolist() == [0.9, 0.8]


def test_a_record_gives_the_same_values():
    metrics = {"ranking": {"roc_auc": 0.7}, "train-quantile": {"f1": 0.2}, "oracle": {"f1": 0.9}}
    assert qualities()["f1"].of_record(metrics, "native") == 0.2
    assert qualities()["roc_auc"].of_record(metrics, "native") == 0.7
    assert qualities()["oracle_f1"].of_record(metrics, "native") == 0.9
    assert qualities()["precision"].of_record(metrics, "native") is None


def test_tables_show_more_than_statistics_and_less_than_records():
    assert set(main_qualities()) < set(board_qualities()) < set(qualities())
    assert "oracle_f1" not in main_qualities()


@pytest.mark.parametrize("fails", [False, True])
def test_statistics_rank_by_the_lowest_where_that_is_the_best(monkeypatch, fails):
    monkeypatch.setitem(METRICS, "loss", LOSS)
    rows = [
        {"detector": detector, "dataset": f"data_{i}", "seed": 0, "regime": "unsupervised", "reason": "",
         "status": "failed" if fails and detector == "least" else "ok",
         "ranking.loss": None if fails and detector == "least" else loss + i / 100}
        for detector, loss in (("least", 0.1), ("more", 0.5), ("most", 1.5))
        for i in range(12)
    ]  # fmt: skip
    results = SuiteResults("made", "Made up", "native", pd.DataFrame(rows), {}, {})
    [found] = standings(results, "unsupervised", "loss")
    assert found.order == (["more", "most", "least"] if fails else ["least", "more", "most"])
