"""Features, which any detector may read instead of the rows, extracted before a regime is applied.

Features are a table. They are extracted from the rows as the dataset yields them, when images are still
images. Since features differ in scale, they are standardised, whatever scaling the dataset asks for, by the
training rows that the regime leaves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.errors import ContractError
from bench.plugins.harness.features import FEATURES
from bench.plugins.metadata import DetectorPlugin, FeaturesPlugin
from bench.plugins.outputs import checked_features
from bench.plugins.registry import Registry
from bench.splits.split import Split
from bench.trials.guard import how_it_failed, quiet
from bench.trials.measure import timed
from bench.trials.members import members_of


def extractor_of(params: Mapping[str, Any], registry: Registry) -> FeaturesPlugin | None:
    """The features that a detector with these parameters reads; None if it reads the rows."""
    return registry.features[params[FEATURES]] if FEATURES in params else None


def as_asked(plugin: DetectorPlugin, params: Mapping[str, Any], registry: Registry) -> DetectorPlugin:
    """The plugin with the modalities that it has within what its parameters ask the harness for.

    An ensemble has those that all of its members have: of these, too, one may read points in time alone. The
    source code of members and of features is among its own, and so are the packages that they need.
    """
    members = [as_asked(member, given, registry) for member, given in members_of(plugin, params, registry)]
    modalities = tuple(
        each for each in plugin.modalities if all(each in member.modalities for member in members)
    )
    for extension in plugin.extensions(params):
        modalities = extension.modalities(modalities, params, registry)
    extractor = extractor_of(params, registry)
    together = plugin.including(members).including([extractor] if extractor else [])
    return replace(together, modalities=modalities)


def extract(extractor: FeaturesPlugin, split: Split) -> tuple[Split, float]:
    """The split with features in place of its rows, and the seconds of their extraction.

    Raises ContractError if the plugin fails or breaks its contract.
    """
    parts = [split.train, split.test, *([split.calibration] if split.calibration else [])]
    X = np.concatenate([part.X for part in parts])
    try:
        with quiet(0):
            # Once before the clock starts: the seconds include no imports and no loading of a network.
            extractor.extract(X[:1].copy(), split.shape)
            with timed() as cost:
                extracted = checked_features(extractor.extract(X, split.shape), len(X))
    except Exception as error:
        status, why = how_it_failed(error, Path(extractor.path).name)
        if status == "out-of-memory":
            raise
        raise ContractError(f"features {extractor.name!r}: {why}") from error
    train, test, *calibration = np.split(extracted, np.cumsum([len(part.X) for part in parts[:-1]]))
    replaced = replace(
        split,
        X_train=train,
        X_test=test,
        X_calibration=calibration[0] if calibration else None,
        scaling="standard",
        optimum=None,  # a score of rows, not of features
        shape=extracted.shape[1:],
    )
    return replaced, cost.seconds
