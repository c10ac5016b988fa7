"""The splits of trials: made by a dataset, corrupted as its parameters ask, cached while trials need them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.errors import BenchError, DataError
from bench.plugins.contract import Regime
from bench.plugins.metadata import DatasetPlugin, FeaturesPlugin
from bench.plugins.registry import Registry
from bench.splits.audit import Copies, shown
from bench.splits.corruption import CORRUPTIONS, apply_corruptions
from bench.splits.split import Split
from bench.trials.features import extract
from bench.trials.guard import reason
from bench.trials.regimes import Visible, apply_regime, in_regime, visible_rows
from bench.trials.seeds import Purpose, stream
from bench.trials.trial import Trial


def make_split(plugin: DatasetPlugin, params: Mapping[str, Any], seed: int) -> Split:
    """The split of a dataset for a trial's seed; DataError if the plugin fails or breaks its contract."""
    try:
        split = plugin.make(stream(seed, Purpose.DATA), **plugin.own(params))
    except DataError:
        raise
    except Exception as error:
        raise DataError(reason(error, plugin.file_name)) from error
    if not isinstance(split, Split):
        raise DataError(f"it returned {type(split).__name__}; a dataset returns a bench.Split")
    corruptions = {name: value for name, value in params.items() if name in CORRUPTIONS}
    if not corruptions:  # making the random streams of all corruptions takes longer than many splits
        return split
    return apply_corruptions(split, corruptions, stream(seed, Purpose.CORRUPTION))


def make_splits(trials: Iterable[Trial], registry: Registry) -> Iterator[tuple[Trial, Split]]:
    """Each trial with its split. At the end raises BenchError with a line for each dataset that failed."""
    wrong = []
    for trial in trials:
        try:
            split = make_split(registry.datasets[trial.dataset.name], trial.dataset.params, trial.seed)
        except DataError as error:
            wrong.append(f"dataset {trial.dataset.label}: {error}")
        else:
            yield trial, split
    if wrong:
        raise BenchError("\n".join(sorted(wrong)))


@dataclass
class _Kept:
    """A split, its features with the seconds of extraction, and by regime its visible rows and audit, and
    the split itself where the regime changes it."""

    split: Split
    in_regime: dict[Regime, Split] = field(default_factory=dict)
    features: dict[str, tuple[Split, float]] = field(default_factory=dict)
    visible: dict[Regime, Visible] = field(default_factory=dict)
    audits: dict[Regime, Copies] = field(default_factory=dict)


@dataclass
class SplitCache:
    """Makes the splits of trials, and keeps the ``size`` most recently used."""

    registry: Registry
    size: int
    _kept: OrderedDict[tuple[str, int], _Kept] = field(default_factory=OrderedDict)

    def split(self, trial: Trial, extractor: FeaturesPlugin | None) -> tuple[Split, float]:
        """The trial's split, or the split of its features, and the seconds of their extraction."""
        kept = self._of(trial)
        if extractor is None:
            return self._in_regime(trial), 0.0
        if extractor.name not in kept.features:
            kept.features[extractor.name] = extract(extractor, kept.split)
        return kept.features[extractor.name]

    def visible(self, trial: Trial) -> Visible:
        """The rows and labels, of the split and of its features, that the trial's regime shows."""
        kept = self._of(trial)
        if trial.regime not in kept.visible:
            rng = stream(trial.seed, Purpose.REGIME)
            kept.visible[trial.regime] = apply_regime(self._in_regime(trial), trial.regime, rng)
        return kept.visible[trial.regime]

    def audit(self, trial: Trial) -> Copies:
        """The audit of the rows that the trial's regime shows.

        It is of the rows as the dataset yields them, since features of different rows may be equal. Of series
        there is none: that points have equal values says nothing of a leak.
        """
        kept = self._of(trial)
        if kept.split.timeline is not None:
            return Copies()
        if trial.regime not in kept.audits:
            learnable = visible_rows(kept.split, self.visible(trial))
            kept.audits[trial.regime] = shown(learnable, kept.split.X_test)
        return kept.audits[trial.regime]

    def _in_regime(self, trial: Trial) -> Split:
        kept = self._of(trial)
        if trial.regime not in kept.in_regime:
            kept.in_regime[trial.regime] = in_regime(kept.split, trial.regime)
        return kept.in_regime[trial.regime]

    def _of(self, trial: Trial) -> _Kept:
        name = trial.dataset.canonical, trial.seed
        if name not in self._kept:
            plugin = self.registry.datasets[trial.dataset.name]
            self._kept[name] = _Kept(make_split(plugin, trial.dataset.params, trial.seed))
            while len(self._kept) > self.size:
                self._kept.popitem(last=False)
        self._kept.move_to_end(name)
        return self._kept[name]
