"""Logging a suite's leaderboards to MLflow."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from numbers import Real
from time import time
from typing import Any

from bench.analysis.leaderboard import leaderboard
from bench.analysis.results import SuiteResults
from bench.analysis.timing import timing
from bench.errors import BenchError, check_installed
from bench.report.markdown import describe

# What a tag holds at most, by MLflow's own limit.
LONGEST_TAG = 5000
# What the address of a database begins with; MLflow reaches it by packages that its core does without.
DATABASES = ("sqlite", "postgresql", "mysql", "mssql")


def check_mlflow(uri: str) -> None:
    """Raise BenchError where MLflow is not installed or refuses: before a run, not after hours of it."""
    with _refusals(uri):
        _client(uri).search_experiments(max_results=1)


def log_results(results: SuiteResults, uri: str) -> int:
    """Log a run for each detector and regime into the experiment of the suite's name; returns how many.

    ``uri`` is a tracking server's address or a database (``sqlite:///mlflow.db``). Parameters are the
    detector's and the regime, metrics those of the leaderboard and the timing table. Raises BenchError where
    MLflow is missing or refuses.
    """
    with _refusals(uri):
        client = _client(uri)
        found = client.get_experiment_by_name(results.name)
        experiment = found.experiment_id if found else client.create_experiment(results.name)
        return sum(_log(client, experiment, *each) for each in _entries(results))


def _client(uri: str) -> Any:
    check_installed("mlflow", "--mlflow", extra="mlflow")
    if uri.partition(":")[0].partition("+")[0] in DATABASES:
        for package in ("sqlalchemy", "alembic"):
            check_installed(package, f"--mlflow {uri}", extra="mlflow")
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=uri)


@contextmanager
def _refusals(uri: str) -> Iterator[None]:
    """Turn what MLflow raises into one sentence."""
    try:
        yield
    except BenchError:
        raise
    except Exception as error:  # MLflow's own, and those of its databases and of requests
        first = " ".join(str(error).split()).split(". ")[0].removesuffix(".")
        raise BenchError(
            f"MLflow at {uri!r} refuses: {first}; give a server's address or a database, such as "
            "'sqlite:///mlflow.db'"
        ) from None


Entry = tuple[str, dict[str, Any], dict[str, float], dict[str, str]]


def _entries(results: SuiteResults) -> Iterator[Entry]:
    """For each detector and regime its name, parameters, metrics and tags."""
    costs, frame = timing(results), results.frame
    tags = {
        "suite": f"{results.name}: {results.title}",
        "runs": ", ".join(results.runs),
        "environment": "; ".join(map(describe, results.environments.values())),
    }
    for regime in results.regimes():
        known = frame[(frame["regime"] == regime) & frame["record"].notna()]
        records = known.groupby("detector")["record"].first()
        board = leaderboard(results, regime)
        for detector, row in board[board["planned"].notna()].iterrows():
            name = str(detector)
            params = records[name].detector.params if name in records else {}
            metrics = _numbers(row.to_dict())
            if (name, regime) in costs.index:
                metrics |= _numbers(costs.loc[[(name, regime)]].iloc[0].to_dict())
            yield name, {"regime": regime, "policy": results.headline, **params}, metrics, tags


def _numbers(row: Mapping[Any, Any]) -> dict[str, float]:
    """What of a table's row is a finite number."""
    return {
        str(name): float(value)
        for name, value in row.items()
        if isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)
    }


def _log(
    client: Any, experiment: str, name: str, params: Mapping[str, Any], metrics: Mapping[str, float],
    tags: Mapping[str, str],
) -> bool:  # fmt: skip
    from mlflow.entities import Metric, Param

    now = int(1000 * time())
    cut = {key: value[:LONGEST_TAG] for key, value in tags.items()}
    run = client.create_run(experiment, run_name=name, tags=cut).info.run_id
    client.log_batch(
        run,
        metrics=[Metric(key, value, now, 0) for key, value in metrics.items()],
        params=[Param("detector", name), *(Param(key, str(value)) for key, value in params.items())],
    )
    client.set_terminated(run)
    return True
