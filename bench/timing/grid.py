"""The grid: which detectors are timed, on how many rows and features, on which device."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

import numpy as np

from bench.errors import BenchError
from bench.modalities import DEFAULT, IN_TIME
from bench.plans.plan import Plan
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import Grid, Suite
from bench.plugins.contract import Regime
from bench.plugins.decorators import dataset, plugin_of
from bench.plugins.metadata import DatasetPlugin
from bench.plugins.registry import Registry
from bench.splits.recording import Recording
from bench.splits.split import Split
from bench.trials.environment import choose_device, device
from bench.trials.record import Status
from bench.trials.trial import Trial

Device = Literal["cpu", "cuda"]
DEVICES: tuple[Device, ...] = get_args(Device)

ANOMALIES = 0.05
# Standard deviations by which an anomaly is shifted, in each column.
SHIFT = 2.0
# Points in a cycle of the series.
PERIOD = 100
# With fewer rows there would not be an anomaly in each part.
FEWEST_ROWS = 40
# How a cell ends that was too much: its detector is not tried on more rows or features.
BEYOND: tuple[Status, ...] = ("timeout", "out-of-memory")
# A detector is timed under the first of these that it can be used in: labels only for those that need them.
REGIME_ORDER: tuple[Regime, ...] = ("unsupervised", "one-class", "supervised", "semi-supervised")


def shifted_gaussian(rng: np.random.Generator, rows: int = 1000, features: int = 10) -> Split:
    """Standard normal rows, 5 % of them shifted: ``rows`` to train on, as many to score, a quarter as many
    for calibration.
    """

    def part(rng: np.random.Generator, rows: int) -> tuple[np.ndarray, np.ndarray]:
        y = np.zeros(rows, dtype=np.int8)
        y[: max(2, round(ANOMALIES * rows))] = 1
        X = rng.normal(size=(rows, features)) + SHIFT * y[:, None]
        order = rng.permutation(rows)
        return X[order], y[order]

    train, test, calibration = rng.spawn(3)
    return Split(*part(train, rows), *part(test, rows), *part(calibration, rows // 4))


def noisy_sine(rng: np.random.Generator, rows: int = 1000, features: int = 1) -> Split:
    """A sine with noise: ``rows`` points, all of them learnt from and scored, 5 % of them with more noise."""
    time = np.arange(rows)
    y = np.zeros(rows, dtype=np.int8)
    y[rows // 2 :][: max(2, round(ANOMALIES * rows))] = 1
    phases = rng.uniform(0, 2 * np.pi, size=features)
    noise = rng.normal(size=(rows, features)) * np.where(y, 1.0, 0.1)[:, None]
    values = np.sin(2 * np.pi * time[:, None] / PERIOD + phases) + noise
    return Split.in_time(Recording.of_one(values, y, train=rows), judged="all", scaling="none")


@dataclass(frozen=True)
class TimingCell:
    """A detector on one size of data, on one device. ``rows`` are trained on, and as many scored."""

    trial: Trial
    device: Device

    @property
    def detector(self) -> str:
        return self.trial.detector.label

    @property
    def rows(self) -> int:
        return int(self.trial.dataset.params["rows"])

    @property
    def features(self) -> int:
        return int(self.trial.dataset.params["features"])

    def is_within(self, other: TimingCell) -> bool:
        """Whether the other is of the same detector and device, with no fewer rows and features."""
        same = (self.detector, self.device) == (other.detector, other.device)
        return same and self.rows <= other.rows and self.features <= other.features


def _timed_on() -> dict[str, DatasetPlugin]:
    """What detectors are timed on, under the names of the modalities: tables, and all that are in time."""
    made = {DEFAULT: shifted_gaussian, **dict.fromkeys(IN_TIME, noisy_sine)}
    return {
        each: cast(DatasetPlugin, plugin_of(dataset(name=each, modality=each)(function)))
        for each, function in made.items()
    }


# A detector is timed on the first of these that it takes.
TIMED_ON = _timed_on()


@dataclass(frozen=True)
class TimingGrid:
    """The cells in the order in which they are measured, small ones first, and what was left out."""

    cells: tuple[TimingCell, ...]
    notes: tuple[str, ...]


def with_timing_data(registry: Registry) -> Registry:
    """The same detectors beside the only datasets that they are timed on."""
    return dataclasses.replace(registry, datasets=TIMED_ON)


def make_grid(
    registry: Registry,
    *,
    rows: Sequence[int],
    features: Sequence[int],
    detectors: tuple[str, ...] | None = None,
    devices: Sequence[Device] = ("cpu",),
) -> TimingGrid:
    """The cells for detectors given by name or pattern, all by default.

    Raises BenchError for a name that is not there, for too few rows or features, and if nothing is left.
    """
    if min(rows) < FEWEST_ROWS or min(features) < 1:
        raise BenchError(f"a grid needs at least {FEWEST_ROWS} rows and 1 feature")
    sizes = [(r, f) for f in sorted(set(features)) for r in sorted(set(rows))]
    data = tuple(f"{name}:rows={r},features={f}" for name in TIMED_ON for r, f in sizes)
    suite = Suite("timing", "Timing grid", (0,), (Grid(data, REGIME_ORDER),))
    plan = make_plan(suite, with_timing_data(registry), Selection(detectors=detectors), every=True)
    cells = [
        TimingCell(trial, device)
        for trial in _one_for_each_size(plan)
        for device in devices
        if device == "cpu" or registry.detectors[trial.detector.name].gpu
    ]
    if not cells:
        raise BenchError("nothing to time: none of these detectors can use a GPU; leave --device out")
    return TimingGrid(tuple(cells), tuple(_notes(plan, cells)))


def _one_for_each_size(plan: Plan) -> list[Trial]:
    """One trial for each detector and size: the plan holds the regimes in the order of preference."""
    found: dict[tuple[str, str], Trial] = {}
    timed_on = {
        named.label: next((each for each in TIMED_ON if each in plugin.modalities), None)
        for plugin, named in plan.detectors
    }
    for trial in plan:
        if trial.dataset.name == timed_on[trial.detector.label]:
            found.setdefault((trial.dataset.label, trial.detector.label), trial)
    sizes = {cell.dataset.label: i for i, cell in enumerate(plan.cells)}
    detectors = {named.label: i for i, (_, named) in enumerate(plan.detectors)}
    return sorted(found.values(), key=lambda t: (sizes[t.dataset.label], detectors[t.detector.label]))


def _notes(plan: Plan, cells: Sequence[TimingCell]) -> list[str]:
    timed = {cell.detector for cell in cells}
    missing = [f"{plugin.name} is left out: it is not installed" for plugin in plan.unavailable]
    unfit = [
        f"{named.label} is left out: it takes none of {', '.join(TIMED_ON)}, or cannot use the device"
        for _, named in plan.detectors
        if named.label not in timed
    ]
    return missing + unfit


def parse_sizes(option: str, text: str) -> tuple[int, ...]:
    """``1000,4000`` -> those two numbers, each above 0."""
    try:
        sizes = tuple(int(part) for part in text.split(","))
    except ValueError:
        sizes = ()
    if not sizes or min(sizes) < 1:
        raise BenchError(f"{option} {text!r} is not a list of numbers above 0; write '1000,4000'")
    return sizes


def choose_devices(wanted: str) -> tuple[Device, ...]:
    """The devices that ``--device`` stands for on this machine: with auto, the CPU and a GPU if there is one.

    Tells this process and those that it starts, too; BenchError for another word and for a missing GPU.
    """
    choose_device(wanted)
    if device() != "cuda":
        return ("cpu",)
    return ("cuda",) if wanted == "cuda" else DEVICES
