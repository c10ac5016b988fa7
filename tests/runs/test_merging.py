"""Parts of a run that were run apart make the run that they are parts of, or are refused."""

from __future__ import annotations

import json
import sys

import pytest
from msgspec import structs

from bench.analysis.results import load_suite_results, settings_of
from bench.cli import main
from bench.errors import BenchError
from bench.runs.merging import merge_runs
from bench.runs.reading import Run, find_run
from bench.trials.record import Costs
from bench.trials.trial import Code, Named, Trial

# Three small datasets, of which the second of three parts has two, the third one, and the first none.
DATASETS = ",".join(f"blobs:columns={columns},normals=60,test_normals=60" for columns in (2, 3, 4))
RUN = (
    "run",
    "--suite",
    "quick",
    "--datasets",
    DATASETS,
    "--detectors",
    "ecod,hbos",
    "--seeds",
    "2",
    "--settings",
    "random:1",
    "--jobs",
    "1",
)


def said(arguments, code=0):
    """Run the command line in this process, which is to end with that code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["bench", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
    assert (ended.value.code or 0) == code


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """A whole run, and its parts below another folder."""
    folder = tmp_path_factory.mktemp("merging")
    said([*RUN, "--results", str(folder), "--name", "whole"])
    for i, part in enumerate(("2/3", "3/3")):
        said([*RUN, "--share", part, "--results", str(folder / "parts"), "--name", f"part{i}"])
    return folder


def parts_of(results):
    return [Run(path) for path in sorted((results / "parts/runs").iterdir())]


def comparable(run):
    """Records and raw scores by trial, without what may differ."""
    found = {}
    for record in run.records():
        scores, labels = run.scored_rows(record)
        bare = structs.replace(record, costs=Costs(), written=0.0, scores=None, labels=None)
        found[record.key] = bare, scores.tolist(), labels.tolist()
    return found


def test_merged_parts_are_the_whole(results, tmp_path):
    parts = parts_of(results)
    assert len(parts) > 1
    whole = find_run(results, "whole")
    merged = merge_runs(parts, tmp_path, "merged")
    assert comparable(merged) == comparable(whole)
    assert sum(len(comparable(part)) for part in parts) == len(comparable(whole))
    assert merged.info.suite == whole.info.suite

    def cells(run):
        return {
            (tuple(plan.seeds), cell.dataset, cell.regime, tuple(cell.detectors))
            for plan in run.info.plans
            for cell in plan.cells
        }

    assert cells(merged) == cells(whole)
    assert len(merged.info.plans) == len(whole.info.plans)
    # The one setting that was drawn is known as such, and stands on no board.
    [plan] = merged.info.plans
    assert [label.partition(":")[0] for label in plan.settings] == ["hbos"]
    [loaded] = load_suite_results(tmp_path)
    assert loaded.settings == set(plan.settings)
    assert set(loaded.frame["detector"]) == {"ecod", "hbos", *plan.settings}
    assert set(loaded.board("unsupervised")["detector"]) == {"ecod", "hbos"}


def test_a_setting_that_another_run_was_asked_for_by_name_is_no_mere_setting(results):
    [plan] = find_run(results, "whole").info.plans
    assert settings_of([plan]) == {*plan.settings} != set()
    assert settings_of([plan, structs.replace(plan, settings=[])]) == set()


def test_what_two_runs_agree_on_is_there_once(results, tmp_path):
    whole = find_run(results, "whole")
    merged = merge_runs([whole, *parts_of(results)], tmp_path, "merged")
    assert comparable(merged) == comparable(whole)
    assert sum(1 for _ in merged.records()) == len(comparable(whole))


def test_a_merged_run_is_gone_on_with_like_any_other(results, tmp_path, capsys):
    merge_runs(parts_of(results), tmp_path, "merged")
    capsys.readouterr()
    said(["status", *RUN[1:-2], "--results", str(tmp_path)])
    assert "0 to run" in capsys.readouterr().out


@pytest.fixture
def changed(results, tmp_path):
    """A copy of the whole run whose records or info are changed."""

    def change(line=lambda record: None, info=lambda content: None):
        folder = tmp_path / "runs/other"
        folder.mkdir(parents=True)
        for file in (results / "runs/whole").iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        lines = []
        for text in (folder / "trials.jsonl").read_text().splitlines():
            record = json.loads(text)
            line(record)
            lines.append(json.dumps(record))
        (folder / "trials.jsonl").write_text("\n".join(lines) + "\n")
        content = json.loads((folder / "run.json").read_text())
        info(content)
        (folder / "run.json").write_text(json.dumps(content))
        return Run(folder)

    return change


def set_at(*path, value):
    def change(record):
        for name in path[:-1]:
            record = record[name]
        record[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"line": set_at("metrics", "ranking", "roc_auc", value=0.123)}, "ended otherwise"),
        ({"line": set_at("key", value="0" * 16)}, "another protocol"),
        ({"line": set_at("code", "detector", value="other")}, "another protocol"),
        ({"info": set_at("suite", "name", value="core")}, "merge parts of one suite"),
        ({"info": set_at("policies", value={"pythresh-iqr": "pythresh 1"})}, "further policies"),
    ],
)
def test_what_does_not_belong_together_is_refused(results, tmp_path, changed, changes, what):
    other = changed(**changes)
    with pytest.raises(BenchError, match=what):
        merge_runs([find_run(results, "whole"), other], tmp_path, "merged")
    assert not (tmp_path / "runs/merged").exists()


def made_with(record, **code):
    """A record that is right for itself, of a trial that was made with other code."""
    record["code"] |= code
    detector, dataset = (Named(**record[name]) for name in ("detector", "dataset"))
    code = Code(**record["code"])
    record["key"] = Trial(
        detector, dataset, record["seed"], record["regime"], record["contamination"], code
    ).key


@pytest.mark.parametrize(
    ("code", "of", "what"),
    [
        ({"detector": "other"}, "ecod", "the code of ecod is another in other than in whole"),
        ({"dataset": "other"}, "ecod", "the code of dataset blobs is another"),
        ({"data": "other"}, "ecod", "the data of blobs:.* is another"),
        ({"libraries": {"numpy": "0.1"}}, "ecod", "the version of numpy is another"),
        # Though no detector is in both parts.
        ({"dataset": "other"}, "hbos", "the code of dataset blobs is another"),
        ({"data": "other"}, "hbos", "the data of blobs:.* is another"),
        ({"libraries": {"numpy": "0.1"}}, "hbos", "the version of numpy is another"),
    ],
)
def test_what_was_made_with_something_else_is_refused(results, tmp_path, changed, code, of, what):
    """The first part's records are of one detector alone."""

    def change(record):
        made_with(record, **code)

    def rename(record):
        record["detector"] |= {"name": of, "label": of}
        change(record)

    other = changed(rename)
    kept = tmp_path / "kept/runs/whole"
    kept.mkdir(parents=True)
    for file in (results / "runs/whole").iterdir():
        (kept / file.name).write_bytes(file.read_bytes())
    lines = (kept / "trials.jsonl").read_text().splitlines(keepends=True)
    (kept / "trials.jsonl").write_text(
        "".join(x for x in lines if json.loads(x)["detector"]["label"] == "ecod")
    )
    with pytest.raises(BenchError, match=what):
        merge_runs([Run(kept), other], tmp_path, "merged")


