from __future__ import annotations

import math
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from msgspec import structs
from rich.console import Console

from bench.analysis.leaderboard import by_dataset, failures, leaderboard
from bench.analysis.results import MISSING, load_suite_results
from bench.analysis.timing import timing, trial_seconds
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.report import write_report
from bench.report.exports import export
from bench.report.leaderboard import balance, board_cells, dataset_table, limits
from bench.report.terminal import print_leaderboards
from bench.report.timing import timing_table
from bench.runs.writing import RunWriter
from bench.trials.environment import Environment
from bench.trials.record import Alone, Costs, Outcome, Record, RowCounts

ENVIRONMENT = Environment(cpu="made up")
# F1 by detector, then by dataset, one value a seed; None is a failure.
F1 = {
    "knn": {"breast_cancer": (0.5, 0.7), "digits": (0.1, 0.3)},
    "lof": {"breast_cancer": (0.4, 0.4), "digits": (0.2, 0.2)},
    "ecod": {"breast_cancer": (0.9, 0.9), "digits": (None, None)},
}


def record_of(trial, f1):
    if f1 is None:
        return Outcome(Record.of(trial, "failed", "it broke"))
    metrics = {
        "ranking": {"roc_auc": 0.8, "average_precision": 0.6, "adjusted_ap": f1},
        "native": {"f1": f1, "precision": 0.5, "recall": 0.5},
        "oracle": {"f1": 1.0},
    }
    costs = Costs(fit_seconds=2.0, score_seconds=0.001, stage_seconds=3.0, stage_batch=3, device="cpu",
                  peak_memory_bytes=2**20 * trial.seed)  # fmt: skip
    record = Record.of(trial, "ok", metrics=metrics, labels_used=7, rows=RowCounts(test=100), costs=costs)
    return Outcome(record, np.array([0.0, 1.0]), np.array([0, 1], dtype=np.int8))


def store(results, registry, f1, *, name=None, seeds=(0, 1), left_out=(), record_of=record_of):
    selection = Selection(tuple(f1), ("breast_cancer", "digits"), ("unsupervised",), seeds)
    plan = make_plan(load_suite("quick"), registry, selection)
    with RunWriter(results, plan, ENVIRONMENT, name) as writer:
        for trial in plan:
            if trial.detector.name not in left_out:
                value = f1[trial.detector.name][trial.dataset.label][trial.seed]
                outcome = record_of(trial, value)
                if outcome is not None:
                    writer.write(outcome)
    return writer.run


@pytest.fixture
def results(tmp_path, registry):
    store(tmp_path, registry, F1)
    [found] = load_suite_results(tmp_path)
    return found


def test_means_are_over_datasets_of_means_over_seeds(results):
    board = leaderboard(results, "unsupervised")
    assert board.loc["knn", "f1_mean"] == pytest.approx((0.6 + 0.2) / 2)
    assert board.loc["knn", "f1_std"] == pytest.approx(np.std([0.3, 0.5], ddof=1))
    assert board.loc["lof", "f1_std"] == pytest.approx(0.0)
    assert board.loc["knn", "roc_auc_mean"] == pytest.approx(0.8)
    assert board.loc["knn", "labels_used"] == 7


def test_a_failure_shares_the_last_place_and_shows_in_the_coverage(results):
    board = leaderboard(results, "unsupervised")
    # ecod: first on breast_cancer for both seeds, last of three on digits.
    assert board.loc["ecod", "rank"] == pytest.approx((1 + 1 + 3 + 3) / 4)
    assert (board.loc["ecod", "ok"], board.loc["ecod", "planned"]) == (2, 4)
    assert board.loc["ecod", "f1_mean"] == pytest.approx(0.9)
    assert list(board.index) == ["knn", "ecod", "lof"]
    assert list(board["rank"]) == sorted(board["rank"])


def test_the_rank_without_failures_stands_beside(results):
    board = leaderboard(results, "unsupervised")
    assert board.loc["ecod", "rank_if_ok"] == pytest.approx(1)
    # On digits, where ecod failed, two are left.
    assert board["rank_if_ok"].max() <= 3
    headers, rows = board_cells(board)
    assert "rank if ok" in headers
    assert {len(row) for row in rows} == {len(headers)}


def test_without_failures_there_is_one_rank(tmp_path, registry):
    store(tmp_path, registry, {name: F1[name] for name in ("knn", "lof")})
    [results] = load_suite_results(tmp_path)
    board = leaderboard(results, "unsupervised")
    assert "rank if ok" not in board_cells(board)[0]
    assert (board["rank"] == board["rank_if_ok"]).all()


