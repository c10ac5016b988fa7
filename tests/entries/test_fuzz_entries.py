"""Random changes of an entry: each is judged or refused in one sentence, and none leaves anything behind."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest
from entries import Opened, make_entry, make_run
from fuzzing import fuzzed, works_or_one_sentence
from hypothesis import given
from hypothesis import strategies as st

from bench.entries.checks import CHECKS
from bench.entries.verdict import opened

VALUES = (
    None, "", "x", "knn", "bumps:normals=1e9", "../..", 0, -1, 1.5, 1e308, 2**40, 2**53, True, [], {}, [[]],
    {"a": {}}, "\ud800", "\x00", "\x1b[31m", "*", "adbench:*",
)  # fmt: skip
# The others run processes.
QUICK = [name for name in CHECKS if name != "data"]


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    folder = tmp_path_factory.mktemp("honest")
    run, registry = make_run(folder, detectors=("hbos", "lof"), datasets=("breast_cancer",))
    return make_entry(folder / "mine.zip", run, registry), registry


def changed(value, draw):
    """The value with something in it replaced, at any depth."""
    if isinstance(value, dict) and value and draw.random() < 0.9:
        key = draw.choice(list(value))
        return {**value, key: changed(value[key], draw)}
    if isinstance(value, list) and value and draw.random() < 0.9:
        at = draw.randrange(len(value))
        return [*value[:at], changed(value[at], draw), *value[at + 1 :]]
    return draw.choice(VALUES)


def judge_quickly(file, registry):
    """What `verify` does but for data and runs."""
    with opened(file, registry, 1) as entry:
        for name in QUICK:
            for finding in CHECKS[name](entry):
                assert finding.what


@fuzzed(60)
@given(seed=st.integers(0, 2**32))
def test_fuzz_values(honest, seed):
    file, registry = honest
    draw, parts = random.Random(seed), Opened(file)
    if draw.random() < 0.3:
        parts.info = changed(parts.info, draw)
    else:
        at = draw.randrange(len(parts.records))
        parts.records[at] = changed(parts.records[at], draw)
    with tempfile.TemporaryDirectory() as folder, works_or_one_sentence():
        judge_quickly(parts.write(Path(folder) / "changed.zip"), registry)


@fuzzed(60)
@given(seed=st.integers(0, 2**32))
def test_fuzz_bytes(honest, seed):
    file, registry = honest
    draw, content = random.Random(seed), bytearray(file.read_bytes())
    for _ in range(draw.randrange(1, 8)):
        content[draw.randrange(len(content))] = draw.randrange(256)
    with tempfile.TemporaryDirectory() as folder, works_or_one_sentence():
        changed_file = Path(folder) / "changed.zip"
        changed_file.write_bytes(content)
        judge_quickly(changed_file, registry)


def test_nothing_is_left_in_temporary_folders(honest, tmp_path, monkeypatch):
    file, registry = honest
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    judge_quickly(file, registry)
    assert list(tmp_path.iterdir()) == []
