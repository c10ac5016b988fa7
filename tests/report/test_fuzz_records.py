"""Stored runs that are damaged or made up: they are reported, or one sentence says what is wrong."""

from __future__ import annotations

import copy
import json
import lzma
import shutil
from pathlib import Path

import pytest
from fuzzing import fuzzed, works_or_one_sentence
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.results import require_results
from bench.report import write_tables
from bench.report.exports import export
from bench.runs.current import finished

RUN = Path(__file__).parents[2] / "results" / "runs" / "reference-article"
INFO = json.loads(lzma.decompress((RUN / "run.json.xz").read_bytes()))
RECORDS = [
    json.loads(line) for line in lzma.decompress((RUN / "trials.jsonl.xz").read_bytes()).splitlines()[:10]
]
INFO["plans"][0]["seeds"] = sorted({record["seed"] for record in RECORDS})

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=12),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=4), st.integers(), max_size=2),
    st.sampled_from(["ok", "failed", "../x", "\x1b[31m", "native", "known", 1e308, -1, 10**30]),
)


def places(value, path=()):
    """The paths of all values in a document."""
    yield path
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for key, child in children:
        yield from places(child, (*path, key))


def changed(document, path, odd, remove):
    """The document with a value replaced or removed."""
    if not path:
        return odd
    document = copy.deepcopy(document)
    parent = document
    for key in path[:-1]:
        parent = parent[key]
    if remove:
        del parent[path[-1]]
    else:
        parent[path[-1]] = odd
    return document


def changes(document):
    found = sorted(places(document), key=repr)
    return st.tuples(st.sampled_from(found), ODD, st.booleans())


BYTES = st.tuples(st.floats(0, 1), st.binary(max_size=4))


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    folder = tmp_path_factory.mktemp("fuzz")
    shutil.copytree(RUN, folder / "runs" / "mine")
    (folder / "runs" / "mine" / "trials.jsonl.xz").unlink()
    return folder


@fuzzed(30)
@given(
    st.lists(changes(INFO), max_size=1),
    st.lists(st.tuples(st.integers(0, 9), changes(RECORDS[0])), max_size=3),
    st.lists(BYTES, max_size=1),
    st.lists(BYTES, max_size=1),
)
def test_damaged_runs_are_reported_or_refused_in_a_sentence(results, info, records, in_info, in_records):
    document, stored = INFO, list(RECORDS)
    for change in info:
        document = changed(document, *change)
    for place, (path, odd, remove) in records:
        try:
            stored[place] = changed(stored[place], path, odd, remove)
        except (KeyError, IndexError, TypeError):  # one that is not in this record, or not any more
            continue
    run = results / "runs" / "mine"
    for name, text, damage in (
        ("run.json", json.dumps(document), in_info),
        ("trials.jsonl", "".join(json.dumps(each) + "\n" for each in stored), in_records),
    ):
        content = text.encode()
        for place, put in damage:
            at = int(place * len(content))
            content = content[:at] + put + content[at + len(put) :]
        (run / name).write_bytes(content)
    with works_or_one_sentence():
        finished(results, name=None, retry=False)
    with works_or_one_sentence():
        loaded = require_results(results)
        write_tables(loaded, results, own_files=())
        for form in ("csv", "latex", "parquet"):
            export(loaded, form)
