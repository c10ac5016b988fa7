from __future__ import annotations

import gc
import json
import lzma
import os
from dataclasses import replace

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from bench.errors import BenchError, BenchWarning
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.runs.current import finished
from bench.runs.reading import Run, combinations_timed_out, find_runs
from bench.runs.rewriting import pack_run
from bench.runs.writing import RunWriter, check_name, check_writable
from bench.splits.audit import Copies
from bench.trials.environment import Environment
from bench.trials.record import VERSION, BoundedRecord, Costs, Outcome, Record, RowCounts

ENVIRONMENT = Environment(cpu="made up")


@pytest.fixture(scope="module")
def plan(registry):
    return make_plan(load_suite("quick"), registry, Selection(detectors=("knn", "lof")))


def outcome(trial, status="ok", values=(0.5, 1.5, -2.0)):
    scores, labels = np.array(values), np.array([0, 1, 0], dtype=np.int8)
    if status != "ok":
        return Outcome(Record.of(trial, status, "a reason"))
    return Outcome(Record.of(trial, status), scores, labels)


def write(results, plan, outcomes, name=None):
    with RunWriter(results, plan, ENVIRONMENT, name) as writer:
        for each in outcomes:
            writer.write(each)
    return writer.run


def test_what_is_written_is_read_back(tmp_path, plan):
    trials = list(plan)
    run = write(tmp_path, plan, [outcome(trials[0]), outcome(trials[1], "failed"), outcome(trials[2])])
    records = list(run.records())
    assert [record.key for record in records] == [trial.key for trial in trials[:3]]
    assert [record.status for record in records] == ["ok", "failed", "ok"]
    for record in (records[0], records[2]):
        assert run.scores(record).tolist() == [0.5, 1.5, -2.0]
        assert run.labels(record).tolist() == [0, 1, 0]
    assert run.info.environments[records[0].environment] == ENVIRONMENT


def test_labels_are_kept_once_for_each_test_set(tmp_path, plan):
    run = write(tmp_path, plan, [outcome(trial) for trial in plan])
    assert sum(1 for _ in run.records()) > 1
    assert (run.folder / "labels.i8").stat().st_size == 3


def test_each_record_has_its_own_labels_even_where_one_name_stands_for_other_rows(tmp_path, plan):
    """As those of a dataset that draws without the generator that it is given."""
    one, other = (outcome(trial) for trial in list(plan)[:2])
    other = replace(other, labels=1 - other.labels)
    run = write(tmp_path, plan, [one, other])
    assert [run.labels(record).tolist() for record in run.records()] == [[0, 1, 0], [1, 0, 1]]


def test_nothing_is_created_before_the_first_outcome(tmp_path, plan):
    write(tmp_path, plan, [])
    assert list(tmp_path.iterdir()) == []


@given(cut=st.integers(min_value=1))
def test_a_torn_last_line_costs_only_its_own_record(tmp_path_factory, plan, cut):
    results = tmp_path_factory.mktemp("results")
    trials = list(plan)
    run = write(results, plan, [outcome(trial) for trial in trials[:2]], name="torn")
    file = run.folder / "trials.jsonl"
    whole = file.read_bytes()
    second = whole.index(b"\n") + 1
    os.truncate(file, second + cut % (len(whole) - second - 1) + 1)
    with pytest.warns(BenchWarning, match="cut off"):
        assert list(finished(results).statuses) == [trials[0].key]
    with pytest.warns(BenchWarning, match="cut off"):
        write(results, plan, [outcome(trials[1])], name="torn")
    records = list(run.records())
    assert [record.key for record in records] == [trial.key for trial in trials[:2]]
    assert run.scores(records[1]).tolist() == [0.5, 1.5, -2.0]


def test_a_spoilt_line_in_the_middle_is_named_and_left_out(tmp_path, plan):
    trials = list(plan)
    run = write(tmp_path, plan, [outcome(trial) for trial in trials[:3]])
    file = run.folder / "trials.jsonl"
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], "{spoilt", lines[2]]) + "\n")
    with pytest.warns(BenchWarning, match=r"line 2 cannot be read \(it is not valid JSON.*will run again"):
        assert list(finished(tmp_path).statuses) == [trials[0].key, trials[2].key]


