"""Running a trial: fitting a detector to what its regime shows of a split, scoring, evaluating, measuring."""

from __future__ import annotations

import contextlib
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from msgspec import structs

from bench.errors import ContractError, NotApplicableError
from bench.evaluation.entries import Scored
from bench.evaluation.judging import judge
from bench.evaluation.policies import TRAIN_QUANTILE
from bench.plugins.contract import Detector, Train
from bench.plugins.metadata import DetectorPlugin
from bench.plugins.outputs import checked_scores, checked_threshold, require_silence, require_varied
from bench.plugins.registry import Registry
from bench.splits.rows import Rows
from bench.trials.alone import score_alone
from bench.trials.environment import device
from bench.trials.features import extractor_of
from bench.trials.fitting import StageFitter
from bench.trials.guard import Failure, how_it_failed, quiet, seed_everything
from bench.trials.in_time import layout_of_test, scores_of_test
from bench.trials.measure import PeakMemory, timed
from bench.trials.members import build_members
from bench.trials.neighbours import quicken_searches
from bench.trials.record import Alone, Costs, Outcome, Record, RowCounts
from bench.trials.regimes import View, view_of
from bench.trials.seeds import Purpose, stream, whole_seed
from bench.trials.split_cache import SplitCache
from bench.trials.stages import FittedStage
from bench.trials.trial import Trial
from bench.trials.unseen import Unseen, unseen_scores
from bench.trials.warming import first_rows

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels


# Where fitting and scoring take fewer seconds, both are done again, and the second time counts. For the peak
# of memory, what earlier work freed was returned to the system; taking it back costs up to a tenth of them.
AGAIN_BELOW = 0.02


class FitAndScore(NamedTuple):
    """A fitted detector, what it returned for the test rows, and the seconds of both."""

    detector: Detector
    raw_scores: Any
    fit_seconds: float
    score_seconds: float

    @property
    def seconds(self) -> float:
        return self.fit_seconds + self.score_seconds


