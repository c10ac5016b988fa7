"""What MLflow is told of stored results, read back with its own client."""

from __future__ import annotations

import pytest
import reference_runs

from bench.analysis.leaderboard import leaderboard
from bench.errors import BenchError
from bench.report.mlflow_log import check_mlflow, log_results


@pytest.fixture(scope="module")
def article(tmp_path_factory):
    [found] = reference_runs.load(tmp_path_factory.mktemp("read"), "article")
    return found


@pytest.fixture
def client(tmp_path, monkeypatch):
    mlflow = pytest.importorskip("mlflow", reason="what is logged is read back with MLflow")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    client = mlflow.MlflowClient(tracking_uri=tmp_path.as_uri())
    client.uri = tmp_path.as_uri()
    return client


def test_each_detector_of_a_board_is_a_run_with_its_figures(article, client):
    count = log_results(article, client.uri)
    experiment = client.get_experiment_by_name("article").experiment_id
    runs = client.search_runs([experiment])
    assert len(runs) == count == 5
    board = leaderboard(article, "unsupervised")
    [run] = [run for run in runs if run.data.params["detector"] == "isolation_forest"]
    assert run.data.metrics["f1_mean"] == pytest.approx(board.loc["isolation_forest", "f1_mean"])
    assert run.data.metrics["fit_seconds_mean"] > 0
    assert run.data.params["regime"] == "unsupervised"
    assert "n_estimators" in run.data.params
    assert "torch" in run.data.tags["environment"]
    assert run.info.status == "FINISHED"


def test_logging_again_adds_to_the_same_experiment(article, client):
    log_results(article, client.uri)
    log_results(article, client.uri)
    experiment = client.get_experiment_by_name("article").experiment_id
    assert len(client.search_runs([experiment])) == 10


def test_the_documented_database_takes_the_runs(article, tmp_path):
    mlflow = pytest.importorskip("mlflow", reason="what is logged is read back with MLflow")
    pytest.importorskip("sqlalchemy", reason="MLflow reaches databases by it")
    pytest.importorskip("alembic", reason="MLflow reaches databases by it")
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    check_mlflow(uri)
    assert log_results(article, uri) == 5
    client = mlflow.MlflowClient(tracking_uri=uri)
    experiment = client.get_experiment_by_name("article").experiment_id
    assert len(client.search_runs([experiment])) == 5


def test_a_refusal_comes_before_the_run(cli, tmp_path):
    pytest.importorskip("mlflow", reason="MLflow is to refuse")
    refused = cli("run", "--suite", "quick", "--detectors", "ecod", "--mlflow", "nosuch://x")
    assert refused.returncode == 2
    assert "error: MLflow at 'nosuch://x' refuses: " in refused.stderr
    assert refused.stderr.count("\n") == 1
    assert "trials to run" not in refused.stdout
    assert not list(tmp_path.glob("results/runs/*"))


def test_what_a_database_needs_is_said(monkeypatch):
    pytest.importorskip("mlflow", reason="MLflow is to be there")
    monkeypatch.setattr("bench.errors.find_spec", lambda name: None if name == "alembic" else name)
    with pytest.raises(BenchError, match=r"needs the package 'alembic'.*detector-bench\[mlflow\]"):
        check_mlflow("sqlite:///x.db")


def test_what_mlflow_refuses_is_said_in_a_sentence(article):
    pytest.importorskip("mlflow", reason="MLflow is to refuse")
    with pytest.raises(BenchError, match=r"MLflow at 'nosuch://x' refuses: .*give a server's address"):
        log_results(article, "nosuch://x")


def test_where_mlflow_is_missing_the_command_is_said(article, monkeypatch):
    monkeypatch.setattr("bench.errors.find_spec", lambda name: None)
    with pytest.raises(BenchError, match=r"pip install 'detector-bench\[mlflow\]'"):
        log_results(article, "sqlite:///x.db")