def test_one_detector_with_other_members_is_no_other_code(results, tmp_path, changed):
    """As rank_mean:of=knn+lof and rank_mean:of=hbos have, or knn and knn:features=hog."""

    def change(record):
        detector = record["detector"]
        detector["label"] += ":of=hbos"
        detector["params"]["of"] = "hbos"
        made_with(record, detector="with that of hbos")

    merged = merge_runs([find_run(results, "whole"), changed(change)], tmp_path, "merged")
    assert len(comparable(merged)) == 2 * len(comparable(find_run(results, "whole")))


def test_a_name_that_is_taken_is_refused(results):
    with pytest.raises(BenchError, match="already"):
        merge_runs(parts_of(results), results, "whole")


@pytest.mark.parametrize("share", ["0/3", "4/3", "1", "a/b", "1/0", "-1/3"])
def test_what_is_no_share_is_said(share, capsys):
    said([*RUN, "--share", share], 2)
    assert "is no part of a whole" in capsys.readouterr().err


def test_a_part_without_datasets_is_said(capsys):
    said([*RUN, "--share", "1/3"], 2)
    assert "of the 3 datasets none is in part 1 of 3" in capsys.readouterr().err


def test_merge_says_what_it_made(results, capsys):
    folders = [str(part.folder) for part in parts_of(results)]
    command = ["merge", *folders, "--results", str(results / "said"), "--name", "all"]
    said(command)
    assert f"merged {len(folders)} runs" in capsys.readouterr().out
    said(["merge", folders[0], "--results", str(results), "--name", "one"], 2)
    assert "two runs or more" in capsys.readouterr().err
