"""Who publishes data sets: what is known of each, and what can be fetched.

A publisher is one module of this package, with an entry named ``PUBLISHER``; nothing else needs to name it.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from bench.data.fetch import Seen


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A data set. ``here`` says where it lies, "" for nowhere; numbers are None where they are not known."""

    label: str
    rows: int | None = None
    columns: int | None = None
    anomalies: int | None = None
    size: int
    here: str = ""
    licence: str = ""
    source: str = ""
    related: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """One data set to fetch. ``size`` is in bytes; 0 where it is known only afterwards."""

    label: str
    size: int
    fetch: Callable[[Seen], object]


def _none() -> list[Item]:
    return []


@dataclass(frozen=True, kw_only=True)
class Publisher:
    """Where data sets come from.

    order: where it stands in lists. entries: its data sets that are known or here. together: one entry for
    all of them, where a list of each would be too long. items: those that can be fetched, by label or by a
    pattern; collections: what stands before the colon in their labels.
    """

    order: int
    entries: Callable[[], list[Entry]]
    together: Callable[[list[Entry]], Entry] | None = None
    collections: tuple[str, ...] = ()
    items: Callable[[], list[Item]] = _none


def find_publishers() -> list[Publisher]:
    """Every publisher, in their order."""
    modules = [import_module(f"{__name__}.{each.name}") for each in pkgutil.iter_modules(__path__)]
    found: list[Publisher] = [module.PUBLISHER for module in modules]
    return sorted(found, key=lambda each: each.order)
