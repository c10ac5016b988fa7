"""Running the contract's checks on detectors, each in a watched process."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import closing
from pathlib import Path

from bench.engine import worker
from bench.engine.machine import fair_memory
from bench.engine.pool import WorkerPool
from bench.engine.tasks import Ended, Task
from bench.errors import ContractError, NotApplicableError
from bench.kit.contract import CHECKS, Check
from bench.kit.findings import Finding, Report
from bench.kit.subject import Subject
from bench.plugins.registry import Registry, load_registry
from bench.trials.environment import set_threads
from bench.trials.guard import reason
from bench.trials.measure import timed
from bench.trials.trial import Named

# A detector that is declared slow gets this many times the time limit.
SLOW_FACTOR = 10


def check_detector(named: Named, registry: Registry) -> Report:
    """Run all checks on a detector, in this process.

    A detector that fails the check ``runs`` is checked no further: all other findings are "-".
    """
    with timed() as cost:
        findings = _find(named, registry)
    return Report(named.label, findings, cost.seconds)


def _find(named: Named, registry: Registry) -> dict[str, Finding]:
    try:
        subject = Subject(named, registry)
    except ContractError as error:
        return _does_not_run(str(error))
    findings: dict[str, Finding] = {}
    for name, check in CHECKS.items():
        findings[name] = _judge(name, check, subject)
        if name == "runs" and findings[name].verdict != "ok":
            return _does_not_run(findings[name].reason)
    return findings


def _does_not_run(why: str) -> dict[str, Finding]:
    """The findings on a detector that fails ``runs``: no other check can be run."""
    return {
        name: Finding("FAIL", why) if name == "runs" else Finding("-", "it does not run") for name in CHECKS
    }


def _judge(name: str, check: Check, subject: Subject) -> Finding:
    declared = name in subject.plugin.flaws
    try:
        check(subject)
    except NotApplicableError as error:
        # A trial may be skipped, and a check may not concern a detector; but some rows must suit it.
        return Finding("FAIL" if name == "runs" else "-", str(error))
    except ContractError as error:
        return Finding("declared" if declared else "FAIL", str(error))
    except (Exception, SystemExit) as error:
        return Finding("declared" if declared else "FAIL", reason(error, subject.file))
    if declared:
        return Finding("FAIL", f"the declared flaw {name!r} was not seen: remove it from flaws")
    return Finding("ok")


def check_all(
    detectors: Sequence[Named], registry: Registry, *, jobs: int, timeout: float | None
) -> Generator[Report, None, None]:
    """Check detectors in ``jobs`` processes of one thread each; yield their reports as they are completed.

    timeout: seconds for a detector, `SLOW_FACTOR` times as many where it is declared slow. One that takes
    longer or ends its process fails the check ``runs``.
    """
    set_threads(1)
    # Slow ones first, so that the last process does not run on alone.
    waiting = iter(sorted(detectors, key=lambda named: not registry.detectors[named.name].slow))
    pool = WorkerPool(jobs, _start, (registry.folders,), fair_memory(jobs))

    def next_task() -> Task | None:
        named = next(waiting, None)
        if named is None:
            return None
        factor = SLOW_FACTOR if registry.detectors[named.name].slow else 1
        return Task(_check_here, (named,), timeout and factor * timeout)

    with closing(pool.run(next_task)) as results:
        for task, result in results:
            if isinstance(result, Ended):
                result = Report(task.arguments[0].label, _does_not_run(result.reason))
            yield result


_registry: Registry


def _start(folders: tuple[Path, ...]) -> None:
    global _registry
    import sklearn.metrics  # noqa: F401 - imported here, so that it does not count as the first detector's time

    worker.start(folders, False)
    _registry = load_registry(folders)


def _check_here(named: Named) -> Report:
    return check_detector(named, _registry)