def test_a_failure_on_one_dataset_does_not_look_like_spread(tmp_path, registry):
    f1 = {"knn": {"breast_cancer": (0.9, 0.9), "digits": (0.1, None)}}
    store(tmp_path, registry, f1)
    [results] = load_suite_results(tmp_path)
    assert leaderboard(results, "unsupervised").loc["knn", "f1_std"] == pytest.approx(0.0)


def test_one_seed_has_no_spread(tmp_path, registry):
    store(tmp_path, registry, F1, seeds=(0,))
    [results] = load_suite_results(tmp_path)
    assert math.isnan(leaderboard(results, "unsupervised").loc["knn", "f1_std"])


def test_failures_are_counted_with_their_reason_and_datasets(results):
    [row] = failures(results).to_dict("records")
    assert row == {"detector": "ecod", "regime": "unsupervised", "status": "failed", "reason": "it broke",
                   "datasets": "digits", "trials": 2}  # fmt: skip


def test_a_detector_without_a_threshold_is_ranked_by_the_stand_in_and_marked(tmp_path, registry):
    def without(trial, f1):
        outcome = record_of(trial, f1)
        if trial.detector.name == "lof":
            renamed = {
                "train-quantile" if policy == "native" else policy: found
                for policy, found in outcome.record.metrics.items()
            }
            outcome = replace(outcome, record=structs.replace(outcome.record, metrics=renamed))
        return outcome

    store(tmp_path, registry, F1, record_of=without)
    [results] = load_suite_results(tmp_path)
    board = leaderboard(results, "unsupervised")
    assert board.loc["lof", "f1_mean"] == pytest.approx(0.3)
    assert board["stand_in"].to_dict() == {"knn": False, "ecod": False, "lof": True}
    assert [row[1] for row in board_cells(board)[1]] == ["knn", "ecod", "lof †"]


def test_planned_trials_that_never_ran_are_missing(tmp_path, registry):
    store(tmp_path, registry, F1, left_out=("lof",))
    [results] = load_suite_results(tmp_path)
    board = leaderboard(results, "unsupervised")
    assert (board.loc["lof", "ok"], board.loc["lof", "planned"]) == (0, 4)
    assert board.index[-1] == "lof"
    assert set(results.frame.query("detector == 'lof'")["status"]) == {MISSING}


def test_an_unfinished_run_is_judged_on_what_every_detector_was_run_on(tmp_path, registry):
    """As a spent budget leaves it: the second seed has reached only the cheapest detector."""

    def only_first_seed(trial, f1):
        return None if trial.seed == 1 and trial.detector.name != "knn" else record_of(trial, f1)

    store(tmp_path, registry, F1, record_of=only_first_seed)
    [results] = load_suite_results(tmp_path)
    board = leaderboard(results, "unsupervised")
    assert list(board["planned"]) == [2, 2, 2]
    assert board.loc["knn", "f1_mean"] == pytest.approx((0.5 + 0.1) / 2)
    [line] = balance(results, "unsupervised")
    assert "6 of 12 planned trials" in line


def test_a_later_run_answers_in_the_place_of_an_earlier_one(tmp_path, registry):
    store(tmp_path, registry, F1, name="reference-quick")
    better = {"knn": {"breast_cancer": (1.0, 1.0), "digits": (1.0, 1.0)}}
    store(tmp_path, registry, better)
    [results] = load_suite_results(tmp_path)
    board = leaderboard(results, "unsupervised")
    assert board.loc["knn", "f1_mean"] == 1.0
    assert board.loc["lof", "f1_mean"] == pytest.approx(0.3)
    assert len(results.runs) == 2


def test_each_dataset_has_its_own_figures(results):
    table = by_dataset(results, "unsupervised")
    assert table.loc[("knn", "digits"), "f1_mean"] == pytest.approx(0.2)
    assert (table.loc[("ecod", "digits"), "ok"], table.loc[("ecod", "digits"), "planned"]) == (0, 2)


def test_costs_are_averaged_and_the_highest_memory_is_kept(results):
    row = timing(results).loc[("knn", "unsupervised")]
    assert (row["trials"], row["fit_seconds_mean"], row["stage_seconds_mean"]) == (4, 2.0, 3.0)
    assert row["score_microseconds_mean"] == pytest.approx(10.0)
    assert row["peak_memory_mib"] == 1.0


