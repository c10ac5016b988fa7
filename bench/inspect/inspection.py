"""A trial run once more, with what it was made of kept for the pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.errors import BenchError
from bench.evaluation.entries import Policy
from bench.evaluation.policies import POLICIES, STAND_IN
from bench.modalities import DEFAULT, MODALITIES
from bench.plugins.registry import Registry
from bench.trials.features import extractor_of
from bench.trials.guard import quiet, reason
from bench.trials.record import Record
from bench.trials.runner import TrialRunner
from bench.trials.stages import FittedStage
from bench.trials.trial import Trial

if TYPE_CHECKING:
    from bench.drawing import Indices
    from bench.splits.arrays import Floats, Labels
    from bench.trials.regimes import View

# What became of a test row, and whether such a row is anomalous.
GROUPS = {"missed": True, "caught": True, "false alarms": False, "passed": False}


@dataclass(frozen=True)
class Inspection:
    """A trial that ended ok, and what it was made of.

    ``modality`` is that of the rows that the detector read: a table, where it read features.
    ``differences`` are the test rows less their reconstructions, shape (n, d); None for a detector that
    rebuilds none. ``losses`` hold a value for each epoch, by the loss's name.
    """

    record: Record
    modality: str
    view: View
    scores: Floats
    differences: Floats | None
    losses: Mapping[str, Sequence[float]]

    @property
    def X(self) -> Floats:  # noqa: N802
        """The test rows as the detector saw them."""
        return self.view.test.X

    @property
    def y(self) -> Labels:
        return self.view.test.y

    @property
    def name(self) -> str:
        record = self.record
        return f"{record.detector.label} on {record.dataset.label}, seed {record.seed}, {record.regime}"

    @property
    def policy(self) -> Policy:
        """The threshold policy that decides here: the detector's own threshold, where it has one."""
        return POLICIES["native"] if "native" in self.record.thresholds else STAND_IN

    @property
    def threshold(self) -> float:
        return self.record.thresholds[self.policy.name]

    @cached_property
    def groups(self) -> dict[str, Indices]:
        """The test rows of each of `GROUPS`, from the lowest score to the highest."""
        order = np.argsort(self.scores, kind="stable")
        predicted, truth = self.scores[order] > self.threshold, self.y[order] == 1
        return {
            "missed": order[~predicted & truth],
            "caught": order[predicted & truth],
            "false alarms": order[predicted & ~truth],
            "passed": order[~predicted & ~truth],
        }


class _KeepingRunner(TrialRunner):
    """A runner that keeps the detector that it made last."""

    def create(self, trial: Trial) -> Any:
        self.latest = super().create(trial)
        return self.latest


def inspect_trial(trial: Trial, registry: Registry) -> Inspection:
    """Run a trial just as `run` does, and keep what its pictures show.

    Raises BenchError, one sentence, for a trial that does not end ok, or that no threshold applied to.
    """
    runner = _KeepingRunner(registry)
    stage = None
    if registry.detectors[trial.detector.name].staged:
        [fitted] = runner.stages.fit([trial])
        if not isinstance(fitted, FittedStage):
            raise _not_ok(trial, *fitted)
        stage = fitted.stage
        outcome = runner.run(trial, fitted)
    else:
        outcome = runner.run(trial)
    record = outcome.record
    if record.status != "ok":
        raise _not_ok(trial, record.status, record.reason)
    if record.thresholds.keys().isdisjoint(("native", STAND_IN.name)):
        raise _not_ok(trial, "without a threshold", record.unapplied[STAND_IN.name])
    assert outcome.scores is not None
    view = runner.view(trial)
    return Inspection(
        record,
        _modality(trial, view, registry),
        view,
        outcome.scores,
        _differences(trial, [runner.latest, stage], view.test.X),
        {name: values for name, values in getattr(stage, "losses_by_epoch", {}).items() if values},
    )


def _modality(trial: Trial, view: View, registry: Registry) -> str:
    if extractor_of(trial.detector.params, registry) is not None:
        return DEFAULT
    modality = registry.datasets[trial.dataset.name].modality
    return modality if MODALITIES[modality].fits(view.shape) else DEFAULT


def _differences(trial: Trial, rebuilders: Sequence[Any], X: Floats) -> Floats | None:
    """What the first that can rebuild rows leaves of them."""
    for rebuilder in rebuilders:
        if not hasattr(rebuilder, "difference"):
            continue
        try:
            with quiet(trial.seed):
                differences = np.asarray(rebuilder.difference(X.copy()), dtype=np.float64)
        except Exception as error:
            raise _not_ok(trial, "failed", f"its difference(): {reason(error)}") from error
        if differences.shape != X.shape:
            why = f"its difference() returned shape {differences.shape} for rows of shape {X.shape}"
            raise _not_ok(trial, "failed", why)
        return differences
    return None


def _not_ok(trial: Trial, status: str, why: str) -> BenchError:
    detector, dataset, regime, _ = trial.combination
    return BenchError(f"{detector} on {dataset}, seed {trial.seed}, {regime}: {status}: {why}")