def change_line(run, number, change):
    """Rewrite a line of a run's records, counted from 0, by what it says."""
    file = run.folder / "trials.jsonl"
    lines = file.read_text().splitlines()
    document = json.loads(lines[number])
    change(document)
    lines[number] = json.dumps(document)
    file.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        (("seed",), "zero", r"Expected `int`, got `str` - at `\$\.seed`"),
        (("detector", "label"), 5, r"Expected `str`, got `int` - at `\$\.detector\.label`"),
        (("metrics", "native", "f1"), None, r"Expected `float`, got `null` - at `\$\.metrics"),
        (("status",), "lost", r"Invalid enum value 'lost' - at `\$\.status`"),
        (
            ("metrics", "native", "f1"),
            8,
            r"Expected a value from 0 to 1, got 8.0 - at `\$\.metrics\.native\.f1`",
        ),
        (("seed",), -1, r"Expected `int` >= 0 - at `\$\.seed`"),
        (("seed",), 10**30, r"Expected `int` <= 9007199254740992 - at `\$\.seed`"),
        (("contamination",), 1.5, r".*< 1.* - at `\$\.contamination`"),
        (("costs",), {"fit_seconds": -2.0}, r"Expected `float` >= 0.* - at `\$\.costs\.fit_seconds`"),
        (("rows",), {"train": -1}, r"Expected `int` >= 0 - at `\$\.rows\.train`"),
        (("audit",), {"train_copies": 1.1}, r"Expected `float` <= 1.* - at `\$\.audit\.train_copies`"),
    ],
)
def test_a_wrong_type_is_named_with_file_and_line(tmp_path, plan, path, value, says):
    trials = list(plan)
    judged = replace(outcome(trials[1]), record=Record.of(trials[1], "ok", metrics={"native": {"f1": 0.5}}))
    run = write(tmp_path, plan, [outcome(trials[0]), judged])

    def spoil(document):
        *above, last = path
        for step in above:
            document = document[step]
        document[last] = value

    change_line(run, 1, spoil)
    for read in (run.records, run.heads):
        with pytest.warns(
            BenchWarning, match=rf"trials\.jsonl: line 2 cannot be read \({says}.*will run again"
        ):
            assert [record.key for record in read()] == [trials[0].key]
    with pytest.warns(BenchWarning, match="line 2"):
        assert list(finished(tmp_path).statuses) == [trials[0].key]


def test_a_record_that_lacks_what_none_may_lack_is_named(tmp_path, plan):
    run = write(tmp_path, plan, [outcome(next(iter(plan)))])
    change_line(run, 0, lambda document: document.pop("key"))
    for read in (run.records, run.heads):
        with pytest.warns(BenchWarning, match=r"line 1 cannot .*Object missing required field `key`"):
            assert not list(read())


def test_a_head_stands_wherever_its_fields_are(tmp_path, plan):
    trial = next(iter(plan))
    run = write(tmp_path, plan, [outcome(trial, "timeout")])
    file = run.folder / "trials.jsonl"
    fields = json.loads(file.read_text())
    file.write_text(json.dumps(dict(sorted(fields.items(), reverse=True)), separators=(",", ":")) + "\n")
    assert finished(tmp_path).statuses == {trial.key: "timeout"}
    assert combinations_timed_out(tmp_path) == {trial.combination}


def test_an_older_record_is_read_and_has_the_first_version(tmp_path, plan):
    first, second = list(plan)[:2]
    run = write(tmp_path, plan, [outcome(first), outcome(second)])
    change_line(run, 0, lambda document: [document.pop(name) for name in ("audit", "metrics", "version")])
    old, new = run.records()
    assert (old.version, new.version) == (1, VERSION)
    assert old.audit == Copies()
    # Such as it is, it is read as fast as others: by the type that needs no second look.
    line = (run.folder / "trials.jsonl").read_bytes().splitlines()[0]
    bounded = msgspec.json.decode(line, type=BoundedRecord)
    assert (bounded.key, bounded.audit) == (first.key, Copies())
    assert run.scores(old).tolist() == [0.5, 1.5, -2.0]


