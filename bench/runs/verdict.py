"""The verdict on a run that came as an entry, kept beside it by whoever verified it.

An archive holds no such file, and none is taken from one. It is about the records as they were verified: one
that was changed since makes it void.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec import Struct, structs

from bench.runs.packing import open_regular
from bench.trials.record import Record

FILE = "verdict.json"
# Bytes; a verdict is a line for each detector and finding.
_LONGEST = 2**24


class VerdictFile(Struct, frozen=True, kw_only=True):
    """The content of verdict.json.

    archive: SHA-256 of the entry. records: hash of its records. bench: the version that verified it, at the
    commit ``code``. rerun: the share of the trials that were run again. detectors: the verdict on each, by
    its label. findings: what was found, in words.
    """

    archive: str
    records: str
    bench: str
    code: str | None
    rerun: float
    detectors: dict[str, str]
    findings: list[str] = []


def digest_of_records(records: Iterable[Record]) -> str:
    """A hash of records, wherever their scores lie, if they are kept at all."""
    found = hashlib.sha256()
    for record in records:
        found.update(msgspec.json.encode(structs.replace(record, scores=None, labels=None)))
    return found.hexdigest()


def verified_detectors(folder: Path, records: Iterable[Record]) -> frozenset[str]:
    """The labels of the detectors whose figures in a run were verified; none where no verdict is about it."""
    try:
        with open_regular(folder / FILE) as content:
            found = msgspec.json.decode(content.read(_LONGEST), type=VerdictFile)
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
        return frozenset()
    if found.records != digest_of_records(records):
        return frozenset()
    return frozenset(label for label, verdict in found.detectors.items() if verdict == "verified")
