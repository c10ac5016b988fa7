"""Pairs: a detector that is done here in less time, and the same as its library does it, on the same rows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from msgspec import structs

from bench.engine import worker
from bench.engine.tasks import Ended
from bench.errors import BenchError
from bench.plugins.contract import Train
from bench.plugins.metadata import DetectorPlugin
from bench.plugins.outputs import checked_scores, require_varied
from bench.plugins.registry import Registry, detector_label, load_registry
from bench.timing.apart import ProcessApart
from bench.timing.grid import BEYOND, TimingCell, make_grid, with_timing_data
from bench.trials.guard import how_it_failed, quiet
from bench.trials.measure import timed
from bench.trials.record import Status
from bench.trials.regimes import View
from bench.trials.runner import TrialRunner, raw_test_scores
from bench.trials.seeds import Purpose, whole_seed
from bench.trials.trial import Named, Trial

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

# The parameter by which a detector offers both, and its values: the default, and the library's own.
PARAMETER, FAST, LIBRARY = "implementation", "fast", "library"
# Seconds: a fit with its scoring that takes less is repeated for as long.
SHORTEST = 0.05


@dataclass(frozen=True)
class Pair:
    """The two implementations of a detector, on one size of data: ours, and its library's own."""

    fast: TimingCell
    original: TimingCell


@dataclass(frozen=True)
class Fit:
    """One fit and the scoring of the test rows, or how that ended.

    fit_seconds, score_seconds: of one, or where both are short, the mean of many. scores, labels: of the test
    rows, shape (rows,).
    """

    status: Status = "ok"
    reason: str = ""
    fit_seconds: float = math.nan
    score_seconds: float = math.nan
    scores: Floats | None = field(default=None, repr=False, compare=False)
    labels: Labels | None = field(default=None, repr=False, compare=False)

    @property
    def seconds(self) -> float:
        return self.fit_seconds + self.score_seconds


@dataclass(frozen=True)
class PairTiming:
    """What measuring a pair gave: warm fits of each, the n-th of both with one seed.

    Of an implementation that did not end "ok" there is the one fit that tells how it ended. ``limit``:
    seconds that a fit with its scoring was given. ``is_random``: the detector does not declare that its seed
    changes nothing.
    """

    pair: Pair
    fast: tuple[Fit, ...]
    original: tuple[Fit, ...]
    limit: float | None
    is_random: bool

    @property
    def is_complete(self) -> bool:
        """Whether both ended ok."""
        return self.fast[-1].status == self.original[-1].status == "ok"


MeasureFit = Callable[[TimingCell, int], Fit]


def make_pairs(
    registry: Registry,
    *,
    rows: Sequence[int],
    features: Sequence[int],
    detectors: tuple[str, ...] | None = None,
) -> tuple[list[Pair], list[str]]:
    """The pairs of detectors given by name or pattern, all by default, and notes on what was left out.

    Raises BenchError as `make_grid`, and where none of the detectors has two implementations.
    """
    offered = {name for name, each in registry.detectors.items() if each.defaults.get(PARAMETER) == FAST}
    if not offered:
        raise BenchError(f"no detector has the parameter {PARAMETER!r}; give a folder of some with --plugins")
    grid = make_grid(registry, rows=rows, features=features, detectors=detectors or tuple(offered))
    pairs: dict[tuple[str, str], Pair] = {}
    for cell in grid.cells:
        if (name := cell.trial.detector.name) in offered:
            fast, library = (_implemented(cell, registry.detectors[name], each) for each in (FAST, LIBRARY))
            pairs[fast.detector, cell.trial.dataset.label] = Pair(fast, library)
    if not pairs:
        raise BenchError(
            f"none of these detectors has the parameter {PARAMETER!r}; name one of: "
            + ", ".join(sorted(offered))
        )
    single = sorted({cell.trial.detector.name for cell in grid.cells} - offered)
    left_out = [f"{', '.join(single)}: left out, with one implementation alone"] if single else []
    return list(pairs.values()), [*grid.notes, *left_out]