def test_packing_and_going_on_with_a_run_keep_what_a_newer_version_has_written(tmp_path, plan):
    trials = list(plan)[:2]
    run = write(tmp_path, plan, [outcome(trial) for trial in trials], "mine")

    def of_tomorrow(document):
        document |= {"of_tomorrow": 1, "version": 99}
        document["scores"]["unit"] = document["detector"]["unit"] = "none"

    change_line(run, 0, of_tomorrow)
    info = json.loads((run.folder / "run.json").read_text()) | {"of_tomorrow": 1}
    info["plans"][0]["unit"] = info["environments"][next(run.records()).environment]["unit"] = "none"
    (run.folder / "run.json").write_text(json.dumps(info))

    pack_run(tmp_path, "mine", keep_scores=0)
    write(tmp_path, plan, [outcome(trials[1], "failed")], "mine")
    line, *_ = (run.folder / "trials.jsonl").read_text().splitlines()
    kept = json.loads(line)
    assert (kept["of_tomorrow"], kept["version"], kept["detector"]["unit"]) == (1, 99, "none")
    assert kept["scores"] is kept["labels"] is None  # with what they said
    found = json.loads((run.folder / "run.json").read_text())
    assert found == info


def test_a_failure_is_finished_unless_it_is_to_be_retried(tmp_path, plan):
    first, second = list(plan)[:2]
    write(tmp_path, plan, [outcome(first, "failed"), outcome(second)])
    assert finished(tmp_path).statuses == {first.key: "failed", second.key: "ok"}
    assert finished(tmp_path, retry=True).statuses == {second.key: "ok"}


def test_a_reference_run_counts_as_finished_only_when_named(tmp_path, plan):
    trial = next(iter(plan))
    write(tmp_path, plan, [outcome(trial)], name="reference-quick")
    assert finished(tmp_path).statuses == {}
    assert finished(tmp_path, name="reference-quick").statuses == {trial.key: "ok"}


def test_a_named_run_is_gone_on_with_and_keeps_what_it_planned(tmp_path, plan, registry):
    other = make_plan(load_suite("quick"), registry, Selection(detectors=("ecod",)))
    write(tmp_path, plan, [outcome(next(iter(plan)))], name="mine")
    run = write(tmp_path, other, [outcome(next(iter(other)))], name="mine")
    assert len(list(run.records())) == 2
    assert run.info.plans == [*plan.outlines(), *other.outlines()]
    assert len(find_runs(tmp_path)) == 1


def test_a_run_of_another_suite_is_not_mixed_in(tmp_path, plan, registry):
    other = make_plan(load_suite("article"), registry)
    write(tmp_path, plan, [outcome(next(iter(plan)))], name="mine")
    with pytest.raises(BenchError, match="is a run of suite 'quick'"):
        write(tmp_path, other, [outcome(next(iter(other)))], name="mine")


def test_two_writers_do_not_share_a_run(tmp_path, plan):
    trial = next(iter(plan))
    with RunWriter(tmp_path, plan, ENVIRONMENT, "mine") as first:
        first.write(outcome(trial))
        with (
            pytest.raises(BenchError, match="another process"),
            RunWriter(tmp_path, plan, ENVIRONMENT, "mine") as second,
        ):
            second.write(outcome(trial))


def test_an_unreadable_run_is_one_clear_sentence(tmp_path, plan):
    run = write(tmp_path, plan, [outcome(next(iter(plan)))])
    (run.folder / "run.json").write_text("{")
    with pytest.raises(BenchError, match=r"cannot read .*run\.json"):
        _ = Run(run.folder).info
    (run.folder / "run.json").write_text(json.dumps({"format": 99}))
    with pytest.raises(BenchError, match="format 99"):
        _ = Run(run.folder).info
    (run.folder / "run.json").write_text(json.dumps({"format": 1, "started": 5}))
    with pytest.raises(BenchError, match=r"run\.json: Expected `str`, got `int` - at `\$\.started`"):
        _ = Run(run.folder).info


def test_a_results_folder_that_cannot_be_written_is_said_at_once(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BenchError, match=r"cannot write to .*--results"):
        check_writable(tmp_path / "file")


