"""What an engine does next, and what becomes of what it did: the same for every engine."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.engine.tasks import Ended
from bench.plans.plan import Plan
from bench.plugins.registry import Registry
from bench.trials.environment import device
from bench.trials.record import Outcome, Record
from bench.trials.runner import TrialRunner
from bench.trials.trial import Combination, Trial

# Models that train as one program. On a CPU the parameters and moments of more of them fall out of its
# caches; a GPU is idle with fewer.
MODELS_TOGETHER = {"cpu": 4, "cuda": 64}


@dataclass(frozen=True)
class Limits:
    """What a trial may take, and when a run ends.

    timeout: seconds for a trial, for each model of a group of stages, and for those of the folds of one.
    memory: bytes of resident memory for a worker. budget: seconds after which no further trial begins. None
    is no limit.
    """

    timeout: float | None = None
    memory: int | None = None
    budget: float | None = None


@dataclass(frozen=True)
class TrialJob:
    """A trial to run, with the key of the fitted stage that it needs."""

    trial: Trial
    stage: str | None = None


@dataclass(frozen=True)
class StageJob:
    """Stages to fit together: the key of each, with a trial that asks for it."""

    stages: Mapping[str, Trial]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(self.stages)


@dataclass(frozen=True)
class FoldsJob:
    """A fitted stage, by its key, to fit on the folds of its rows too; with a trial that asks for it."""

    trial: Trial
    stage: str

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.stage,)


Job = TrialJob | StageJob | FoldsJob
Size = tuple[int, int]


@dataclass
class Schedule:
    """Hands out jobs in the order of the plan; trials that need a stage wait until it and its folds are.

    timed_out: detector, dataset and regime of trials that have timed out before: all seeds are skipped. So
    are variants of a dataset on which a detector has timed out with no more training rows and columns.
    """

    plan: Plan
    registry: Registry
    limits: Limits
    timed_out: set[Combination] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._runner = TrialRunner(self.registry)
        self._ready: deque[Trial] = deque()
        # By the key of the stage that they wait for, which is being fitted.
        self._waiting: dict[str, list[Trial]] = {}
        self._fitted: set[str] = set()
        self._with_folds: set[str] = set()
        self._failed: dict[str, Ended] = {}
        # Training rows and columns by variant and regime, as the first trial there found them.
        self._sizes: dict[tuple[str, str], Size] = {}
        self._too_long: dict[tuple[str, str, str], list[tuple[str, Size]]] = {}
        self._groups: dict[str, Mapping[str, Trial]] | None = None
        self._end = None if self.limits.budget is None else time.monotonic() + self.limits.budget

    @property
    def is_spent(self) -> bool:
        """Whether the run's budget is used up."""
        return self._end is not None and time.monotonic() >= self._end

    def jobs(self, trials: Iterable[Trial]) -> Iterator[Job | Outcome | None]:
        """What to do next: a job, an outcome that needs no work, or None while all that is left must wait."""
        source = iter(trials)
        while not self.is_spent:
            trial = self._ready.popleft() if self._ready else next(source, None)
            if trial is None:
                if not self._waiting and not self._ready:
                    return
                yield None
            elif (job := self._job(trial)) is not None:
                yield job

    def settle(self, job: Job, result: Any) -> Iterator[Outcome]:
        """Take note of what a job returned, or how it ended; yield the outcomes that follow, to be judged."""
        if isinstance(job, TrialJob):
            if isinstance(result, Ended):
                result = outcome(job.trial, result)
            self._learn(job.trial, result.record)
            yield result
            return
        done = self._fitted if isinstance(job, StageJob) else self._with_folds
        failures = dict.fromkeys(job.keys, result) if isinstance(result, Ended) else result
        for key in job.keys:
            waiting = self._waiting.pop(key, [])
            failure = failures.get(key)
            if failure is None:
                done.add(key)
                self._ready.extend(waiting)
            else:
                self._failed[key] = failure
                for trial in waiting:
                    yield from self.settle(TrialJob(trial), failure)

    def timeout_of(self, job: Job) -> float | None:
        """Seconds that a job may take."""
        models = len(job.stages) if isinstance(job, StageJob) else 1
        return None if self.limits.timeout is None else models * self.limits.timeout

    def _job(self, trial: Trial) -> Job | Outcome | None:
        """The next job for a trial; None if it waits for a stage that is being fitted."""
        checked = self._checked(TrialJob(trial))
        if isinstance(checked, Outcome):
            return checked
        # A detector whose constructor or stage() raises fails in its worker, where that is recorded.
        key = None
        with contextlib.suppress(Exception):
            key = self._runner.stages.key(trial)
        if key is None:
            return checked
        if key in self._failed:
            return outcome(trial, self._failed[key])
        if key in self._with_folds:
            return TrialJob(trial, key)
        if key in self._waiting:
            self._waiting[key].append(trial)
            return None
        if key in self._fitted:
            self._waiting[key] = [trial]
            return FoldsJob(trial, key)
        group = {
            k: t for k, t in self._group(key, trial).items() if k not in self._fitted | self._failed.keys()
        }
        self._waiting.update((each, []) for each in group)
        self._waiting[key].append(trial)
        return StageJob(group)

    def _checked(self, job: TrialJob) -> TrialJob | Outcome:
        """The job, or why it is not worth trying."""
        if job.trial.combination in self.timed_out:
            return outcome(
                job.trial, Ended("skipped", "it timed out on this variant before; --retry tries again")
            )
        for variant, (rows, columns) in self._too_long.get(_across_variants(job.trial), ()):
            size = self._sizes.get(_variant(job.trial))
            if size and size[0] >= rows and size[1] >= columns:
                why = f"it timed out on {variant}, which is no larger; --retry tries it"
                return outcome(job.trial, Ended("skipped", why))
        return job

    def _learn(self, trial: Trial, record: Record) -> None:
        """Take note of the size of what a trial ran on, and of where it took too long."""
        rows, columns = record.rows.train, record.rows.columns
        if record.status == "ok" and rows is not None and columns is not None:
            self._sizes.setdefault(_variant(trial), (rows, columns))
        if record.status == "timeout":
            self.timed_out.add(trial.combination)
            if _variant(trial) in self._sizes:
                known = self._too_long.setdefault(_across_variants(trial), [])
                known.append((trial.dataset.label, self._sizes[_variant(trial)]))

    def _group(self, key: str, trial: Trial) -> Mapping[str, Trial]:
        """The stages that are fitted together with one: fixed by the plan and the device alone."""
        if self._groups is None:
            self._groups = {}
            kinds: dict[Any, dict[str, Trial]] = {}
            for planned in self.plan.staged():
                with contextlib.suppress(Exception):
                    planned_key = self._runner.stages.key(planned)
                    if planned_key is not None:
                        kind = self._runner.stages.kind(planned)
                        kinds.setdefault(kind, {}).setdefault(planned_key, planned)
            size = MODELS_TOGETHER[device()]
            for members in kinds.values():
                keys = list(members)
                for start in range(0, len(keys), size):
                    group = {each: members[each] for each in keys[start : start + size]}
                    self._groups.update(dict.fromkeys(group, group))
        return self._groups.get(key, {key: trial})


def _variant(trial: Trial) -> tuple[str, str]:
    return trial.dataset.label, trial.regime


def _across_variants(trial: Trial) -> tuple[str, str, str]:
    return trial.detector.label, trial.dataset.name, trial.regime


def outcome(trial: Trial, ended: Ended) -> Outcome:
    """The outcome of a trial that returned none itself."""
    return Outcome(Record.of(trial, ended.status, ended.reason))
