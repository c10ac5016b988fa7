"""Texts that were made before are not made again, and only those that are the same."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace

import msgspec
import pytest
import reference_runs

from bench.report import keeping, leaderboard, write_report, write_tables
from bench.report.keeping import fingerprint

SUITES = ["article", "sweep-bumps-noise"]


@pytest.fixture
def cache(monkeypatch, tmp_path):
    folder = tmp_path / "cache"
    monkeypatch.setenv("BENCH_CACHE_DIR", str(folder))
    return folder / "report"


@pytest.fixture
def made(monkeypatch):
    """The suites whose leaderboards were made, in order."""
    names, make = [], leaderboard.section

    def noting(results):
        names.append(results.name)
        return make(results)

    monkeypatch.setattr(leaderboard, "section", noting)
    return names


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    return read(tmp_path_factory.mktemp("read"))


def read(folder):
    """Of each suite one regime, which is quick to say something of."""
    whole = reference_runs.load(folder, *SUITES)
    return [replace(each, frame=each.frame[each.frame["regime"] == "unsupervised"]) for each in whole]


def files(folder):
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def changed(results):
    """As the results, with one record's scores judged a little better."""
    records = list(results.frame["record"])
    at = next(i for i, each in enumerate(records) if each is not None and each.status == "ok")
    ranking = records[at].metrics["ranking"]
    metrics = records[at].metrics | {"ranking": {**ranking, "roc_auc": ranking["roc_auc"] - 1e-9}}
    records[at] = msgspec.structs.replace(records[at], metrics=metrics)
    return replace(results, frame=results.frame.assign(record=records))


def test_a_second_report_makes_nothing_and_says_the_same(loaded, cache, made, tmp_path):
    write_report(loaded, tmp_path / "first")
    assert made == SUITES
    write_report(loaded, tmp_path / "second")
    assert made == SUITES
    assert files(tmp_path / "first") == files(tmp_path / "second")


def test_of_a_suite_whose_results_changed_all_is_made_again(loaded, cache, made, tmp_path):
    article, sweep = loaded
    write_tables(loaded, tmp_path, own_files=())
    frame = article.frame.assign(**{"native.f1": article.frame["native.f1"] / 2})
    for other in (changed(article), replace(article, frame=frame), replace(article, headline="oracle")):
        made.clear()
        write_tables([other, sweep], tmp_path, own_files=())
        assert made == ["article"]


def test_what_this_package_would_say_otherwise_now_is_made_again(loaded, cache, made, tmp_path, monkeypatch):
    write_tables(loaded, tmp_path, own_files=())
    made.clear()
    monkeypatch.setattr(keeping, "state_of_code", lambda: "another version")
    write_tables(loaded, tmp_path, own_files=())
    assert made == SUITES


@pytest.mark.parametrize("content", [b"", b"{}", b'{"leaderboard": 1}', b"\xff"])
def test_a_damaged_cache_is_made_again(loaded, cache, made, tmp_path, content):
    write_tables(loaded, tmp_path / "first", own_files=())
    for file in cache.iterdir():
        file.write_bytes(content)
    write_tables(loaded, tmp_path / "second", own_files=())
    assert made == SUITES * 2
    assert files(tmp_path / "first") == files(tmp_path / "second")


def test_a_cache_that_cannot_be_written_is_no_error(loaded, cache, made, tmp_path):
    cache.parent.write_text("a file where the folder would be")
    for _ in range(2):
        write_tables(loaded, tmp_path / "results", own_files=())
    assert made == SUITES * 2


def test_what_nobody_asked_for_in_a_month_is_removed(loaded, cache, tmp_path):
    cache.mkdir(parents=True)
    for name, days in (("old.json", 31), ("new.json", 1)):
        (cache / name).write_text("{}")
        os.utime(cache / name, times=(time.time() - days * 86400,) * 2)
    write_tables(loaded, tmp_path, own_files=())
    assert not (cache / "old.json").exists()
    assert (cache / "new.json").exists()


def test_the_same_results_read_anew_have_the_same_fingerprint(loaded, tmp_path):
    again = read(tmp_path)
    assert [fingerprint(each) for each in loaded] == [fingerprint(each) for each in again]


def test_tables_wait_for_nothing_that_the_page_alone_needs():
    code = "import sys, bench.report; assert not {'jinja2', 'markdown_it'} & set(sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
