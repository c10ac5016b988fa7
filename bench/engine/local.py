"""The local engine: trials in worker processes on this machine."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Self

from bench.engine import worker
from bench.engine.judging import Judging
from bench.engine.machine import available_cores, fair_memory
from bench.engine.pool import WorkerPool
from bench.engine.preloading import libraries_of
from bench.engine.registry import EngineOptions
from bench.engine.schedule import Job, Limits, Schedule, TrialJob
from bench.engine.tasks import Task
from bench.plans.plan import Plan
from bench.plugins.registry import Registry
from bench.trials.environment import choose_device, set_threads
from bench.trials.features import extractor_of
from bench.trials.members import members_of
from bench.trials.record import Outcome
from bench.trials.trial import Combination, Trial

# Seconds that a quick trial takes at most.
QUICK = 0.02


@dataclass
class LocalEngine:
    """Runs trials on ``jobs`` worker processes of ``threads`` threads each, within limits.

    A worker that dies or runs past a limit costs its own trial only. Results do not depend on ``jobs``:
    every worker has the same number of threads, and a shared stage is seeded by its trial.
    """

    registry: Registry
    jobs: int = field(default_factory=available_cores)
    limits: Limits = field(default_factory=Limits)
    threads: int = 1
    show_output: bool = False

    @classmethod
    def of(cls, options: EngineOptions) -> Self:
        """One worker for each ``threads`` cores, with a fair share of the memory, unless told otherwise.

        Raises BenchError for a device that is unknown or not there.
        """
        choose_device(options.device)
        jobs = options.jobs or max(1, available_cores() // options.threads)
        limits = replace(options.limits, memory=options.limits.memory or fair_memory(jobs))
        return cls(options.registry, jobs, limits, options.threads)

    def run(
        self,
        plan: Plan,
        trials: Iterable[Trial] | None = None,
        *,
        timed_out: Iterable[Combination] = (),
    ) -> Generator[Outcome, None, None]:
        """Yield the outcome of each trial of the plan, or of ``trials`` alone, when it ends.

        timed_out: detector, dataset and regime of trials that have timed out before. Closing the iterator
        stops what is running.
        """
        set_threads(self.threads)
        pool = WorkerPool(
            self.jobs,
            worker.start,
            (self.registry.folders, self.show_output, files_of(plan, self.registry)),
            self.limits.memory,
            libraries_of(detector for detector, _ in plan.detectors),
        )
        schedule = Schedule(plan, self.registry, self.limits, set(timed_out))
        yield from _run(schedule, pool, plan if trials is None else trials)


def files_of(plan: Plan, registry: Registry) -> frozenset[str]:
    """The files of the plugins that a plan's trials need: of its detectors, their members and their features,
    and of its datasets.
    """
    found = {cell.plugin.path for cell in plan.cells}
    for plugin, named in plan.detectors:
        members = members_of(plugin, named.params, registry)
        extractor = extractor_of(named.params, registry)
        found |= {
            plugin.path,
            *(member.path for member, _ in members),
            *([extractor.path] if extractor else []),
        }
    return frozenset(found)


def _run(schedule: Schedule, pool: WorkerPool, trials: Iterable[Trial]) -> Generator[Outcome, None, None]:
    jobs = schedule.jobs(trials)
    # Whose latest trial took no longer than a worker would wait for it.
    quick: set[Combination] = set()
    handed: dict[int, Job | Judging] = {}
    # Outcomes that need no work wait here until the pool next gives control back.
    at_once: list[Outcome] = []

    def next_task() -> Task | None:
        for job in jobs:
            if isinstance(job, Outcome):
                at_once.append(job)
                continue
            if job is None:
                return None
            task = worker.task_of(job, pool.folder, schedule.timeout_of(job))
            if isinstance(job, TrialJob) and job.trial.combination in quick:
                task = replace(task, quick=True)
            handed[id(task)] = job
            return task
        return None

    def judge(judging: Judging) -> None:
        task = judging.task
        handed[id(task)] = judging
        pool.add_apart(task)

    with closing(pool.run(next_task)) as results:
        for task, result in results:
            yield from at_once
            at_once.clear()
            job = handed.pop(id(task))
            if isinstance(job, Judging):
                settled = job.settled(result)
                if isinstance(settled, Outcome):
                    yield settled
                else:
                    judge(settled)
                continue
            for found in schedule.settle(job, result):
                if isinstance(job, TrialJob):
                    seconds = found.record.costs.total_seconds
                    is_quick = seconds is not None and seconds < QUICK
                    (quick.add if is_quick else quick.discard)(job.trial.combination)
                if isinstance(job, TrialJob) and found.scored is not None:
                    judge(Judging(job.trial, found))
                else:
                    yield found
    yield from at_once
