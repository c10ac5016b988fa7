"""What knows nothing: the trivial decisions, and what random scores have on average."""

from __future__ import annotations

import numpy as np
import pytest

from bench.evaluation.baselines import BASELINES
from bench.evaluation.metrics import METRICS, judged, measured
from bench.evaluation.ranking import Ranking


@pytest.mark.parametrize("prevalence", [0.02, 0.1, 0.5])
def test_chance_is_what_random_scores_have_on_average(prevalence):
    random = np.random.default_rng(0)
    y = (np.arange(5000) < 5000 * prevalence).astype(int)
    found = [measured("scores", Ranking(random.random(len(y)), y)) for _ in range(60)]
    chance = BASELINES["chance level"].values(int(y.sum()), int((y == 0).sum()))
    assert set(chance) == {name for name, metric in METRICS.items() if metric.needs == "scores"}
    for name, value in chance.items():
        assert np.mean([each[name] for each in found]) == pytest.approx(value, abs=0.012), name


@pytest.mark.parametrize(("rows", "anomalies"), [(45, 2), (60, 3), (129, 9), (12, 11)])
def test_chance_of_few_anomalies_is_above_their_fraction(rows, anomalies):
    random, y = np.random.default_rng(0), (np.arange(rows) < anomalies).astype(int)
    found = [measured("scores", Ranking(random.random(rows), y)) for _ in range(4000)]
    chance = BASELINES["chance level"].values(anomalies, rows - anomalies)
    assert chance["average_precision"] > anomalies / rows
    assert chance["adjusted_ap"] > 0
    for name, value in chance.items():
        values = [each[name] for each in found]
        assert np.mean(values) == pytest.approx(value, abs=4 * np.std(values) / 4000**0.5), name


@pytest.mark.parametrize(("name", "called"), [("calls all", True), ("calls none", False)])
def test_trivial_decisions_have_the_metrics_of_their_decisions(name, called):
    y = np.repeat([0, 1], [30, 10])
    assert BASELINES[name].values(10, 30) == judged(np.full(40, called), y)


def test_calling_every_row_has_an_f1_that_rises_with_the_fraction_of_anomalies():
    values = BASELINES["calls all"].values(50, 50)
    assert (values["recall"], values["precision"]) == (1, 0.5)
    assert values["f1"] == pytest.approx(2 / 3)
    assert BASELINES["calls all"].values(1, 99)["f1"] == pytest.approx(2 / 101)
    assert BASELINES["calls none"].values(1, 99)["f1"] == 0
