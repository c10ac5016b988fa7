"""The Ray engine: trials on the machines of a Ray cluster.

Ray spreads the tasks, carries stages between nodes and says when a node is lost. On its node a task is
done as the local engine does it, in a watched process (`bench.engine.pool`), so that limits are kept and
faults are worded in the same way on one machine and on many, and a crash is never taken for a lost node.
"""

from __future__ import annotations

import logging
import os
import shutil
import socket
import tempfile
import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any, Self

from bench.engine import worker
from bench.engine.machine import available_cores
from bench.engine.ray_node import DATA, DATA_VARIABLE, PLUGINS, do_job, trials_of
from bench.engine.registry import EngineOptions
from bench.engine.schedule import Job, Limits, Schedule, StageJob, TrialJob
from bench.engine.tasks import Ended
from bench.errors import BenchError, unknown
from bench.plans.plan import Plan
from bench.plugins.registry import Registry, builtin_folders
from bench.trials.environment import DEVICES, THREAD_VARIABLES
from bench.trials.record import Outcome
from bench.trials.trial import Combination, Trial

# How often a task is tried again whose node was lost.
RETRIES = 3
# The fraction of a GPU that a detector gets which can use one.
GPU_SHARE = 0.25
# Tasks handed to Ray for each that can run: none has to wait for the next, and no plan is held whole.
DEPTH = 2


class Lost(Ended):
    """The end of a task that its trial is not to blame for: it is tried again."""


@dataclass
class RayEngine:
    """Runs trials as tasks of a Ray cluster, each on ``threads`` CPUs, within limits.

    address: "auto" or "HOST:PORT" joins the running cluster that this machine is part of; None starts
    Ray on this machine alone, for ``jobs`` trials at a time. The nodes need the libraries of this machine,
    in the same versions; the harness itself, plugin folders and the data folder are sent to them.

    device: what detectors that can use a GPU run on: auto (a GPU where the cluster has any), cpu or cuda.

    Records are those of the local engine, and so are the limits. A limit of memory is also asked for as a
    resource, so that Ray starts no more trials on a node than fit.
    """

    registry: Registry
    limits: Limits = field(default_factory=Limits)
    threads: int = 1
    address: str | None = None
    jobs: int | None = None
    device: str = "auto"

    @classmethod
    def of(cls, options: EngineOptions) -> Self:
        """As the options say; BenchError for an unknown device, or ``jobs`` where the cluster decides."""
        if options.device not in DEVICES:
            raise unknown("device", options.device, DEVICES)
        if options.address is not None and options.jobs is not None:
            raise BenchError(
                "--jobs is for this machine; a Ray cluster runs as many trials as it has CPUs for"
            )
        return cls(
            options.registry, options.limits, options.threads, options.address, options.jobs, options.device
        )

    def run(
        self,
        plan: Plan,
        trials: Iterable[Trial] | None = None,
        *,
        timed_out: Iterable[Combination] = (),
    ) -> Generator[Outcome, None, None]:
        """Yield the outcome of each trial of the plan, or of ``trials`` alone, when it ends.

        timed_out: detector, dataset and regime of trials that have timed out before. Closing the iterator
        stops what is running. Raises BenchError if the cluster cannot be reached or cannot run such trials.
        """
        schedule = Schedule(plan, self.registry, self.limits, set(timed_out))
        jobs = schedule.jobs(plan if trials is None else trials)
        first = next(jobs, None)
        if first is not None:
            with _connected(self) as ray:
                yield from _Run(ray, self, schedule).outcomes(chain([first], jobs))


