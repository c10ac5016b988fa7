"""Members: the other detectors that an ensemble names, found in the registry and built for it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bench.declare import DetectorPlugin
from bench.errors import BenchError
from bench.plugin import Detector
from bench.registry import Registry
from bench.spec import Spec

Member = tuple[DetectorPlugin, Mapping[str, Any]]


def members_of(plugin: DetectorPlugin, params: Mapping[str, Any], registry: Registry) -> list[Member]:
    """The members that a detector with these parameters names, each with its complete parameters.

    Raises BenchError for a name that there is not, and for one that cannot be a member: what needs labels,
    calibration rows, a stage or members of its own is not fitted by the training rows alone.
    """
    if not plugin.composed:
        return []
    members: list[Member] = []
    for text in plugin.build(**params).members():  # type: ignore[attr-defined]
        member, given = registry.detector(Spec.parse(text))
        if member.declared or member.staged or member.composed:
            raise BenchError(
                f"detector {plugin.name!r}: {member.name!r} cannot be a member, since it needs more than rows"
            )
        members.append((member, given))
    return members


def build_members(plugin: DetectorPlugin, params: Mapping[str, Any], registry: Registry) -> list[Detector]:
    """The members, not yet fitted."""
    return [member.build(**given) for member, given in members_of(plugin, params, registry)]


def with_members(plugin: DetectorPlugin, params: Mapping[str, Any], registry: Registry) -> DetectorPlugin:
    """The plugin, with its members' code in its own and their packages among those it needs."""
    members = [member for member, _ in members_of(plugin, params, registry)]
    if not members:
        return plugin
    sources = " ".join(each.source for each in (plugin, *members))
    requires = dict.fromkeys(name for each in (plugin, *members) for name in each.requires)
    source = hashlib.sha256(sources.encode()).hexdigest()[:16]
    return replace(plugin, source=source, requires=tuple(requires))
