"""Taking a verified entry into a results folder, with the verdict beside it."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

import bench
from bench.entries.archive import LABELS, SCORES
from bench.entries.verdict import Judged
from bench.errors import BenchError
from bench.files import plain_name, write_file
from bench.runs.documents import encode
from bench.runs.info import INFO
from bench.runs.reading import ENTRY, RECORDS, Run, find_runs
from bench.runs.rewriting import pack_run
from bench.runs.verdict import FILE, VerdictFile, digest_of_records
from bench.trials.environment import git_state


def accept(judged: Judged, results: Path, archive: Path) -> Run:
    """Add the run of an entry to those below ``results/runs``, packed, with its verdict; returns it.

    Raises BenchError for an entry that was refused or of which nothing was run again, where it is there
    already, and where another run has a detector of that name with other code.
    """
    entry = judged.entry
    if judged.verdict == "refused" or entry.again is None:
        why = "was refused" if judged.verdict == "refused" else "must be run again in part: add --rerun 5%"
        raise BenchError(f"the entry {why}; it is not taken into {results}")
    name = ENTRY + plain_name(archive.stem)
    if os.path.lexists(results / "runs" / name):
        raise BenchError(f"{results / 'runs' / name} is there already; rename the archive")
    _check_names_free(judged, results)
    for file in (INFO, RECORDS, SCORES, LABELS):
        write_file(results, f"runs/{name}/{file}", (entry.run.folder / file).read_bytes())
    run = pack_run(results, name)
    verdict = VerdictFile(
        archive=entry.digest,
        records=digest_of_records(run.records()),
        bench=bench.__version__,
        code=git_state(),
        rerun=entry.again.share,
        detectors=dict(judged.detectors),
        findings=[
            " ".join(filter(None, (each.kind, check, each.detector, each.what)))
            for check, found in judged.findings.items()
            for each in found
        ],
    )
    write_file(results, f"runs/{name}/{FILE}", encode(msgspec.to_builtins(verdict), indent=1))
    return run


def _check_names_free(judged: Judged, results: Path) -> None:
    """Refuse a name that another run's detector has: reports could not tell the two apart."""
    own = {
        record.detector.name: record.code.detector
        for record in judged.entry.records
        if record.detector.name not in judged.entry.registry.detectors
    }
    for run in find_runs(results):
        for record in run.heads():
            name = record.detector.name
            if name in own and own[name] != record.code.detector:
                raise BenchError(
                    f"the run {run.name} has another detector called {name!r}; ask for another name of the "
                    "entry's"
                )
