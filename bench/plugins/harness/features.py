"""`features=NAME`: a detector reads features in place of the rows. `bench.trials.features` extracts them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.errors import unknown
from bench.modalities import DEFAULT
from bench.plugins.harness import Extension, Modalities

if TYPE_CHECKING:
    from bench.plugins.metadata import DetectorPlugin
    from bench.plugins.registry import Registry

FEATURES = "features"


def _checked(_: DetectorPlugin, params: Mapping[str, Any], registry: Registry) -> dict[str, Any]:
    name = params.get(FEATURES)
    if name is None:
        return {}
    if str(name) not in registry.features:
        raise unknown("features", str(name), registry.features)
    return {FEATURES: str(name)}


def _modalities(modalities: Modalities, params: Mapping[str, Any], registry: Registry) -> Modalities:
    """Features are a table, of whatever rows they can be extracted from."""
    return registry.features[params[FEATURES]].modalities if DEFAULT in modalities else ()


EXTENSION = Extension(
    parameters=(FEATURES,),
    order=0,
    explanation="it reads these features in place of the rows",
    fits=lambda plugin: DEFAULT in plugin.modalities,
    checked=_checked,
    modalities=_modalities,
)
