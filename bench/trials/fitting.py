"""Which trials share a fitted stage, and fitting the stages of many trials and of their folds together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from bench.plugins.metadata import DetectorPlugin
from bench.plugins.registry import Registry
from bench.trials.features import extractor_of
from bench.trials.guard import Failure, how_it_failed, quiet
from bench.trials.regimes import View
from bench.trials.seeds import Purpose, whole_seed
from bench.trials.stages import FittedStage, fit_stages, stage_key, stage_kind, stage_of
from bench.trials.trial import Trial
from bench.trials.unseen import held_out, without


class StageFitter:
    """Fits the stages of trials, whose views ``view`` gives."""

    def __init__(self, registry: Registry, view: Callable[[Trial], View]) -> None:
        self._registry = registry
        self._view = view

    def key(self, trial: Trial) -> str | None:
        """A key that is equal for trials that share a fitted stage; None for a detector without a stage."""
        plugin = self._detector(trial)
        stage = stage_of(plugin, trial.detector.params)
        if stage is None:
            return None
        extractor = extractor_of(trial.detector.params, self._registry)
        data = [trial.dataset.name, trial.dataset.params, trial.seed, trial.regime,
                trial.code.dataset, trial.code.data, trial.code.libraries,
                extractor and [extractor.name, extractor.source]]  # fmt: skip
        return stage_key(stage, data=data, sees_labels=plugin.labels)

    def kind(self, trial: Trial) -> tuple[str, str, bool]:
        """A key that is equal for trials whose stages can be fitted together."""
        plugin = self._detector(trial)
        stage = stage_of(plugin, trial.detector.params)
        assert stage is not None
        return stage_kind(stage), trial.regime, plugin.labels

    def fit(self, trials: Sequence[Trial]) -> list[FittedStage | Failure]:
        """Fit the stages of trials, all of one kind; those with rows of one shape are fitted together."""
        found: dict[int, FittedStage | Failure] = {}
        views: dict[int, View] = {}
        for i, trial in enumerate(trials):
            try:
                views[i] = self._view(trial)
            except (Exception, SystemExit) as error:
                found[i] = how_it_failed(error, self._detector(trial).file_name)
        fitted = self._fit_on([trials[i] for i in views], list(views.values()))
        found.update(zip(views, fitted, strict=True))
        return [found[i] for i in range(len(trials))]

    def fit_folds(self, trial: Trial) -> list[FittedStage | Failure]:
        """The trial's stage fitted without the rows that each fold holds out.

        Those of one shape are fitted together, and with no other trial's: models that are fitted together
        differ by rounding, of which training makes more, and by so much a threshold would depend on which
        others are in a run.
        """
        view = self._view(trial)
        parts = held_out(view, trial.seed) if view.learnt is None else []
        return self._fit_on([trial] * len(parts), [without(view, rows) for rows in parts])

    def with_folds(self, trial: Trial, stage: FittedStage) -> FittedStage:
        """A fitted stage together with those of the trial's folds."""
        try:
            return replace(stage, folds=tuple(self.fit_folds(trial)))
        except (Exception, SystemExit):
            return stage  # the trials meet it themselves, each in its record

    def _fit_on(self, trials: Sequence[Trial], views: Sequence[View]) -> list[FittedStage | Failure]:
        """Fit the stages of trials, all of one kind, on a view each; those of one shape together."""
        alike: dict[Any, list[int]] = {}
        for i, view in enumerate(views):
            sizes = view.X.shape, view.shape, int((view.y == 1).sum())
            alike.setdefault(sizes, []).append(i)
        found: dict[int, FittedStage | Failure] = {}
        for members in alike.values():
            fitted = self._fit_alike([trials[i] for i in members], [views[i] for i in members])
            found.update(zip(members, fitted, strict=True))
        return [found[i] for i in range(len(views))]

    def _fit_alike(self, trials: Sequence[Trial], views: Sequence[View]) -> Sequence[FittedStage | Failure]:
        plugin = self._detector(trials[0])
        seeds = [whole_seed(trial.seed, Purpose.STAGE) for trial in trials]
        try:
            with quiet(seeds[0]):
                # The trials' detectors may differ, where their stages are of one kind.
                stages = [stage_of(self._detector(trial), trial.detector.params) for trial in trials]
                return fit_stages([s for s in stages if s], views, seeds, sees_labels=plugin.labels)
        except (Exception, SystemExit) as error:
            status, why = how_it_failed(error, plugin.file_name)
            return [(status, f"its stage: {why}")] * len(trials)

    def _detector(self, trial: Trial) -> DetectorPlugin:
        return self._registry.detectors[trial.detector.name]
