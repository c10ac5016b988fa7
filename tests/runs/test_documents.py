"""Records and run.json are written as they were, and keep the fields of newer versions."""

from __future__ import annotations

import json
from functools import reduce
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from bench.plans.outline import CellOutline, Outline, SuiteOutline
from bench.plugins.contract import REGIMES
from bench.runs.documents import changed, encode
from bench.runs.info import RunInfo
from bench.splits.audit import Copies
from bench.trials.environment import Environment
from bench.trials.record import Costs, Record, RowCounts, Slice, Status
from bench.trials.trial import Code, Named

finite = st.floats(allow_nan=False, allow_infinity=False)
counts = st.integers(0, 2**53)
words = st.text(max_size=8)
values = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | finite | words


def part(kind, **fields):
    """A struct whose fields are each known or not."""
    return st.builds(kind, **{name: st.none() | field for name, field in fields.items()})


named = st.builds(Named, words, words, st.dictionaries(words, values, max_size=3))
figures = st.dictionaries(words, finite, max_size=3)
seconds = st.floats(0, 1e10)
shares = st.floats(0, 1)
slices = st.none() | st.builds(Slice, counts, counts)
records = st.builds(
    Record,
    key=words, question=words, status=st.sampled_from(get_args(Status)),
    reason=words, detector=named, dataset=named, seed=counts, regime=st.sampled_from(REGIMES),
    contamination=st.floats(0, 1, exclude_max=True) | st.just("known"), labels_used=st.none() | counts,
    rows=part(RowCounts, **dict.fromkeys(RowCounts.__struct_fields__, counts)),
    audit=part(Copies, test_in_train=shares, train_copies=shares),
    thresholds=figures, metrics=st.dictionaries(words, figures, max_size=3),
    costs=part(Costs, fit_seconds=seconds, device=words, stage_batch=counts, total_seconds=seconds),
    code=st.builds(Code, words, words, words, st.dictionaries(words, words, max_size=3)),
    environment=words, scores=slices, labels=slices, written=seconds, version=counts,
)  # fmt: skip
# Where a record of a newer version may have fields that this one does not know, itself among them.
PARTS = ("", "detector", "dataset", "rows", "audit", "costs", "code", "scores")


def read(line, kind=Record):
    return msgspec.json.decode(line, type=kind)


def at(document, *path):
    return reduce(lambda inside, step: inside[step], path, document)


@given(records)
def test_a_record_is_read_as_it_was_written(record):
    line = encode(record)
    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1
    assert read(line) == record


def test_half_a_surrogate_is_written_with_a_backslash_and_the_rest_as_it_is():
    named = Named("knn", "knn:\ud800", {"\udfff": ["\U0001f600", "\udc00"]})
    assert read(encode(named), Named) == Named("knn", r"knn:\ud800", {r"\udfff": ["\U0001f600", r"\udc00"]})


@given(records)
def test_what_is_not_known_of_a_part_takes_no_room(record):
    for name, nothing in (("rows", RowCounts()), ("audit", Copies()), ("costs", Costs())):
        written = json.loads(encode(record))[name]
        assert (written == {}) == (getattr(record, name) == nothing)
        assert written == {} or list(written) == list(nothing.__struct_fields__)


def test_a_number_that_json_cannot_write_is_refused():
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode(Costs(fit_seconds=float("nan")))


@given(records, records, st.sets(st.sampled_from(PARTS), min_size=1))
def test_fields_of_a_newer_version_stay_wherever_a_record_is_changed(before, after, parts):
    before = structs.replace(before, scores=Slice(0, 3))
    after = structs.replace(after, scores=Slice(8, 3))
    document = json.loads(encode(before))
    newer = [(name,) if name else () for name in parts]
    for path in newer:
        at(document, *path)["of_tomorrow"] = {"a": [1, None]}
    line = encode(changed(json.loads(encode(document)), read(encode(document)), after))
    assert read(line) == after
    for path in newer:
        assert at(json.loads(line), *path)["of_tomorrow"] == {"a": [1, None]}


def outline(seed, **fields):
    cell = CellOutline("bumps", "unsupervised", "known", ["knn"])
    return Outline(seeds=[seed], cells=[cell], **fields)


INFO = RunInfo(
    format=1,
    started="now",
    suite=SuiteOutline("quick", "Quick", "native"),
    plans=[outline(0), outline(1)],
    environments={"a": Environment(cpu="one")},
)


def test_fields_of_a_newer_version_stay_where_a_run_is_changed():
    document = json.loads(encode(INFO))
    paths = [(), ("suite",), ("plans", 1), ("plans", 1, "cells", 0), ("environments", "a")]
    for path in paths:
        at(document, *path)["of_tomorrow"] = 1
    assert read(encode(document), RunInfo) == INFO
    after = structs.replace(
        INFO,
        suite=structs.replace(INFO.suite, title="Quicker"),
        plans=[INFO.plans[1], outline(2, references=["best"])],  # what was first is now there no more
        environments={**INFO.environments, "b": Environment(cpu="two")},
        policies={"mad": "pythresh"},
    )
    found = json.loads(encode(changed(document, INFO, after)))
    assert read(encode(found), RunInfo) == after
    for path in [(), ("suite",), ("plans", 0), ("plans", 0, "cells", 0), ("environments", "a")]:
        assert at(found, *path)["of_tomorrow"] == 1


def test_a_part_that_an_older_file_lacks_may_be_added():
    before = read(b'{"offset": 0, "count": 3}', Slice)
    assert changed({"offset": 0}, before, Slice(0, 4)) == {"offset": 0, "count": 4}
    old = json.loads(encode(INFO))
    del old["policies"]
    noted = structs.replace(INFO, policies={"mad": "pythresh"})
    assert read(encode(changed(old, INFO, noted)), RunInfo) == noted


def test_a_value_that_reading_filled_in_is_written_where_it_changes():
    before = {"f1": 0.123456, "cost": 0.654321, "recall": 0.5}
    after = {"f1": 0.12, "cost": 0.65, "recall": 0.5, "new": 1.0}
    written = {"f1": 0.12, "cost": 0.65, "new": 1.0}
    assert changed({"f1": 0.123456}, before, after) == written
    assert changed({"native": {"f1": 0.123456}}, {"native": before}, {"native": after}) == {"native": written}
