"""The archive of an entry, and writing it from a run.

It is a zip file of ``entry.json``, the four files of a run as they lie unpacked, and in ``plugins`` the files
of the plugins that are not built in. The same run gives the same bytes, packed or not.
"""

from __future__ import annotations

import io
import json
import stat
import zipfile
from collections.abc import Mapping

from msgspec import Struct, structs

from bench.errors import BenchError
from bench.evaluation.policies import POLICIES
from bench.runs.current import Answer, Place, keep_current, place_of
from bench.runs.documents import encode
from bench.runs.info import INFO, info_text
from bench.runs.reading import RECORDS, Run
from bench.runs.rewriting import changed_line
from bench.trials.record import Record, Slice

# Raised when archives can no longer be read as before.
FORMAT = 1
MANIFEST, SCORES, LABELS, PLUGINS = "entry.json", "scores.f64", "labels.i8", "plugins"


class Manifest(Struct, frozen=True, kw_only=True):
    """The content of entry.json: the version that wrote it, and by name the file of each plugin that is not
    built in.
    """

    format: int
    bench: str
    plugins: dict[str, str] = {}


def archive_of(run: Run, manifest: Manifest, plugins: Mapping[str, bytes]) -> bytes:
    """The archive of a run. ``plugins``: the content of each plugin file, by its name.

    Of each trial the record is taken that reports show, without what `thresholds` has added to it, and its
    scores and labels. Raises BenchError for a run without a record, or whose scores are damaged.
    """
    lines, scores, labels = _content(run)
    if not lines:
        raise BenchError(f"{run.folder} holds no record that can be read; there is nothing to submit")
    members = {
        MANIFEST: encode(manifest, indent=1),
        INFO: encode(json.loads(info_text(run.folder / INFO)), indent=1),
        RECORDS: lines,
        SCORES: scores,
        LABELS: labels,
        **{f"{PLUGINS}/{name}": content for name, content in sorted(plugins.items())},
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name)  # of 1980, whenever it is written
            member.compress_type, member.create_system = zipfile.ZIP_DEFLATED, 3
            member.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(member, content, compresslevel=9)
    return written.getvalue()


def _content(run: Run) -> tuple[bytes, bytes, bytes]:
    """The lines of the current records, in their order, with their scores and labels."""
    found = [(line, record) for line, record in run.lines() if record is not None]
    current: dict[Place, Answer] = {}
    for _, record in found:
        keep_current(current, place_of(record), run, record)
    kept = {id(record) for _, record in current.values()}
    lines: list[bytes] = []
    scores, labels = bytearray(), bytearray()
    labels_at: dict[bytes, Slice] = {}
    for line, record in found:
        if id(record) in kept:
            after = _moved(run, record, scores, labels, labels_at)
            lines.append(changed_line(line, record, after))
    return b"".join(lines), bytes(scores), bytes(labels)


def _moved(
    run: Run, record: Record, scores: bytearray, labels: bytearray, labels_at: dict[bytes, Slice]
) -> Record:
    """The record as it is in the archive; its scores and labels are added to those that are there."""
    own = {name: figures for name, figures in record.metrics.items() if not _is_added(name)}
    record = structs.replace(record, metrics=own)
    if record.scores is None or record.labels is None:
        return structs.replace(record, scores=None, labels=None)
    given, y = run.scores(record).tobytes(), run.labels(record).tobytes()
    at = Slice(len(scores), record.scores.count)
    scores += given
    if y not in labels_at:  # one test set is shared by many trials
        labels_at[y] = Slice(len(labels), len(y))
        labels += y
    return structs.replace(record, scores=at, labels=labels_at[y])


def _is_added(policy: str) -> bool:
    """Whether records get a policy's metrics after the run, when it is asked for."""
    return policy in POLICIES and POLICIES[policy].afterwards
