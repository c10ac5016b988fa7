"""Whatever has become of a run's files, the rest is reported, and what is lost runs again."""

from __future__ import annotations

import shutil
import warnings

import numpy as np
import pytest
from damage import variants
from typer.testing import CliRunner

from bench.analysis.results import load_suite_results, trials
from bench.cli._app import make_app
from bench.errors import BenchError, BenchWarning
from bench.evaluation.metrics import evaluate
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.runs.current import finished
from bench.runs.reading import Run
from bench.runs.rewriting import pack_run
from bench.runs.writing import RunWriter
from bench.trials.environment import Environment
from bench.trials.record import Costs, Outcome, Record, RowCounts

Y = (np.arange(30) < 6).astype("i1")


@pytest.fixture(scope="module")
def plan(registry):
    return make_plan(load_suite("quick"), registry, Selection(("knn", "lof"), ("digits",), None, (0, 1)))


def outcome(trial):
    scores = np.random.default_rng(trial.seed).normal(size=30) + Y
    thresholds = {"native": 1.0, "train-quantile": 0.8, "oracle": 0.7}
    record = Record.of(
        trial,
        "ok",
        metrics=evaluate(scores, Y, thresholds),
        thresholds=thresholds,
        labels_used=0,
        rows=RowCounts(train=100, test=30, test_anomalies=6, columns=3),
        costs=Costs(fit_seconds=0.1, score_seconds=0.1, peak_memory_bytes=10**6, total_seconds=0.3),
    )
    return Outcome(record, scores, Y)


def write(results, plan, chosen, name):
    with RunWriter(results, plan, Environment(), name) as writer:
        for trial in chosen:
            writer.write(outcome(trial))


@pytest.fixture(scope="module")
def stores(plan, tmp_path_factory):
    """Two runs, once as they lie and once packed: "a", which will be damaged, and "b" with the first seed."""
    found = {"plain": tmp_path_factory.mktemp("plain"), "packed": tmp_path_factory.mktemp("packed")}
    for results in found.values():
        write(results, plan, plan, "a")
        write(results, plan, [trial for trial in plan if trial.seed == 0], "b")
    pack_run(found["packed"], "a")
    return found


@pytest.fixture
def damaged(stores, tmp_path):
    """Damage a copy of a store."""

    def damage(change, form="plain"):
        results = tmp_path / "results"
        shutil.copytree(stores[form], results)
        change(results / "runs" / "a")
        return results

    return damage


def read(results, plan):
    """What reports, resuming and comparing have of a store, and each sentence on what they have not."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", BenchWarning)
        loaded = load_suite_results(results)
        frame = trials(loaded) if loaded else None
        scored = [run.scored_rows(record) for each in loaded for run, record in answers(each)]
        done = finished(results).statuses
    assert all(issubclass(each.category, BenchWarning) for each in caught), [str(w.message) for w in caught]
    return frame, scored, done, sorted({str(each.message) for each in caught})


def answers(loaded):
    found = loaded.frame[loaded.frame["status"] != "missing"]
    return [(loaded.runs[run], record) for run, record in zip(found["run"], found["record"], strict=True)]


PACKED = ("trials.jsonl is", "trials.jsonl has", "scores.f64 is", "labels.i8 is")
CASES = [
    pytest.param(form, name, change, id=f"{name}, {form}")
    for name, change in variants()
    for form in ("plain", "packed")
    if form == "plain" or name.startswith(PACKED)
]
# Nothing is left that tells that there was something.
SILENT = ("the folder is empty",)


@pytest.mark.parametrize(("form", "name", "change"), CASES)
def test_what_is_damaged_is_said_the_rest_reported_and_what_is_lost_runs_again(
    damaged, plan, stores, form, name, change
):
    whole = {record.key for record in Run(stores[form] / "runs" / "a").records()}
    results = damaged(change, form)
    folder = str(results / "runs" / "a")
    frame, scored, done, said = read(results, plan)
    # What "b" has is reported in any case.
    assert {trial.key for trial in plan if trial.seed == 0} <= done.keys()
    assert not (frame["status"][frame["seed"] == 0] == "missing").any()
    lost = whole - done.keys()
    if (lost or any(rows is None for rows in scored)) and name not in SILENT:
        assert said
        assert all(folder in sentence and "\n" not in sentence for sentence in said)
    # Reports and resuming read alike: what reports miss is what runs again.
    assert (frame["status"] == "missing").sum() in (len(lost), 0)
    again = [trial for trial in plan if trial.key in lost]
    refused = None
    try:
        write(results, plan, again or [next(iter(plan))], "a")
    except BenchError as error:  # the run that is damaged cannot be gone on with: a new one can
        refused = error
        write(results, plan, again, None)
    assert refused is None or folder in str(refused)
    *_, done, _ = read(results, plan)
    assert {trial.key for trial in plan} <= done.keys()


VERBS = [
    ["export", "csv"], ["export", "parquet"], ["export", "latex"], ["rank", "knn"], ["compare", "a", "b"],
    ["pack", "a"], ["pack", "a", "--keep-scores", "1"], ["report"],
]  # fmt: skip
SOME = [
    "run.json is cut in the middle", "run.json is gone", "trials.jsonl is noise", "trials.jsonl is a folder",
    "trials.jsonl.xz is cut in the middle", "scores.f64 is cut in the middle", "labels.i8 is noise",
    "a record's metrics.native.f1 is 8", "a record's metrics is {}", "a record is nested deeply",
    "a record's scores is {\"offset\": 1000000000000000, \"count\": 3}",
]  # fmt: skip


@pytest.mark.parametrize("name", SOME)
def test_each_verb_ends_in_a_table_or_in_one_sentence(damaged, name):
    results = damaged(dict(variants())[name])
    for verb in VERBS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", BenchWarning)
            found = CliRunner().invoke(make_app(), [*verb, "--results", str(results)])
        assert found.exception is None or isinstance(found.exception, BenchError | SystemExit), verb
