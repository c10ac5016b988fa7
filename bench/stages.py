"""Stages: expensive fitted pieces that several detectors share, fitted once per dataset, seed and regime."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from bench.declare import DetectorPlugin
from bench.measure import PeakMemory, timed
from bench.plugin import Stage, Train
from bench.regimes import View
from bench.registry import source_hash


@dataclass(frozen=True)
class FittedStage:
    """A stage after fitting, and what that cost. It is charged in full to each detector that uses it."""

    stage: Stage
    name: str
    seconds: float
    peak_memory_bytes: int | None
    labels_read: Mapping[str, int]


def stage_of(plugin: DetectorPlugin, params: Mapping[str, Any]) -> Stage | None:
    """The stage, not yet fitted, that a detector with these parameters asks for."""
    if not plugin.staged:
        return None
    stage = plugin.build(**params).stage()  # type: ignore[attr-defined]
    if not isinstance(stage, Stage):
        raise TypeError(
            f"{plugin.name}.stage() returned {type(stage).__name__}; it must return a bench.Stage"
        )
    return stage


def stage_key(stage: Stage, *, data: Any, sees_labels: bool) -> str:
    """A hash that is equal for two detectors exactly if they can share the fitted stage.

    data: what identifies the training rows, in values that JSON can write.
    """
    file = sys.modules[type(stage).__module__].__file__ or ""
    identity = [type(stage).__qualname__, _source(file), stage.params, data, sees_labels]
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()[:16]


@cache
def _source(file: str) -> str:
    return source_hash(Path(file))


def fit_stage(stage: Stage, view: View, seed: int, *, sees_labels: bool) -> FittedStage:
    """Fit a stage on the training rows of a view."""
    name = type(stage).__name__
    declared = frozenset({"labels"} if sees_labels else ())
    train = Train(view.X.copy(), seed, owner=f"stage {name}", y=view.y, declared=declared)
    with PeakMemory() as memory, timed() as cost:
        stage.fit(train)
    return FittedStage(stage, name, cost.seconds, memory.bytes, dict(train.labels_read))
