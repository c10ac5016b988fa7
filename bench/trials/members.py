"""Members: the detectors that an ensemble combines, by name, found in the registry and built for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.errors import BenchError
from bench.plugins.contract import Detector
from bench.plugins.harness.features import FEATURES
from bench.plugins.metadata import DetectorPlugin
from bench.plugins.registry import Registry
from bench.spec import Spec

Member = tuple[DetectorPlugin, Mapping[str, Any]]


def members_of(plugin: DetectorPlugin, params: Mapping[str, Any], registry: Registry) -> list[Member]:
    """The members that a detector with these parameters names, each with all of its parameters.

    Raises BenchError for an unknown name, and for a detector that cannot be a member since it needs more than
    training rows: labels, calibration rows, a stage or members of its own.
    """
    if not plugin.composed:
        return []
    members: list[Member] = []
    for text in plugin.build(**plugin.own(params)).members():  # type: ignore[attr-defined]
        member, given = registry.detector(Spec.parse(text))
        if member.declared or member.staged or member.composed:
            raise BenchError(
                f"detector {plugin.name!r}: {member.name!r} cannot be a member, since it needs more than rows"
            )
        if FEATURES in given:
            raise BenchError(
                f"detector {plugin.name!r}: the member {text!r} reads what the others read; "
                f"write {plugin.name}:{FEATURES}={given[FEATURES]} for all of them"
            )
        members.append((member, given))
    return members


def build_members(plugin: DetectorPlugin, params: Mapping[str, Any], registry: Registry) -> list[Detector]:
    """The members, not yet fitted."""
    return [member.create(given) for member, given in members_of(plugin, params, registry)]
