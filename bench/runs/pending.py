"""Why a planned trial would run: what has changed since it was last run, if ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.plans.plan import Plan
from bench.runs.reading import find_runs, runs_to_resume
from bench.trials.record import Status
from bench.trials.trial import Code, Trial

_PARTS = {
    "detector": "the detector's file has changed",
    "dataset": "the dataset's file has changed",
    "data": "the data have changed",
}


def why_pending(
    plan: Plan, results: Path, statuses: Mapping[str, Status], *, name: str | None = None, retry: bool = False
) -> Iterator[tuple[Trial, str]]:
    """The trials of a plan that `run` would run, each with the reason.

    statuses: of those that have finished, by their keys.
    """
    pending = [
        trial for trial in plan
        if (status := statuses.get(trial.key)) is None or (retry and status != "ok")
    ]  # fmt: skip
    if not pending:
        return
    code = _latest_code(results, name, {trial.question for trial in pending})
    in_reference = {record.key for run in find_runs(results) if run.is_reference for record in run.heads()}
    for trial in pending:
        if trial.key in statuses:
            yield trial, f"it ended {statuses[trial.key]!r}"
        elif trial.question in code:
            yield trial, what_changed(code[trial.question], trial.code)
        elif trial.key in in_reference:
            yield trial, "it is only in a reference run, measured elsewhere"
        else:
            yield trial, "not run before"


def _latest_code(results: Path, name: str | None, questions: set[str]) -> dict[str, Code]:
    """The code that last answered each of some questions."""
    return {
        record.question: record.code
        for run in runs_to_resume(results, name)
        for record in run.records()
        if record.question in questions
    }


def what_changed(before: Code, now: Code) -> str:
    """What of a trial's code is different, in words."""
    changes = [text for part, text in _PARTS.items() if getattr(before, part) != getattr(now, part)]
    old, new = before.libraries, now.libraries
    changes += [
        f"{library} {old.get(library, 'none')} -> {new.get(library, 'none')}"
        for library in sorted({*old, *new})
        if old.get(library) != new.get(library)
    ]
    return ", ".join(changes) or "the harness runs trials differently now"
