"""Measuring cells: a first run that shows whether the detector works, then repeated runs of what is timed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from bench.engine import worker
from bench.engine.tasks import Ended
from bench.plugins.contract import Detector
from bench.plugins.registry import Registry, load_registry
from bench.timing.apart import ProcessApart
from bench.timing.grid import BEYOND, Device, TimingCell, with_timing_data
from bench.trials.environment import DEVICE_VARIABLE
from bench.trials.guard import Failure, how_it_failed, quiet
from bench.trials.measure import PeakMemory, timed
from bench.trials.record import Outcome, Status
from bench.trials.runner import TrialRunner
from bench.trials.stages import FittedStage

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# Repeated runs are begun only if they should end in this fraction of the time that is left.
SAFE_SHARE = 0.5


@dataclass(frozen=True)
class Timing:
    """What measuring a cell gave. Figures are None where ``status`` is not "ok".

    fit_seconds: warm, without the stage, the median of ``runs`` timings, each of one run or, where that is
    short, of many. stage_seconds: fitting the shared stage, alone. score_microseconds: per row.
    memory_bytes: growth of resident memory in the first run; device_memory_bytes: that of the GPU's.
    ran_on: the GPU's name where the detector or its stage computed on one, else "cpu", which tells those that
    fell back to it. scores: those of the test rows, shape (rows,).
    """

    cell: TimingCell
    status: Status
    reason: str = ""
    fit_seconds: float | None = None
    stage_seconds: float | None = None
    score_microseconds: float | None = None
    memory_bytes: int | None = None
    device_memory_bytes: int | None = None
    ran_on: str | None = None
    runs: int = 0
    scores: Floats | None = field(default=None, repr=False, compare=False)


Measure = Callable[[TimingCell], Timing]


def measure_all(cells: Iterable[TimingCell], measure: Measure) -> Iterator[Timing]:
    """Measure cells one after another.

    A detector that ran into the limit of time or memory is not tried on as many or more rows and features
    on that device.
    """
    beyond: list[Timing] = []
    for cell in cells:
        smaller = next((each for each in beyond if each.cell.is_within(cell)), None)
        if smaller is not None:
            size = f"{smaller.cell.rows} × {smaller.cell.features}"
            yield Timing(cell, "skipped", f"left out: {size} ended in {smaller.status}")
            continue
        timing = measure(cell)
        if timing.status in BEYOND:
            beyond.append(timing)
        yield timing


class Measurer:
    """Measures cells in this process.

    repeats: how often, at least, fitting and scoring are run for their times. limit: seconds for a cell;
    where the repeats would not fit, the first run's times stand. Stopping a cell takes a `MeasuringWorker`.
    """

    def __init__(self, registry: Registry, *, repeats: int = 3, limit: float | None = None) -> None:
        self.registry = with_timing_data(registry)
        self.repeats = repeats
        self.limit = limit
        # A device has a runner of its own, because a runner warms each detector up once.
        self._runners: dict[Device, TrialRunner] = {}
        self._latest_stage: tuple[Any, FittedStage, str] | None = None

    def __call__(self, cell: TimingCell) -> Timing:
        """Measure a cell; what the detector raises becomes the status and the reason."""
        try:
            with on_device(cell.device):
                return self._measure(cell)
        except (Exception, SystemExit) as error:
            file = self.registry.detectors[cell.trial.detector.name].file_name
            return Timing(cell, *how_it_failed(error, file))

    def _measure(self, cell: TimingCell) -> Timing:
        runner = self._runners.setdefault(cell.device, TrialRunner(self.registry))
        with timed() as spent:
            stage = self._stage(runner, cell)
            if isinstance(stage, tuple):
                return Timing(cell, *stage)
            outcome = runner.run(cell.trial, stage)
        if outcome.record.status != "ok":
            return Timing(cell, outcome.record.status, outcome.record.reason)
        costs = outcome.record.costs
        # The timer runs each once more, to choose how many runs make an accurate timing.
        fit_seconds, score_seconds = costs.fit_seconds or 0.0, costs.score_seconds or 0.0
        needed = (self.repeats + 1) * (fit_seconds + score_seconds)
        first = _first_timing(cell, outcome)
        if stage is not None and self._latest_stage is not None and first.ran_on == "cpu":
            first = replace(first, ran_on=self._latest_stage[2])
        if self.limit is not None and needed > SAFE_SHARE * (self.limit - spent.seconds):
            return first
        return self._repeat(first, runner, stage, fit_seconds, score_seconds)

    def _stage(self, runner: TrialRunner, cell: TimingCell) -> FittedStage | Failure | None:
        """The stage that the detector asks for, fitted alone; kept for the next detector that shares it."""
        key = runner.stages.key(cell.trial)
        if key is None:
            return None
        if self._latest_stage is None or self._latest_stage[0] != (key, cell.device):
            with PeakMemory() as memory:
                [fitted] = runner.stages.fit([cell.trial])
            if not isinstance(fitted, FittedStage):
                return fitted
            self._latest_stage = (key, cell.device), fitted, memory.device
        return self._latest_stage[1]

    def _repeat(
        self,
        first: Timing,
        runner: TrialRunner,
        stage: FittedStage | None,
        fit_seconds: float,
        score_seconds: float,
    ) -> Timing:
        cell, trial = first.cell, first.cell.trial
        plugin, view = self.registry.detectors[trial.detector.name], runner.view(trial)
        train = runner.train(trial, view, stage)
        fitted: list[Detector] = []

        def fit() -> None:
            fitted[:] = [plugin.create(trial.detector.params)]
            fitted[0].fit(train)

        with quiet(trial.seed):
            fit_times = _times(fit, self.repeats, fit_seconds)
            score_times = _times(lambda: fitted[0].score(view.test.X), self.repeats, score_seconds)
        return replace(
            first,
            fit_seconds=median(fit_times),
            score_microseconds=1e6 * median(score_times) / cell.rows,
            runs=len(fit_times),
        )


def _first_timing(cell: TimingCell, outcome: Outcome) -> Timing:
    costs = outcome.record.costs
    return Timing(
        cell,
        "ok",
        fit_seconds=costs.fit_seconds,
        stage_seconds=costs.stage_seconds,
        score_microseconds=1e6 * (costs.score_seconds or 0.0) / cell.rows,
        memory_bytes=costs.peak_memory_bytes,
        device_memory_bytes=costs.peak_device_memory_bytes,
        ran_on=costs.device or "cpu",
        runs=1,
        scores=outcome.scores,
    )


def _times(call: Callable[[], object], repeats: int, seconds: float) -> list[float]:
    """Seconds for a call that takes about ``seconds``, timed at least so often."""
    import torch
    from torch.utils.benchmark import Timer

    # The timer would else set torch to one thread, while other libraries keep theirs.
    timer = Timer("call()", globals={"call": call}, num_threads=torch.get_num_threads())
    times: list[float] = []
    while len(times) < repeats:
        times += timer.blocked_autorange(min_run_time=repeats * seconds).times
    return times


@contextlib.contextmanager
def on_device(device: Device) -> Iterator[None]:
    """Let detectors that can use it run on ``device``, whatever this process uses else."""
    before = os.environ.get(DEVICE_VARIABLE)
    os.environ[DEVICE_VARIABLE] = device
    try:
        yield
    finally:
        del os.environ[DEVICE_VARIABLE]
        if before is not None:
            os.environ[DEVICE_VARIABLE] = before


class MeasuringWorker:
    """Measures cells in a process of its own, which is killed where a cell runs into a limit.

    limit: seconds for a cell, or None. memory: bytes at which the process is stopped, or None.
    """

    def __init__(
        self, registry: Registry, *, repeats: int = 3, limit: float | None = None, memory: int | None = None
    ) -> None:
        self._process = ProcessApart(_start, (registry.folders, repeats, limit), limit, memory)

    def __call__(self, cell: TimingCell) -> Timing:
        result = self._process.call(_measure_here, cell)
        return Timing(cell, *result) if isinstance(result, Ended) else result

    def close(self) -> None:
        """End the process."""
        self._process.close()


_measurer: Measurer


def _start(folders: tuple[Path, ...], repeats: int, limit: float | None) -> None:
    global _measurer
    import torch.utils.benchmark  # noqa: F401 - here, so that it takes nothing off the first cell's limit

    worker.start(folders, False)
    _measurer = Measurer(load_registry(folders), repeats=repeats, limit=limit)


def _measure_here(cell: TimingCell) -> Timing:
    return _measurer(cell)
