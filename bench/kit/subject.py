"""A detector under check: fitted and scored as the harness does it, with its side effects observed."""

from __future__ import annotations

import contextlib
import pickle
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from msgspec import structs

from bench.errors import ContractError, NotApplicableError
from bench.evaluation.rounding import equal
from bench.kit import rows
from bench.modalities import MODALITIES
from bench.plugins.contract import Detector, Regime
from bench.plugins.metadata import DatasetPlugin, DetectorPlugin
from bench.plugins.outputs import checked_scores, left_out_scores
from bench.plugins.registry import Registry
from bench.splits.split import Split
from bench.trials.features import as_asked, extract, extractor_of
from bench.trials.guard import quiet
from bench.trials.record import Record
from bench.trials.regimes import View, apply_regime, view_of
from bench.trials.runner import TrialRunner
from bench.trials.stages import FittedStage, fit_stages, stage_of
from bench.trials.trial import Code, Named, Trial

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

    from bench.splits.arrays import Floats

# A detector is checked under the first of these that it can be used in.
REGIME_ORDER: tuple[Regime, ...] = ("one-class", "unsupervised", "supervised", "semi-supervised")

# More than a detector is called after one fit.
CALLS = 1000
SYNTHETIC = "synthetic"


class Subject:
    """A detector with its parameters, the modality and the regime that it is checked under, and its fits.

    ``fitted`` is its fit on easy rows, ``scores`` are the scores of their test rows, shape (n,), and
    ``again`` is a second fit with the same seed. What the detector raises is not caught. Raises ContractError
    for a detector that reads features and takes no tables.
    """

    def __init__(self, named: Named, registry: Registry) -> None:
        self.registry = registry
        self.params = named.params
        self.plugin = as_asked(registry.detectors[named.name], named.params, registry)
        if not self.plugin.modalities:
            raise ContractError("features are a table, and it takes no tables")
        self.modality = next(each for each in MODALITIES.values() if each.name in self.plugin.modalities)
        self.regime = next(each for each in REGIME_ORDER if each in self.plugin.regimes)
        if self.plugin.calibration:
            self.regime = "supervised"  # the only one that shows calibration rows
        self.trial = Trial(
            named, Named(SYNTHETIC, SYNTHETIC, {}), 0, self.regime, "known", Code("", "", "", {})
        )

    @property
    def own_params(self) -> dict[str, Any]:
        """Its parameters without those that the harness adds."""
        return self.plugin.own(self.params)

    @property
    def file(self) -> str:
        return self.plugin.file_name

    @property
    def kit(self) -> rows.Kit:
        return rows.SERIES if self.modality.in_time else rows.ROWS

    @cached_property
    def easy(self) -> Split:
        return self.kit.easy(self.modality.shape)

    @property
    def some(self) -> Split:
        return self.kit.easy(self.modality.shape, self.kit.some)

    @cached_property
    def fitted(self) -> Fitted:
        return self.fit(self.easy)

    @cached_property
    def scores(self) -> Floats:
        return self.fitted.score(self.fitted.X_test)

    @cached_property
    def again(self) -> Fitted:
        return self.fit(self.easy)

    def create(self) -> Detector:
        with quiet(0):
            return self.plugin.create(self.params)

    def fit(self, split: Split, *, seed: int = 0, dtype: DTypeLike = np.float64) -> Fitted:
        """Fit the detector, newly created, on what its regime shows of a split."""
        extractor = extractor_of(self.params, self.registry)
        if extractor is not None:
            split, _ = extract(extractor, split)
        view = view_of(split, apply_regime(split, self.regime, np.random.default_rng(0)))
        view = replace(view, X=view.X.astype(dtype), test=view.test._replace(X=view.test.X.astype(dtype)))
        return Fitted(self, view, seed)

    def fit_and_score(self, split: Split) -> None:
        fitted = self.fit(split)
        fitted.score(fitted.X_test)

    def run_trial(self, make: Callable[[], Split]) -> Record:
        """The record of a trial on the split that ``make`` returns, run as the harness runs it."""
        data = DatasetPlugin(name=SYNTHETIC, doc="", defaults={}, make=lambda _: make())
        return TrialRunner(replace(self.registry, datasets={SYNTHETIC: data})).run(self.trial).record


