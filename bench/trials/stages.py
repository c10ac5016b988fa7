"""Stages: expensive fitted parts that several detectors share, fitted once per dataset, seed and regime."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.plugins.contract import Stage, Train
from bench.plugins.loading import source_hash
from bench.plugins.metadata import DetectorPlugin
from bench.trials.environment import device
from bench.trials.guard import Failure
from bench.trials.measure import timed
from bench.trials.regimes import View


@dataclass(frozen=True)
class FittedStage:
    """A fitted stage, and the cost of fitting it.

    ``seconds``: the time of fitting ``batch`` stages together, divided by their number; it is charged in full
    to each detector that uses the stage. ``labels_read``: the number of labels it has read, by part.
    ``folds``: the same stage fitted without the rows that each fold holds out, or why it could not be; empty
    where that has not been done.
    """

    stage: Stage
    name: str
    seconds: float
    batch: int
    labels_read: Mapping[str, int]
    folds: tuple[FittedStage | Failure, ...] = ()


def stage_of(plugin: DetectorPlugin, params: Mapping[str, Any]) -> Stage | None:
    """The stage, not yet fitted, of a detector with these parameters; None for a detector without one."""
    if not plugin.staged:
        return None
    stage = plugin.create(params).stage()  # type: ignore[attr-defined]
    if not isinstance(stage, Stage):
        raise TypeError(
            f"{plugin.name}.stage() returned {type(stage).__name__}; it must return a bench.Stage"
        )
    return stage


def stage_key(stage: Stage, *, data: Any, sees_labels: bool) -> str:
    """A hash that is equal for two detectors exactly if they can share the fitted stage.

    data: the identity of the training rows, as JSON values. sees_labels: whether the stage may read labels.
    """
    identity = [stage_kind(stage), data, sees_labels]
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]


def stage_kind(stage: Stage) -> str:
    """A text that is equal for two stages that can be fitted together: class, code and parameters."""
    file = sys.modules[type(stage).__module__].__file__ or ""
    return json.dumps([type(stage).__qualname__, _source(file), stage.params], sort_keys=True)


@cache
def _source(file: str) -> str:
    return source_hash(Path(file))


def fit_stages(
    stages: Sequence[Stage], views: Sequence[View], seeds: Sequence[int], *, sees_labels: bool
) -> list[FittedStage]:
    """Fit stages of one kind together, each on the training rows of its view.

    The views must have training rows of one shape, and the same number of rows labelled anomalous.
    """
    name = type(stages[0]).__name__
    declared = frozenset({"labels"} if sees_labels else ())
    trains = [
        Train(
            view.X.copy(),
            seed,
            owner=f"stage {name}",
            y=view.y,
            declared=declared,
            shape=view.shape,
            device=device(),
        )
        for view, seed in zip(views, seeds, strict=True)
    ]
    with timed() as cost:
        type(stages[0]).fit_many(stages, trains)
    seconds = cost.seconds / len(stages)
    return [
        FittedStage(stage, name, seconds, len(stages), dict(train.labels_read))
        for stage, train in zip(stages, trains, strict=True)
    ]
