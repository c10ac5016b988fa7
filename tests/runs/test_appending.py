"""A disk that is full and a folder that is gone are one sentence, and lose no record that was written."""

from __future__ import annotations

import errno
import os
import shutil
from functools import partial

import numpy as np
import pytest

from bench.errors import BenchError
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.runs.appending import AppendedFiles
from bench.runs.reading import Run
from bench.runs.writing import RunWriter
from bench.trials.environment import Environment
from bench.trials.record import Outcome, Record


@pytest.fixture(scope="module")
def trials(registry):
    return make_plan(load_suite("quick"), registry, Selection(("knn", "lof")))


def outcome(trial):
    return Outcome(Record.of(trial, "ok"), np.array([0.5, 1.5]), np.array([0, 1]))


def write(results, plan, *steps):
    """Go on with a run: each step is a trial whose outcome is written, or what befalls the machine."""
    with RunWriter(results, plan, Environment(), "mine") as writer:
        for step in steps:
            if callable(step):
                step()
            else:
                writer.write(outcome(step))


def test_a_disk_that_is_full_in_the_middle_of_a_record_leaves_whole_ones(tmp_path, trials, monkeypatch):
    first, second, *_ = trials
    really = os.write

    def full(file, content):
        if b'"key"' in bytes(content):
            really(file, bytes(content)[:40])
            raise OSError(errno.ENOSPC, "No space left on device")
        return really(file, content)

    with monkeypatch.context() as patch:
        fills = partial(patch.setattr, os, "write", full)
        with pytest.raises(BenchError, match=r"cannot write to .*mine: No space left on device"):
            write(tmp_path, trials, first, fills, second)
    run = Run(tmp_path / "runs" / "mine")
    assert [record.key for record in run.records()] == [first.key]
    write(tmp_path, trials, second)
    assert [record.key for record in run.records()] == [first.key, second.key]


@pytest.mark.parametrize("at", ["the next record", "the end"])
def test_a_folder_that_is_removed_meanwhile_is_said(tmp_path, trials, at):
    first, second, *_ = trials
    removed = partial(shutil.rmtree, tmp_path / "runs" / "mine")
    with pytest.raises(BenchError, match="was deleted or moved while the run went on"):
        write(tmp_path, trials, first, removed, *([second] if at == "the next record" else []))


def test_what_was_appended_reaches_the_disk_while_the_run_goes_on(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(os.fstat(file).st_size))
    files = AppendedFiles(tmp_path, ("records",))
    files.append("records", b"a record\n")
    for _ in range(1_000):
        if 9 in synced:
            break
        files._closing.wait(0.05)
    assert 9 in synced
    files.close()


def test_a_disk_that_fails_in_the_background_is_said_at_the_end(tmp_path, trials, monkeypatch):
    def failing(file):
        raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(BenchError, match="Input/output error"):
        write(tmp_path, trials, next(iter(trials)), partial(monkeypatch.setattr, os, "fsync", failing))