def _implemented(cell: TimingCell, plugin: DetectorPlugin, implementation: str) -> TimingCell:
    """The cell with that implementation of its detector."""
    params = {**cell.trial.detector.params, PARAMETER: implementation}
    named = Named(plugin.name, detector_label(plugin, params), dict(sorted(params.items())))
    return TimingCell(structs.replace(cell.trial, detector=named), cell.device)


def measure_pairs(
    pairs: Iterable[Pair], measure: MeasureFit, registry: Registry, *, repeats: int, limit: float | None
) -> Iterator[PairTiming]:
    """Measure pairs one after another, each ``repeats`` times.

    Both implementations are fitted once to warm up, which does not count, and then in turn, each time with
    another seed. One that ran into the limit of time or memory is not tried on as many or more rows and
    features.
    """
    beyond: list[tuple[TimingCell, Status]] = []

    def tried(cell: TimingCell, seed: int) -> Fit:
        for smaller, status in beyond:
            if smaller.is_within(cell):
                return Fit("skipped", f"left out: {smaller.rows} × {smaller.features} ended in {status}")
        fit = measure(cell, seed)
        if fit.status in BEYOND:
            beyond.append((cell, fit.status))
        return fit

    for pair in pairs:
        found = [(cell, [tried(cell, 0)]) for cell in (pair.fast, pair.original)]
        for seed in range(repeats):
            for cell, fits in found:
                if fits[-1].status == "ok":
                    fits.append(tried(cell, seed))
        fast, library = (tuple(fits[1:] if fits[-1].status == "ok" else fits[-1:]) for _, fits in found)
        random = not registry.detectors[pair.fast.trial.detector.name].deterministic
        yield PairTiming(pair, fast, library, limit, random)


def measure_fit(runner: TrialRunner, cell: TimingCell, seed: int) -> Fit:
    """Fit and score in this process; what the detector raises becomes the status and the reason.

    seed: the detector's; the rows are those of the cell.
    """
    trial = cell.trial
    try:
        view = runner.view(trial)
        train = runner.train(trial, view, None)
        train.seed = whole_seed(seed, Purpose.DETECTOR)
        with quiet(train.seed):
            first, scores = _fit(runner, trial, train, view)
            more = math.ceil(SHORTEST / first.seconds) - 1
            others = [_fit(runner, trial, train, view)[0] for _ in range(more)]
        scores = checked_scores(scores, len(view.test.X), "test")
        require_varied(scores, "test")
    except (Exception, SystemExit) as error:
        return Fit(*how_it_failed(error, runner.registry.detectors[trial.detector.name].file_name))
    fits = others or [first]
    return Fit(
        fit_seconds=fmean(each.fit_seconds for each in fits),
        score_seconds=fmean(each.score_seconds for each in fits),
        scores=scores,
        labels=view.test.y,
    )


def _fit(runner: TrialRunner, trial: Trial, train: Train, view: View) -> tuple[Fit, Any]:
    """One fit and scoring, and the scores, still to be checked.

    A detector is not scored twice: what it keeps from the first time would take time off the second.
    """
    detector, test_rows = runner.create(trial), view.test.X.copy()
    with timed() as fit:
        detector.fit(train)
    with timed() as score:
        scores = raw_test_scores(detector, view, test_rows)
    return Fit(fit_seconds=fit.seconds, score_seconds=score.seconds), scores


class PairWorker:
    """`measure_fit` in a process of its own, which is killed where a fit with its scoring runs into a limit.

    limit: seconds, or None. memory: bytes at which the process is stopped, or None.
    """

    def __init__(self, registry: Registry, *, limit: float | None, memory: int | None) -> None:
        self._process = ProcessApart(_start, (registry.folders,), limit, memory)

    def __call__(self, cell: TimingCell, seed: int) -> Fit:
        result = self._process.call(_measure_here, cell, seed)
        return Fit(*result) if isinstance(result, Ended) else result

    def close(self) -> None:
        """End the process."""
        self._process.close()


_runner: TrialRunner


def _start(folders: tuple[Path, ...]) -> None:
    global _runner
    worker.start(folders, False)
    _runner = TrialRunner(with_timing_data(load_registry(folders)))


def _measure_here(cell: TimingCell, seed: int) -> Fit:
    return measure_fit(_runner, cell, seed)