def test_what_features_cost_is_in_the_table_where_there_are_any(tmp_path, registry, results):
    headers, rows = timing_table(results)
    assert "features s" not in headers
    assert str(rows[0][headers.index("stage s")]) == "3.00 ± 0"

    def with_features(trial, f1):
        outcome = record_of(trial, f1)
        costs = structs.replace(outcome.record.costs, features_seconds=1.5, stage_seconds=0.0, stage_batch=0)
        return replace(outcome, record=structs.replace(outcome.record, costs=costs))

    store(tmp_path / "other", registry, {"knn": F1["knn"]}, record_of=with_features)
    [other] = load_suite_results(tmp_path / "other")
    headers, [row] = timing_table(other)
    assert str(row[headers.index("features s")]) == "1.50 ± 0"
    assert "stage s" not in headers
    assert trial_seconds(other.frame).tolist() == [pytest.approx(3.501)] * 4


def test_no_runs_are_no_results(tmp_path):
    assert load_suite_results(tmp_path) == []


@pytest.fixture
def with_optimum(tmp_path, registry):
    """Two detectors on data of which the best possible ROC AUC is 0.9, and on data of which it is unknown."""
    auc = {"bayes_optimal": 0.9, "knn": 0.7, "lof": 0.5}
    plan = make_plan(
        load_suite("quick"), registry, Selection(tuple(auc), ("bumps:noise=0.1", "digits"), ("unsupervised",))
    )
    with RunWriter(tmp_path, plan, ENVIRONMENT, None) as writer:
        for trial in plan:
            outcome = record_of(trial, 0.5)
            outcome.record.metrics["ranking"]["roc_auc"] = auc[trial.detector.name]
            writer.write(outcome)
    [found] = load_suite_results(tmp_path)
    return found


def test_what_is_out_of_competition_has_no_rank_and_no_place(with_optimum):
    board = leaderboard(with_optimum, "unsupervised")
    assert board.index[0] == "bayes_optimal"
    assert math.isnan(board.loc["bayes_optimal", "rank"])
    assert board.loc["knn", "rank"] == board.loc["lof", "rank"] == 1.5  # out of the two that compete
    assert [str(row[0]) for row in board_cells(board)[1]] == ["–", "1", "1"]


def test_results_read_as_a_share_of_what_is_possible(with_optimum):
    board = leaderboard(with_optimum, "unsupervised")
    assert board["of_optimum"].to_dict() == pytest.approx({"bayes_optimal": 1, "knn": 0.5, "lof": 0})
    assert set(board["optima"]) == {1}  # of the two datasets
    headers, rows = board_cells(board)
    cells = dict(zip(headers, map(str, rows[1]), strict=True))
    assert cells["of optimum"] == "50 % of 1"


def test_the_share_of_the_optimum_is_left_out_where_none_is_known(results):
    board = leaderboard(results, "unsupervised")
    headers, rows = board_cells(board)
    assert "of optimum" not in headers
    assert {len(row) for row in rows} == {len(headers)}


def of_half(trial, f1):
    """A record of a trial on 100 test rows, half of them anomalies, whose calibration rows lof reads."""
    outcome = record_of(trial, f1)
    rows = RowCounts(test=100, test_anomalies=50, calibration=20 if trial.detector.name == "lof" else 0)
    alone = Alone(roc_auc_batch=0.07, roc_auc_alone=0.93, rows=100, anomalies=50) if trial.seed else SLOW
    known = {"rows": rows, "alone": alone if trial.detector.name == "sos" else Alone()}
    return replace(outcome, record=structs.replace(outcome.record, **known))


SLOW = Alone(reason="a row alone takes too long")


@pytest.fixture
def counted(tmp_path, registry):
    """Results whose records say how many anomalies there were."""
    f1 = {name: dict.fromkeys(("breast_cancer", "digits"), (0.5, 0.6)) for name in ("knn", "lof", "sos")}
    store(tmp_path, registry, f1, record_of=of_half)
    [found] = load_suite_results(tmp_path)
    return found


