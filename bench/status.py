"""Why a planned trial would run: what has changed since it was last run, if ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.plan import Plan
from bench.store import find_runs
from bench.trial import Trial, question_of

_PARTS = {
    "detector": "the detector's file has changed",
    "dataset": "the dataset's file has changed",
    "data": "the data have changed",
}


def why_pending(
    plan: Plan, results: Path, *, name: str | None = None, retry: bool = False
) -> Iterator[tuple[Trial, str]]:
    """Each planned trial with the reason why it would run, empty for one that is finished."""
    statuses: dict[str, str] = {}
    code: dict[str, Mapping[str, Any]] = {}
    in_reference: set[str] = set()
    for run in find_runs(results):
        counts = not run.is_reference or run.name == name
        for record in run.records():
            if counts:
                statuses[record["key"]] = record["status"]
                code[question_of(record)] = record["code"]
            else:
                in_reference.add(record["key"])
    for trial in plan:
        status = statuses.get(trial.key)
        if status is not None:
            yield trial, "" if status == "ok" or not retry else f"it ended {status!r}"
        elif trial.question in code:
            yield trial, what_changed(code[trial.question], trial.code)
        elif trial.key in in_reference:
            yield trial, "it is only in a reference run, measured elsewhere"
        else:
            yield trial, "it has never run"


def what_changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """What of a trial's code is different, in words."""
    changes = [text for part, text in _PARTS.items() if before[part] != now[part]]
    old, new = before["libraries"], now["libraries"]
    changes += [
        f"{library} {old.get(library, 'none')} -> {new.get(library, 'none')}"
        for library in sorted({*old, *new})
        if old.get(library) != new.get(library)
    ]
    return ", ".join(changes) or "the harness runs trials differently now"