class TrialRunner:
    """Runs trials in this process; keeps the latest splits and the names of detectors that are warmed up."""

    def __init__(self, registry: Registry, kept_splits: int = 4) -> None:
        self.registry = registry
        self.stages = StageFitter(registry, self.view)
        self._splits = SplitCache(registry, kept_splits)
        self._warm: set[str] = set()

    def run(self, trial: Trial, stage: FittedStage | None = None) -> Outcome:
        """Run a trial and judge it here. An exception of the detector becomes the record's status and reason.

        In a run, where plugins of others have been at work in this process, it is judged in another one.
        """
        outcome = self.score(trial, stage)
        if outcome.scored is None:
            return outcome
        try:
            return outcome.judged(judge(outcome.scored))
        except Exception as error:
            return Outcome(Record.of(trial, *how_it_failed(error, self._detector(trial).file_name)))

    def score(self, trial: Trial, stage: FittedStage | None = None) -> Outcome:
        """As `run`, but an outcome that has scores is still to be judged."""
        start = time.perf_counter()
        try:
            outcome = self._run(trial, stage)
            costs = structs.replace(outcome.record.costs, total_seconds=time.perf_counter() - start)
            return replace(outcome, record=structs.replace(outcome.record, costs=costs))
        except (Exception, SystemExit) as error:
            return Outcome(Record.of(trial, *how_it_failed(error, self._detector(trial).file_name)))

    def view(self, trial: Trial) -> View:
        """What the trial's regime shows of its split, or of the features that its detector reads."""
        split, seconds = self._splits.split(trial, extractor_of(trial.detector.params, self.registry))
        return replace(view_of(split, self._splits.visible(trial)), features_seconds=seconds)

    def train(self, trial: Trial, view: View, stage: FittedStage | None) -> Train:
        """What the trial's detector may learn from, in new arrays."""
        plugin = self._detector(trial)
        quicken_searches(len(view.X))
        return Train(
            view.X.copy(),
            whole_seed(trial.seed, Purpose.DETECTOR),
            owner=f"detector {plugin.name!r}",
            y=view.y.copy(),
            calibration=view.calibration and Rows(view.calibration.X.copy(), view.calibration.y.copy()),
            regime=trial.regime,
            optimum=view.optimum,
            declared=plugin.declared,
            stage=stage.stage if stage else None,
            members=build_members(plugin, trial.detector.params, self.registry),
            shape=view.shape,
            device=device() if plugin.gpu else "cpu",
            segments=() if view.timeline is None else view.timeline.train.segments,
        )

    def create(self, trial: Trial) -> Detector:
        """The trial's detector, not yet fitted."""
        return self._detector(trial).create(trial.detector.params)

    def _run(self, trial: Trial, stage: FittedStage | None) -> Outcome:
        plugin = self._detector(trial)
        view = self.view(trial)
        if plugin.calibration and view.calibration is None:
            raise NotApplicableError("it needs calibration rows, and there are none")
        if plugin.calibration and view.calibration and len(np.unique(view.calibration.y)) < 2:
            raise NotApplicableError("it needs calibration rows of both classes, and there is only one")
        if plugin.optimum and view.optimum is None:
            raise NotApplicableError("the best possible score is not known here")
        if plugin.staged and stage is None:
            [fitted] = self.stages.fit([trial])
            if not isinstance(fitted, FittedStage):
                return Outcome(Record.of(trial, *fitted))
            stage = fitted
        train = self.train(trial, view, stage)
        with quiet(train.seed) as printed:
            cold_seconds = self._warm_up(trial, view, stage)
            memory = PeakMemory()
            done = self._fit_and_score(trial, view, train, memory)
            if done.seconds < AGAIN_BELOW:
                train = self.train(trial, view, stage)  # the first may have changed its rows
                del done  # its memory is what the second takes
                done = self._fit_and_score(trial, view, train)
            detector = done.detector
            scores = checked_scores(done.raw_scores, len(view.test.X), "test")
            holdout = _scored_holdout(detector, view, train)
        require_silence(printed.getvalue(), plugin.flaws)
        require_varied(scores, "test")
        alone = self._score_alone(trial, detector, view, scores)
        unseen = self._unseen(trial, detector, view, scores, stage)
        scored = Scored(
            own_threshold=checked_threshold(detector),
            unseen_scores=unseen.scores,
            contamination=view.contamination if trial.contamination == "known" else trial.contamination,
            calibration_scores=holdout and holdout[0],
            calibration_labels=holdout and holdout[1],
            test_scores=scores,
            test_labels=view.test.y,
            test_layout=layout_of_test(view),
        )
        record = Record.of(
            trial,
            "ok",
            layout=scored.test_layout,
            labels_used=_labels_used(train, stage),
            rows=RowCounts(
                train=len(view.X),
                calibration=train.labels_read.get("calibration", 0),
                holdout=0 if holdout is None else len(holdout[1]),
                test=len(scores),
                test_anomalies=int(view.test.y.sum()),
                columns=view.X.shape[1],
                unseen=None if unseen.scores is None else len(unseen.scores),
            ),
            audit=self._splits.audit(trial),
            alone=alone,
            unapplied={TRAIN_QUANTILE: unseen.problem} if unseen.problem else {},
            costs=Costs(
                fit_seconds=done.fit_seconds,
                score_seconds=done.score_seconds,
                cold_seconds=cold_seconds,
                device=memory.device,
                features_seconds=view.features_seconds,
                stage=stage.name if stage else None,
                stage_seconds=stage.seconds if stage else 0.0,
                stage_batch=stage.batch if stage else 0,
                peak_memory_bytes=memory.bytes,
                peak_device_memory_bytes=memory.device_bytes,
                unseen_seconds=unseen.seconds,
            ),
        )
        return Outcome(record, scores, view.test.y, scored)

    def _fit_and_score(
        self, trial: Trial, view: View, train: Train, memory: AbstractContextManager[Any] | None = None
    ) -> FitAndScore:
        """Fit to ``train`` and score the test rows, timed, within what measures the peak of memory."""
        seed_everything(train.seed)
        test_rows = view.test.X.copy()
        with memory or contextlib.nullcontext():
            detector = self.create(trial)
            with timed() as fit:
                detector.fit(train)
            with timed() as score:
                raw_scores = raw_test_scores(detector, view, test_rows)
        return FitAndScore(detector, raw_scores, fit.seconds, score.seconds)

    def _unseen(
        self, trial: Trial, detector: Detector, view: View, scores: Floats, stage: FittedStage | None
    ) -> Unseen:
        """Scores by which train-quantile sets its threshold, charged with the folds' stages that they use."""
        if view.learnt is not None:  # the points judged are those learnt from, and were scored as such
            return Unseen(scores, 0.0)
        plugin = self._detector(trial)
        folds = stage.folds if stage else ()
        left = list(folds)
        found = unseen_scores(
            detector, view, trial.seed, partial(self._fitted, trial, left),
            beside=view.test.X if "batch" in plugin.flaws else None, file=plugin.file_name,
        )  # fmt: skip
        used = [each for each in folds[: len(folds) - len(left)] if isinstance(each, FittedStage)]
        return replace(found, seconds=found.seconds + sum(each.seconds for each in used))

    def _score_alone(self, trial: Trial, detector: Detector, view: View, scores: Floats) -> Alone:
        """The second judgement of a detector that scores the rows of a batch among each other."""
        plugin = self._detector(trial)
        if "batch" not in plugin.flaws or view.timeline is not None:
            return Alone()
        rng = stream(trial.seed, Purpose.ALONE)
        with quiet(whole_seed(trial.seed, Purpose.ALONE)):
            return score_alone(detector, view.test, scores, rng, plugin.file_name)

    def _fitted(self, trial: Trial, stages: list[FittedStage | Failure], view: View) -> Detector:
        """The trial's detector fitted to other rows than the trial's, with a stage of their own.

        That is the first of ``stages``, from which it is taken; where they have not been fitted, all of them
        are here.
        """
        stage = None
        if self._detector(trial).staged:
            stages += [] if stages else self.stages.fit_folds(trial)
            found = stages.pop(0)
            if not isinstance(found, FittedStage):
                raise ContractError(found[1])
            stage = found
        train = self.train(trial, view, stage)
        with quiet(train.seed):
            detector = self._detector(trial).create(trial.detector.params)
            detector.fit(train)
        return detector

    def _warm_up(self, trial: Trial, view: View, stage: FittedStage | None) -> float | None:
        """Fit and score a few rows once per detector and process, so that no trial's time includes imports
        and just-in-time compilation. Returns seconds, or None for a detector that is warmed up already.
        """
        if trial.detector.name in self._warm:
            return None
        self._warm.add(trial.detector.name)
        first = first_rows(view)
        with timed() as cost, contextlib.suppress(Exception):
            detector = self.create(trial)
            detector.fit(self.train(trial, first, stage))
            detector.score(first.test.X.copy())
        return cost.seconds

    def _detector(self, trial: Trial) -> DetectorPlugin:
        return self.registry.detectors[trial.detector.name]


def raw_test_scores(detector: Detector, view: View, copied: Floats) -> Any:
    """What the detector returns for the test rows, still to be checked. copied: these rows, for it alone."""
    return detector.score(copied) if view.timeline is None else scores_of_test(detector, view)


def _scored_holdout(detector: Any, view: View, train: Train) -> tuple[Floats, Labels] | None:
    """Scores and labels of the calibration rows; None where there are none or the detector has read them."""
    if view.holdout is None or train.labels_read.get("calibration"):
        return None
    X, y = view.holdout
    return checked_scores(detector.score(X.copy()), len(X), "calibration"), y


def _labels_used(train: Train, stage: FittedStage | None) -> int:
    read = {**(stage.labels_read if stage else {}), **train.labels_read}
    return sum(read.values())