@pytest.mark.parametrize("name", ["../other", "", ".hidden", "a b"])
def test_a_run_is_named_by_a_plain_word(name):
    with pytest.raises(BenchError, match="cannot name a run"):
        check_name(name)


def test_a_packed_run_is_read_like_any_other(tmp_path, plan):
    trials = list(plan)
    run = write(
        tmp_path, plan, [outcome(trial, values=(0.1, i, -i)) for i, trial in enumerate(trials)], "mine"
    )
    records, heads = list(run.records()), list(run.heads())
    before = {file.name for file in run.folder.iterdir()}
    pack_run(tmp_path, "mine")
    packed = Run(run.folder)
    assert {file.name for file in run.folder.iterdir()} == {
        name if name == ".lock" else f"{name}.xz" for name in before
    }
    assert packed.info == run.info
    assert (list(packed.records()), list(packed.heads())) == (records, heads)
    for i, record in enumerate(records):
        assert packed.scores(record).tolist() == [0.1, i, -i]
        assert packed.labels(record).tolist() == [0, 1, 0]
    assert set(finished(tmp_path).statuses) == {trial.key for trial in trials}
    pack_run(tmp_path, "mine")
    assert list(packed.records()) == records


@pytest.mark.filterwarnings("error::ResourceWarning")
def test_no_file_of_a_packed_run_is_left_open(tmp_path, plan):
    run = write(tmp_path, plan, map(outcome, plan), "mine")
    pack_run(tmp_path, "mine")
    for record in Run(run.folder).records():
        assert len(Run(run.folder).scores(record)) == 3
    write(tmp_path, plan, [], "mine")  # unpacks it
    gc.collect()


def test_a_packed_run_is_gone_on_with(tmp_path, plan):
    trials = list(plan)
    write(tmp_path, plan, [outcome(trials[0])], "mine")
    pack_run(tmp_path, "mine")
    run = write(tmp_path, plan, [outcome(trials[1], values=(7.0, 8.0, 9.0))], "mine")
    assert not list(run.folder.glob("*.xz"))
    first, second = run.records()
    assert (first.key, second.key) == (trials[0].key, trials[1].key)
    assert run.scores(first).tolist() == [0.5, 1.5, -2.0]
    assert run.scores(second).tolist() == [7.0, 8.0, 9.0]


def test_a_run_without_its_raw_scores_keeps_its_records_and_is_gone_on_with(tmp_path, plan):
    trials = list(plan)
    run = write(tmp_path, plan, [outcome(trials[0])], "mine")
    [before] = run.records()
    pack_run(tmp_path, "mine", keep_scores=0)
    assert {file.name for file in run.folder.iterdir()} - {".lock"} == {"run.json.xz", "trials.jsonl.xz"}
    [record] = Run(run.folder).records()
    assert record == structs.replace(before, scores=None, labels=None)
    assert [head.key for head in Run(run.folder).heads()] == [trials[0].key]
    with pytest.raises(BenchError, match=r"raw scores .* were dropped"):
        Run(run.folder).scores(record)
    run = write(tmp_path, plan, [outcome(trials[1], values=(7.0, 8.0, 9.0))], "mine")
    _, second = run.records()
    assert run.scores(second).tolist() == [7.0, 8.0, 9.0]
    assert set(finished(tmp_path).statuses) == {trial.key for trial in trials[:2]}


def test_a_run_with_the_raw_scores_of_its_first_seed_alone(tmp_path, registry):
    plan = make_plan(load_suite("quick"), registry, Selection(detectors=("knn",), seeds=(0, 1)))
    first, second = (next(trial for trial in plan if trial.seed == seed) for seed in (0, 1))
    values = {first.key: (0.5, 1.5, -2.0), second.key: (7.0, 8.0, 9.0)}
    before = write(tmp_path, plan, [outcome(t, values=values[t.key]) for t in (second, first)], "mine")
    ours = {record.key: record for record in before.records()}
    pack_run(tmp_path, "mine", keep_scores=1)
    packed = Run(before.folder)
    found = {record.key: record for record in packed.records()}
    assert found[first.key] == ours[first.key]
    assert found[second.key] == structs.replace(ours[second.key], scores=None, labels=None)
    assert tuple(packed.scores(found[first.key])) == values[first.key]
    assert packed.labels(found[first.key]).tolist() == [0, 1, 0]
    # The scores are gone, not only out of sight.
    content = lzma.decompress((packed.folder / "scores.f64.xz").read_bytes())
    assert sorted(np.frombuffer(content, "<f8")) == sorted([0.0, 0.0, 0.0, *values[first.key]])