class Fitted:
    """A fitted detector, and the side effects of fitting it and scoring with it.

    ``printed``: what it wrote to standard output. ``generators_used``: the global random generators whose
    state it changed. ``overwritten``: the names of the arrays given to it that it changed.
    """

    def __init__(self, subject: Subject, view: View, seed: int) -> None:
        self.view = view
        self.printed = ""
        self.generators_used: set[str] = set()
        self.overwritten: set[str] = set()
        self._next_seed = CALLS * seed
        plugin, trial = subject.plugin, structs.replace(subject.trial, seed=seed)
        with self._watched():
            self.stage = _fit_stage(plugin, trial, view)
            self.train = TrialRunner(subject.registry).train(trial, view, self.stage)
            self.detector = plugin.create(trial.detector.params)
            self.detector.fit(self.train)
        self._compare("train.X", self.train.X, view.X)
        if plugin.labels:
            self._compare("train.y", self.train.y, view.y)
        if plugin.calibration and view.calibration:
            self._compare("train.calibration.X", self.train.calibration.X, view.calibration.X)
            self._compare("train.calibration.y", self.train.calibration.y, view.calibration.y)

    @property
    def X_test(self) -> Floats:  # noqa: N802
        return self.view.test.X

    def score(self, X: Floats) -> Floats:
        """The scores of rows, shape (n,); ContractError where they are not one finite float for each."""
        given = X.copy()
        with self._watched():
            scores = self.detector.score(given)
        self._compare("X in score(X)", given, X)
        if not isinstance(scores, np.ndarray) or scores.dtype.kind != "f":
            kind = scores.dtype if isinstance(scores, np.ndarray) else type(scores).__name__
            raise ContractError(f"score() returned {kind}; it must be a numpy array of floats")
        return checked_scores(scores, len(X))

    def left_out(self) -> Floats | None:
        """Scores of the training rows, each left out, shape (n,); None where the detector gives none."""
        with self._watched():
            return left_out_scores(self.detector, len(self.view.X))

    def steady_scores(self, X: Floats) -> Floats:
        """The scores of rows, shape (n,); NotApplicableError where scoring the rows again gives others."""
        scores = self.score(X)
        if not equal(scores, self.score(X)):
            raise NotApplicableError("scoring again changes the scores anyway")
        return scores

    def _compare(self, name: str, now: Any, before: Any) -> None:
        if not np.array_equal(now, before, equal_nan=True):
            self.overwritten.add(name)

    @contextlib.contextmanager
    def _watched(self) -> Iterator[None]:
        # Another global seed for each call: scores that depend on the global generators differ.
        self._next_seed += 1
        with quiet(self._next_seed) as printed:
            before = _random_states()
            yield
            after = _random_states()
        self.printed += printed.getvalue()
        self.generators_used |= {name for name, state in before.items() if after[name] != state}


def _fit_stage(plugin: DetectorPlugin, trial: Trial, view: View) -> FittedStage | None:
    stage = stage_of(plugin, trial.detector.params)
    if stage is None:
        return None
    [fitted] = fit_stages([stage], [view], [trial.seed], sees_labels=plugin.labels)
    return fitted


def _random_states() -> dict[str, Any]:
    """The states of the global random generators, by module, as values that can be compared."""
    numpy_state = pickle.dumps(np.random.get_state())
    states: dict[str, Any] = {"random": random.getstate(), "numpy.random": numpy_state}
    if "torch" in sys.modules:
        states["torch"] = sys.modules["torch"].get_rng_state().tolist()
    return states
