"""What the timings say: how cost grows with rows, and how much faster a GPU is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.timing.measuring import Timing


@dataclass(frozen=True)
class Growth:
    """Seconds grow as rows to the power of an exponent: 1 is linear, 2 quadratic.

    ``fit``: of fitting, its stage included. ``score``: of scoring as many rows as were trained on. None
    where fewer than two sizes ended "ok". ``rows``: the sizes that did.
    """

    detector: str
    device: str
    features: int
    rows: tuple[int, ...]
    fit: float | None
    score: float | None


@dataclass(frozen=True)
class SpeedUp:
    """CPU seconds over GPU seconds for one detector and size, and Spearman's rank correlation of the two
    score vectors.
    """

    cpu: Timing
    gpu: Timing
    fit: float
    score: float
    agreement: float


def growth(timings: Sequence[Timing]) -> list[Growth]:
    """Exponents at the largest feature count, for each detector and device in the order of the timings."""
    features = max(timing.cell.features for timing in timings)
    series: dict[tuple[str, str], list[Timing]] = {}
    for timing in timings:
        if timing.cell.features == features:
            found = series.setdefault((timing.cell.detector, timing.cell.device), [])
            if timing.status == "ok":
                found.append(timing)
    return [
        Growth(
            detector,
            device,
            features,
            tuple(timing.cell.rows for timing in ok),
            exponent([timing.cell.rows for timing in ok], [fit_total(timing) for timing in ok]),
            exponent([timing.cell.rows for timing in ok], [score_total(timing) for timing in ok]),
        )
        for (detector, device), ok in series.items()
    ]


def exponent(rows: Sequence[int], seconds: Sequence[float]) -> float | None:
    """The slope of log seconds over log rows; None for fewer than two different sizes."""
    if len(set(rows)) < 2:
        return None
    return float(np.polyfit(np.log(rows), np.log(seconds), 1)[0])


def speed_ups(timings: Sequence[Timing]) -> list[SpeedUp]:
    """One for each detector and size that ended "ok" on the CPU and on a GPU, and did run there."""
    from scipy.stats import spearmanr

    ok = {
        (timing.cell.detector, timing.cell.trial.dataset.label, timing.cell.device): timing
        for timing in timings
        if timing.status == "ok"
    }
    found = []
    for (detector, size, device), gpu in ok.items():
        cpu = ok.get((detector, size, "cpu"))
        if device == "cpu" or cpu is None or gpu.ran_on == "cpu":
            continue
        agreement = float(spearmanr(cpu.scores, gpu.scores).statistic)
        fit, score = fit_total(cpu) / fit_total(gpu), score_total(cpu) / score_total(gpu)
        found.append(SpeedUp(cpu, gpu, fit, score, agreement))
    return found


def fit_total(timing: Timing) -> float:
    """Seconds of fitting, the stage charged in full."""
    assert timing.fit_seconds is not None
    return timing.fit_seconds + (timing.stage_seconds or 0.0)


def score_total(timing: Timing) -> float:
    """Seconds of scoring all test rows."""
    assert timing.score_microseconds is not None
    return timing.score_microseconds * timing.cell.rows / 1e6