def test_raw_scores_that_no_record_points_at_are_not_kept(tmp_path, registry):
    plan = make_plan(load_suite("quick"), registry, Selection(detectors=("knn",), seeds=(0,)))
    first, second, third = list(plan)[:3]
    outcomes = [outcome(t, values=(n, 7.0, -n)) for n, t in ((1.0, first), (2.0, second), (3.0, third))]
    run = write(tmp_path, plan, outcomes, "mine")
    lines = (run.folder / "trials.jsonl").read_text().splitlines(keepends=True)
    (run.folder / "trials.jsonl").write_text(lines[0] + lines[2])
    pack_run(tmp_path, "mine", keep_scores=1)
    content = lzma.decompress((run.folder / "scores.f64.xz").read_bytes())
    assert np.frombuffer(content, "<f8").tolist() == [1.0, 7.0, -1.0, 0.0, 0.0, 0.0, 3.0, 7.0, -3.0]
    assert [tuple(Run(run.folder).scores(record)) for record in Run(run.folder).records()] == [
        (1.0, 7.0, -1.0), (3.0, 7.0, -3.0),
    ]  # fmt: skip


def test_figures_are_rounded_only_where_no_scores_are_kept(tmp_path, registry):
    plan = make_plan(load_suite("quick"), registry, Selection(detectors=("knn",), seeds=(0, 1)))
    first, second = (next(trial for trial in plan if trial.seed == seed) for seed in (0, 1))

    def third(trial):
        found = outcome(trial)
        follows = {
            "recall": 2 / 3,
            "false_alarm_rate": 1 / 7,
            "cost_10": 10 / 9 + 2 / 21,
            "cost_50": 50 / 9 + 2 / 21,
        }
        figures = {"metrics": {"native": {"f1": 1 / 3, **follows}}, "thresholds": {"native": 2000 / 3}}
        costs = Costs(fit_seconds=1 / 3, device="cpu", peak_memory_bytes=123456789)
        rows = RowCounts(test=9, test_anomalies=3)
        return replace(found, record=structs.replace(found.record, rows=rows, costs=costs, **figures))

    write(tmp_path, plan, [third(first), third(second)], "mine")
    pack_run(tmp_path, "mine", keep_scores=1, digits=4)
    exact, rounded = sorted(Run(tmp_path / "runs" / "mine").records(), key=lambda record: record.seed)
    assert (exact.metrics["native"]["f1"], exact.costs.fit_seconds) == (1 / 3, 1 / 3)
    assert (rounded.metrics["native"]["f1"], rounded.thresholds["native"]) == (0.3333, 666.7)
    # What follows from the others is not kept, but is there.
    lines = lzma.decompress((tmp_path / "runs" / "mine" / "trials.jsonl.xz").read_bytes()).splitlines()
    assert sorted(b"cost_10" in line for line in lines) == [False, True]
    assert rounded.metrics["native"]["cost_10"] == pytest.approx(exact.metrics["native"]["cost_10"], rel=1e-3)
    assert rounded.costs == Costs(fit_seconds=0.3333, device="cpu", peak_memory_bytes=123456789)
    assert rounded.key == second.key


def test_a_run_that_is_not_there_or_being_written_is_not_packed(tmp_path, plan):
    with pytest.raises(BenchError, match="unknown run 'mine'; there are none"):
        pack_run(tmp_path, "mine")
    with RunWriter(tmp_path, plan, ENVIRONMENT, "mine") as writer:
        writer.write(outcome(next(iter(plan))))
        with pytest.raises(BenchError, match="another process is writing"):
            pack_run(tmp_path, "mine")
