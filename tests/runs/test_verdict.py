"""A verdict beside a run that came as an entry: boards show it, and it is void when a record has changed."""

from __future__ import annotations

import json

import numpy as np
import pytest
from msgspec import structs

from bench.analysis.leaderboard import leaderboard
from bench.analysis.results import load_suite_results
from bench.evaluation.metrics import evaluate
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.report import write_report
from bench.runs.current import finished
from bench.runs.documents import encode
from bench.runs.reading import find_run, find_runs
from bench.runs.rewriting import pack_run
from bench.runs.verdict import FILE, VerdictFile, digest_of_records
from bench.runs.writing import RunWriter
from bench.trials.environment import Environment
from bench.trials.record import Outcome, Record

SCORES, LABELS = np.array([0.5, 1.5, -2.0, 1.0]), np.array([0, 1, 0, 0], dtype=np.int8)


def write_run(results, registry, name, detectors, ap=0.5):
    plan = make_plan(load_suite("quick"), registry, Selection(detectors, regimes=("unsupervised",)))
    with RunWriter(results, plan, Environment(cpu="made up"), name) as writer:
        for trial in plan:
            metrics = evaluate(SCORES, LABELS, {"native": 1.2})
            metrics["ranking"]["adjusted_ap"] = ap
            record = Record.of(trial, "ok", metrics=metrics)
            writer.write(Outcome(record, SCORES, LABELS))
    return find_run(results, name)


def write_verdict(run, **detectors):
    verdict = VerdictFile(
        archive="0" * 64, records=digest_of_records(run.records()), bench="0", code=None, rerun=0.05,
        detectors=detectors,
    )  # fmt: skip
    (run.folder / FILE).write_bytes(encode(structs.asdict(verdict)))


@pytest.fixture
def entry(tmp_path, registry):
    run = write_run(tmp_path, registry, "entry-mine", ("knn", "lof"))
    write_verdict(run, knn="verified", lof="in part")
    return find_run(tmp_path, "entry-mine")


def marked(results):
    [found] = load_suite_results(results)
    board = leaderboard(found, "unsupervised")
    return set(board.index[board["verified"].astype(bool)])


def test_what_was_verified_is_marked(tmp_path, entry):
    assert marked(tmp_path) == {"knn"}
    write_report(load_suite_results(tmp_path), tmp_path)
    text = (tmp_path / "leaderboard.md").read_text(encoding="utf-8")
    assert "knn ✓" in text
    assert "lof ✓" not in text


def test_packing_and_dropping_scores_leaves_it_as_it_is(tmp_path, entry):
    pack_run(tmp_path, entry.name, keep_scores=0)
    assert marked(tmp_path) == {"knn"}


def test_a_record_that_was_changed_makes_it_void(tmp_path, entry):
    file = entry.folder / "trials.jsonl"
    first, *others = file.read_text().splitlines(keepends=True)
    record = json.loads(first)
    record["metrics"]["ranking"]["adjusted_ap"] = 0.9
    file.write_text("".join([json.dumps(record) + "\n", *others]))
    assert marked(tmp_path) == set()


@pytest.mark.parametrize("content", [b"", b"{}", b"[" * 10_000, b'{"detectors": {"knn": "verified"}}'])
def test_what_is_no_verdict_verifies_nothing(tmp_path, entry, content):
    (entry.folder / FILE).write_bytes(content)
    assert marked(tmp_path) == set()


def test_a_run_that_is_no_entry_has_no_verdict(tmp_path, registry):
    write_verdict(write_run(tmp_path, registry, "mine", ("knn",)), knn="verified")
    assert marked(tmp_path) == set()


def test_records_of_other_runs_count_before_those_of_an_entry(tmp_path, registry, entry):
    """However late an entry says that its records were written."""
    file = entry.folder / "trials.jsonl"
    records = [json.loads(line) | {"written": 9e9} for line in file.read_text().splitlines()]
    file.write_text("".join(json.dumps(record) + "\n" for record in records))
    write_run(tmp_path, registry, "reference-mine", ("knn",), ap=0.25)
    [found] = load_suite_results(tmp_path)
    shown = found.frame.groupby("detector")["ranking.adjusted_ap"].mean()
    assert (shown["knn"], shown["lof"]) == (0.25, 0.5)
    assert [run.name for run in find_runs(tmp_path)] == ["entry-mine", "reference-mine"]


def test_an_entry_is_never_resumed(tmp_path, entry):
    assert finished(tmp_path).statuses == {}
