"""Making one run of the parts of it that were run apart, on several machines or days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import structs

from bench.errors import BenchError
from bench.files import replace_file
from bench.plans.outline import Outline
from bench.runs.appending import AppendedFiles
from bench.runs.documents import encode
from bench.runs.info import INFO, RunInfo
from bench.runs.reading import RECORDS, Run
from bench.runs.writing import APPENDED, append_rows, locked, unwritable
from bench.trials.record import Costs, Record


def merge_runs(runs: Sequence[Run], results: Path, name: str) -> Run:
    """Write one run with the records and scores of several; returns it.

    Raises BenchError for runs of different suites, for records that were made by another protocol of the
    harness than this one's, by different code or from different data, for a trial that two runs answer
    differently, and for a name that is taken. Nothing is written then.
    """
    merged = Run(results / "runs" / name)
    if merged.folder.exists():
        raise BenchError(f"there is a run {name!r} already; choose another --name")
    info = _merged_info(runs)
    answers = _answers(runs)
    try:
        merged.folder.mkdir(parents=True)
        with locked(merged.folder):
            files = AppendedFiles(merged.folder, APPENDED)
            try:
                _copy(answers, files)
            finally:
                files.close()
            # The last of all: without it the folder is no run that could be taken for a whole one.
            replace_file(merged.folder / INFO, encode(info, indent=1))
    except OSError as error:
        raise unwritable(merged.folder, error) from None
    return merged


def _merged_info(runs: Sequence[Run]) -> RunInfo:
    first = runs[0].info
    for run in runs[1:]:
        if run.info.suite != first.suite:
            raise BenchError(
                f"{run.name} is a run of suite {run.info.suite.name!r} ({run.info.suite.title}) and "
                f"{runs[0].name} one of {first.suite.name!r} ({first.suite.title}); merge parts of one suite"
            )
        if run.info.policies != first.policies:
            raise BenchError(
                f"{run.name} and {runs[0].name} were judged by different further policies; run "
                "`python -m bench thresholds` on both, or on the merged run alone"
            )
    return structs.replace(
        first,
        started=min(run.info.started for run in runs),
        plans=_merged_plans([plan for run in runs for plan in run.info.plans]),
        environments={name: each for run in runs for name, each in run.info.environments.items()},
    )


def _merged_plans(plans: Sequence[Outline]) -> list[Outline]:
    """One outline for each choice of seeds, with the cells of all in the order in which they are named."""
    by_seeds: dict[tuple[int, ...], list[Outline]] = {}
    for plan in plans:
        by_seeds.setdefault(tuple(plan.seeds), []).append(plan)
    return [
        Outline(
            seeds=list(seeds),
            references=list(dict.fromkeys(label for plan in alike for label in plan.references)),
            settings=list(dict.fromkeys(label for plan in alike for label in plan.settings)),
            cells=[cell for i, plan in enumerate(alike) for cell in plan.cells
                   if not any(cell in before.cells for before in alike[:i])],
        )
        for seeds, alike in by_seeds.items()
    ]  # fmt: skip


def _answers(runs: Sequence[Run]) -> list[tuple[Run, Record]]:
    """Each trial's record, with the run that has it; the last of a run's own, the first of several runs'."""
    found: dict[str, tuple[Run, Record]] = {}
    known: dict[str, tuple[Run, str]] = {}
    for run in runs:
        for record in {record.key: record for record in run.records()}.values():
            _check_protocol(run, record)
            for what, own in _made_with(record):
                before, first = known.setdefault(what, (run, own))
                if own != first:
                    raise BenchError(
                        f"{what} is another in {run.name} than in {before.name}; run the parts with one "
                        "version of all code, libraries and data"
                    )
            other = found.setdefault(record.key, (run, record))
            if _result(other[1]) != _result(record):
                raise BenchError(
                    f"{record.detector.label} on {record.dataset.label}, {record.regime}, seed {record.seed} "
                    f"ended otherwise in {run.name} than in {other[0].name}; merge runs that do not overlap"
                )
    return list(found.values())


def _made_with(record: Record) -> Iterator[tuple[str, str]]:
    """What must be the same in all parts, in words, and what a record has of it.

    The code of a detector is that of its members and features, too, which its label names; that of a dataset
    is the same for all of its variants, of which each part has others.
    """
    code = record.code
    yield f"the code of {record.detector.label}", code.detector
    yield f"the code of dataset {record.dataset.name}", code.dataset
    yield f"the data of {record.dataset.label}", code.data
    for library, version in code.libraries.items():
        yield f"the version of {library}", version


def _check_protocol(run: Run, record: Record) -> None:
    if record.trial.key != record.key:
        raise BenchError(
            f"{run.name} has records of another protocol than this version's, such as that of "
            f"{record.detector.label} on {record.dataset.label}; run that part again"
        )


def _result(record: Record) -> Record:
    """The record without what it cost, and where and when it was run and kept."""
    return structs.replace(record, costs=Costs(), environment="", scores=None, labels=None, written=0.0)


def _copy(answers: Sequence[tuple[Run, Record]], files: AppendedFiles) -> None:
    for run, record in answers:
        rows = run.scored_rows(record)
        scores, labels = (None, None) if rows is None else append_rows(files, *rows)
        files.append(RECORDS, encode(structs.replace(record, scores=scores, labels=labels)))