@contextmanager
def _connected(engine: RayEngine) -> Iterator[Any]:
    """The module ray, connected to a cluster to whose nodes all that they need is sent."""
    import ray

    if ray.is_initialized():
        raise BenchError("this process uses Ray already; call ray.shutdown() before the Ray engine runs")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    data = os.environ.get(DATA_VARIABLE)
    variables = dict.fromkeys(THREAD_VARIABLES, str(engine.threads))
    # Ray runs tasks at a low priority: whatever else a machine did would be in the seconds of its trials.
    variables["RAY_worker_niceness"] = "0"
    options: dict[str, Any] = {"address": engine.address}
    if engine.address is None:
        jobs = engine.jobs or max(1, available_cores() // engine.threads)
        # "local" because without an address Ray would join a cluster that it happens to find.
        options = {"address": "local", "num_cpus": jobs * engine.threads, "include_dashboard": False}
        if data:
            variables[DATA_VARIABLE] = str(Path(data).resolve())
    with tempfile.TemporaryDirectory(prefix="bench-ray-") as folder:
        _lay_out(Path(folder), engine.registry.folders, data if engine.address else None)
        try:
            if engine.address and ":" in engine.address:  # where nobody answers, Ray would try for minutes
                host, _, port = engine.address.rpartition(":")
                socket.create_connection((host, int(port)), timeout=10).close()
            ray.init(
                **options,
                runtime_env={"working_dir": folder, "env_vars": variables},
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        except (OSError, RuntimeError, ValueError) as error:
            where = f"at {engine.address!r}" if engine.address else "on this machine"
            raise BenchError(f"cannot use Ray {where}: {error}") from None
    # What Ray prints about a lost worker would garble the terminal, and there is no option against it.
    ray._private.worker._worker_logs_enabled = False
    try:
        _check_size(ray, engine)
        yield ray
    finally:
        ray.shutdown()


def _lay_out(target: Path, folders: Iterable[Path], data: str | None) -> None:
    """Put together what the nodes need, in the layout of a checkout.

    The harness is sent even where it is installed: a trial's key stands for the code on this machine.
    """
    package = Path(worker.__file__).parents[1]
    parts = {package.name: package}
    parts |= {folder.name: folder for folder in builtin_folders() if package not in folder.parents}
    parts |= {f"{PLUGINS}/{i:03}": folder for i, folder in enumerate(folders)}
    if data:
        parts[DATA] = Path(data).resolve()
    for name, folder in parts.items():
        # Links, which Ray follows, save a copy of the data. A .gitignore would make Ray leave files out.
        ignore = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(folder, target / name, ignore=ignore, copy_function=os.symlink)


def _check_size(ray: Any, engine: RayEngine) -> None:
    """Refuse what no node could ever run, for Ray would wait for such a node."""
    nodes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    memory = engine.limits.memory or 0
    if not any(node.get("CPU", 0) >= engine.threads and node.get("memory", 0) >= memory for node in nodes):
        size = f"{engine.threads} CPUs" + (f" and {memory / 2**20:.0f} MiB" if memory else "")
        raise BenchError(f"no node of the Ray cluster has {size} for a trial; lower --threads or --memory")
    if engine.device == "cuda" and not any(node.get("GPU") for node in nodes):
        raise BenchError("--device cuda: no node of the Ray cluster has a GPU; use --device cpu")


class _Run:
    """The jobs of a run as Ray tasks."""

    def __init__(self, ray: Any, engine: RayEngine, schedule: Schedule) -> None:
        self._ray, self._engine, self._schedule = ray, engine, schedule
        # Ray itself retries nothing: its retries would not tell a lost node from a trial's own doing.
        self._remote = ray.remote(max_retries=0)(do_job)
        # With each job, how often it was lost before.
        self._running: dict[Any, tuple[Job, int]] = {}
        self._lost: deque[tuple[Job, int]] = deque()
        self._stages: dict[str, Any] = {}
        self._resources: dict[str, float] = {}
        budget = engine.limits.budget
        # By wall-clock time, the only clock that nodes share.
        self._latest = None if budget is None else time.time() + budget

    def outcomes(self, jobs: Iterator[Job | Outcome | None]) -> Iterator[Outcome]:
        """Hand out jobs and yield outcomes until nothing is left to do."""
        while True:
            self._resources = self._ray.cluster_resources()  # the cluster may grow and shrink
            room = DEPTH * max(1, int(self._resources.get("CPU", 0)) // self._engine.threads)
            while len(self._running) < room:
                if self._lost:
                    self._begin(*self._lost.popleft())
                elif (job := next(jobs, None)) is None:
                    break
                elif isinstance(job, Outcome):
                    yield job
                else:
                    self._begin(job)
            if not self._running:
                return
            [ended], _ = self._ray.wait(list(self._running), num_returns=1)
            yield from self._settle(ended)

    def _begin(self, job: Job, tries: int = 0) -> None:
        engine = self._engine
        stage = None if isinstance(job, StageJob) or job.stage is None else self._stages[job.stage]
        can_use_gpu = engine.device != "cpu" and self._resources.get("GPU")
        gpu = can_use_gpu and engine.registry.detectors[trials_of(job)[0].detector.name].gpu
        task = self._remote.options(
            num_cpus=engine.threads, num_gpus=GPU_SHARE if gpu else 0, memory=engine.limits.memory
        )
        limits = replace(engine.limits, timeout=self._schedule.timeout_of(job))
        ref = task.remote(job, stage, "cuda" if gpu else "cpu", limits, self._latest)
        self._running[ref] = job, tries

    def _settle(self, ref: Any) -> Iterator[Outcome]:
        job, tries = self._running.pop(ref)
        result = self._result(ref)
        if result is None:
            return  # the budget was spent before its turn came
        if isinstance(result, Lost) and tries < RETRIES:
            self._lost.append((job, tries + 1))
            return
        if not isinstance(job, TrialJob) and not isinstance(result, Ended):
            # Kept on this node, the only one that the run cannot go on without.
            fitted = {key: stage for key, stage in result.items() if not isinstance(stage, Ended)}
            self._stages.update((key, self._ray.put(stage)) for key, stage in fitted.items())
            result = {key: stage for key, stage in result.items() if key not in fitted}
        yield from self._schedule.settle(job, result)

    def _result(self, ref: Any) -> Any:
        """What the task returned, or how it ended."""
        errors = self._ray.exceptions
        try:
            return self._ray.get(ref)
        except errors.OutOfMemoryError:
            return Ended("out-of-memory", "Ray stopped it because its node ran out of memory")
        except (errors.NodeDiedError, errors.ObjectLostError, errors.WorkerCrashedError) as error:
            return Lost("failed", f"Ray lost its worker {RETRIES + 1} times ({type(error).__name__})")
        except errors.RayTaskError as error:
            if isinstance(error.cause, BenchError):
                raise BenchError(str(error.cause)) from None
            return Ended("failed", f"{type(error.cause).__name__}: {error.cause}"[:300])
        except errors.RayError as error:
            raise BenchError(f"Ray failed: {error}") from None