def test_what_knows_nothing_stands_on_the_board_out_of_competition(counted):
    board = leaderboard(counted, "unsupervised")
    assert list(board.index[:3]) == ["calls all", "calls none", "chance level"]
    assert board["rank"].isna().tolist() == [True] * 3 + [False] * 3
    assert board.loc["calls all", ["f1_mean", "precision_mean", "recall_mean"]].tolist() == pytest.approx(
        [2 / 3, 0.5, 1]
    )
    assert board.loc["calls none", "f1_mean"] == 0
    by_chance = board.loc["chance level", ["adjusted_ap_mean", "roc_auc_mean", "average_precision_mean"]]
    # Half of a hundred rows, over all of their orders.
    assert by_chance.tolist() == pytest.approx([0.0423, 0.5, 0.5211], abs=1e-4)
    # Decisions have no area, scores alone decide nothing, and nothing was run.
    assert math.isnan(board.loc["calls all", "roc_auc_mean"])
    assert math.isnan(board.loc["chance level", "f1_mean"])
    cells = {row[1]: [str(cell) for cell in row] for row in board_cells(board)[1]}
    assert (cells["calls all"][0], cells["calls all"][-1]) == ("–", "–")
    each = by_dataset(counted, "unsupervised")
    assert each.loc[("calls all", "digits"), "f1_mean"] == pytest.approx(2 / 3)


def test_what_knows_nothing_stands_in_every_form_of_a_board(counted, tmp_path):
    out = Console(file=StringIO(), width=200)
    print_leaderboards(counted, out)
    forms = {
        "latex": export([counted], "latex").decode(),
        "terminal": out.file.getvalue(),
        **{file.name: file.read_text() for file in write_report([counted], tmp_path)},
    }
    for form in ("latex", "terminal", "leaderboard.md", "leaderboard.csv", "index.html"):
        for name in ("calls all", "calls none", "chance level"):
            assert name in forms[form], (form, name)
    assert "*calls all* is what predicts that every row is an anomaly" in forms["leaderboard.md"]


def test_where_no_record_has_the_counts_there_are_no_such_rows(results):
    board = leaderboard(results, "unsupervised")
    assert set(board.index) == {"knn", "lof", "ecod"}
    assert "row by row" not in board_cells(board)[0]


def test_who_reads_more_labels_and_who_scores_rows_among_themselves_is_marked(counted):
    board = leaderboard(counted, "unsupervised")
    assert board["calibration"].to_dict() == {name: name == "lof" for name in board.index}
    assert board["batch"].to_dict() == {name: name == "sos" for name in board.index}
    named = {row[1] for row in board_cells(board)[1]}
    assert named >= {"knn", "lof §", "sos ¶"}


def test_what_rows_get_that_are_scored_alone_stands_beside(counted):
    headers, rows = board_cells(leaderboard(counted, "unsupervised"))
    cells = {row[1]: str(row[headers.index("row by row")]) for row in rows}
    assert (cells["sos ¶"], cells["knn"], cells["calls all"]) == ("0.07 → 0.93", "–", "–")
    assert r"0.07 $\to$ 0.93" in export([counted], "latex").decode()


def test_a_board_where_all_read_calibration_rows_marks_none(tmp_path, registry):
    store(tmp_path, registry, {"lof": F1["lof"]}, record_of=of_half)
    [results] = load_suite_results(tmp_path)
    assert not leaderboard(results, "unsupervised")["calibration"].any()


def test_few_anomalies_and_a_single_seed_are_said_and_marked(tmp_path, registry):
    def with_few(trial, f1):
        outcome = record_of(trial, f1)
        rows = RowCounts(test=100, test_anomalies=9 if trial.dataset.label == "digits" else 10)
        return replace(outcome, record=structs.replace(outcome.record, rows=rows))

    store(tmp_path, registry, {name: F1[name] for name in ("knn", "lof")}, seeds=(0,), record_of=with_few)
    [results] = load_suite_results(tmp_path)
    seed, few = limits(results)
    assert seed.startswith("One seed: the figures have no spread")
    assert few.startswith("In 1 of 2 datasets, marked ◇, fewer than 10 test rows are anomalies")
    header = dataset_table(results, "unsupervised")[1].splitlines()[0]
    assert [cell.strip() for cell in header.split("|")][2:4] == ["breast_cancer", "digits ◇"]


def test_where_there_is_enough_of_both_nothing_is_said(counted):
    assert limits(counted) == []


def test_a_detector_that_competes_alone_is_shown(tmp_path, registry):
    plan = make_plan(
        load_suite("quick"),
        registry,
        Selection(("bayes_optimal", "knn"), ("bumps:noise=0.1", "digits"), ("unsupervised",)),
    )
    with RunWriter(tmp_path, plan, ENVIRONMENT, None) as writer:
        for trial in plan:
            writer.write(record_of(trial, 0.5))
    [found] = load_suite_results(tmp_path)
    assert set(found.board("unsupervised")["dataset"]) == {"bumps:noise=0.1", "digits"}
