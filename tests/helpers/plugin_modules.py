"""Modules that plugin files share, which have no name of their own to import them by."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from bench.plugins.registry import load_registry


def of_datasets(name: str) -> ModuleType:
    """A module of the folder of datasets, such as ``_laws``, as its plugins import it."""
    plugin = load_registry(installed=False).datasets["realistic"]
    package, _, _ = plugin.module.rpartition(".")
    return import_module(f"{package}.{name}")
