"""The engines that there are, by name. Light: an engine's own module is imported when one is made."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from bench.errors import BenchError, check_installed, unknown

if TYPE_CHECKING:
    from bench.engine.schedule import Limits
    from bench.plans.plan import Plan
    from bench.plugins.registry import Registry
    from bench.trials.record import Outcome
    from bench.trials.trial import Combination, Trial


class Engine(Protocol):
    """What runs a plan's trials; each trial has ``threads`` threads."""

    threads: int

    def run(
        self,
        plan: Plan,
        trials: Iterable[Trial] | None = None,
        *,
        timed_out: Iterable[Combination] = (),
    ) -> Generator[Outcome, None, None]:
        """Yield the outcome of each trial of the plan, or of ``trials`` alone, when it ends.

        timed_out: detector, dataset and regime of trials that have timed out before; they are skipped with
        every seed. Closing the iterator stops what is running.
        """


@dataclass(frozen=True)
class EngineOptions:
    """What a person says of where and how trials run.

    limits: what a trial and the run may take. jobs: trials at a time; None lets the engine choose. threads:
    of each trial. device: what detectors that can use a GPU run on: auto, cpu or cuda. address: of a cluster.
    """

    registry: Registry
    limits: Limits
    jobs: int | None = None
    threads: int = 1
    device: str = "auto"
    address: str | None = None


class EngineClass(Protocol):
    """What the module of an engine defines."""

    def of(self, options: EngineOptions) -> Engine:
        """The engine by what a person says; BenchError for what it cannot do."""


@dataclass(frozen=True)
class EngineEntry:
    """An engine that can be asked for by name.

    summary: where its trials run, for the help text. path: module and class. takes_address: whether it joins
    a cluster at an address. package: what it needs beyond the harness itself, which the extra of the engine's
    name installs. early: modules of its processes here, which can start before it is known what is to run.
    """

    name: str
    summary: str
    path: str
    takes_address: bool = False
    package: str | None = None
    early: tuple[str, ...] = ()


ENGINES = {
    entry.name: entry
    for entry in (
        EngineEntry(
            "local",
            "processes on this machine",
            "bench.engine.local:LocalEngine",
            early=("bench.engine.worker",),
        ),
        EngineEntry("ray", "a cluster", "bench.engine.ray:RayEngine", takes_address=True, package="ray"),
    )
}


def describe_engines() -> str:
    """Every engine with its summary, for a help text."""
    return " or ".join(f"{entry.name} ({entry.summary})" for entry in ENGINES.values())


def preparing(name: str, threads: int) -> AbstractContextManager[None]:
    """Start what the processes of an engine come from, each with so many threads, while a plan is made."""
    from bench.engine.forking import started_early
    from bench.trials.environment import set_threads

    if name not in ENGINES or not ENGINES[name].early:
        return nullcontext()
    set_threads(threads)
    return started_early(ENGINES[name].early)


def make_engine(name: str, options: EngineOptions) -> Engine:
    """An engine by its name; BenchError where it is unknown, not installed, or cannot do what is asked."""
    if name not in ENGINES:
        raise unknown("engine", name, ENGINES)
    entry = ENGINES[name]
    if options.address is not None and not entry.takes_address:
        others = " or ".join(f"--engine {each.name}" for each in ENGINES.values() if each.takes_address)
        raise BenchError(f"--address is that of a cluster; add {others}")
    if entry.package is not None:
        check_installed(entry.package, f"the engine {name!r}", extra=name)
    module, _, attribute = entry.path.partition(":")
    return cast(EngineClass, getattr(import_module(module), attribute)).of(options)
