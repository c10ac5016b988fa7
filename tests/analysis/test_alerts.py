"""What alerts hold, what mistakes cost and what time buys: by hand, from records and from stored scores."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec import structs

from bench.analysis.alerts import alerts
from bench.analysis.results import load_suite_results
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.report.alerts import alerts_table
from bench.runs.writing import RunWriter
from bench.trials.environment import Environment
from bench.trials.record import Costs, Outcome, Record, RowCounts

# By detector: how many of 4 anomalies among 20 rows are at the top of its scores, and what it takes.
MADE = {"knn": (4, 2.0), "lof": (2, 3.0), "ecod": (1, 1.0)}
SECONDS = {name: seconds for name, (_, seconds) in MADE.items()}


def outcome_of(trial):
    first, seconds = MADE[trial.detector.name]
    y = np.zeros(20, dtype=np.int8)
    y[:4] = 1
    scores = -np.arange(20.0)
    scores[first:4] -= 20
    metrics = {
        "ranking": {"roc_auc": 0.5, "average_precision": 0.5, "adjusted_ap": first / 4},
        "native": {"f1": 0.5, "precision": 0.5, "recall": first / 4, "false_alarm_rate": 0.25},
    }
    record = Record.of(
        trial,
        "ok",
        metrics=metrics,
        rows=RowCounts(test=20, test_anomalies=4),
        costs=Costs(fit_seconds=seconds),
    )
    return Outcome(record, scores, y)


def store(results, registry, change=lambda outcome: outcome):
    selection = Selection(tuple(MADE), ("breast_cancer", "digits"), ("unsupervised",), (0,))
    plan = make_plan(load_suite("quick"), registry, selection)
    with RunWriter(results, plan, Environment(cpu="made up"), None) as writer:
        for trial in plan:
            writer.write(change(outcome_of(trial)))
    [found] = load_suite_results(results)
    return found


@pytest.fixture
def results(tmp_path, registry):
    return store(tmp_path, registry)


def test_older_records_get_what_alerts_hold_from_the_scores_that_were_kept(results):
    found = alerts(results, "unsupervised")
    assert "ranking.recall_at_10" not in results.frame
    for name, (first, _) in MADE.items():
        assert found.at[name, "recall_at_10"] == first / 4
        assert found.at[name, "precision_at_10"] == first / 10
        assert found.at[name, "recall_at_5pct"] == 1 / 4


def test_figures_of_records_come_before_scores(tmp_path, registry):
    def noted(outcome):
        metrics = outcome.record.metrics
        metrics["ranking"] |= {
            f"{what}_at_{k}": 0.3 for what in ("recall", "precision") for k in ("10", "1pct", "5pct")
        }
        return Outcome(structs.replace(outcome.record, metrics=metrics), outcome.scores, outcome.labels)

    found = alerts(store(tmp_path, registry, noted), "unsupervised")
    assert (found.loc[list(MADE), "recall_at_10"] == 0.3).all()


def test_costs_are_by_the_headline_decisions_beside_the_trivial_ones(results):
    found = alerts(results, "unsupervised")
    for name, (first, _) in MADE.items():
        # Of 16 normal rows a quarter is called, and 4 - first anomalies are not.
        assert found.at[name, "cost_10"] == pytest.approx((10 * (4 - first) + 4) / 20)
        assert found.at[name, "cost_50"] == pytest.approx((50 * (4 - first) + 4) / 20)
    assert found.at["calls all", "cost_50"] == pytest.approx(16 / 20)
    assert found.at["calls none", "cost_50"] == pytest.approx(50 * 4 / 20)


def test_time_buys_what_is_better_than_all_that_takes_less(results):
    found = alerts(results, "unsupervised")
    assert found.loc[list(MADE), "seconds"].to_dict() == SECONDS
    assert found.at["knn", "gain"] == pytest.approx(0.75)
    assert found.loc[["ecod", "lof"], "gain"].isna().all()  # the first has none before it, the other is worse


def test_a_run_without_scores_shows_costs_alone(tmp_path, registry):
    without = store(tmp_path, registry, lambda outcome: Outcome(outcome.record))
    headers, rows = alerts_table(without, "unsupervised")
    assert headers == ["detector", "cost 10:1", "cost 50:1", "seconds", "gain in adjusted AP"]
    assert [str(row[0]) for row in rows] == ["calls all", "calls none", "chance level", "knn", "lof", "ecod"]
