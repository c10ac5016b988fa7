"""Fail the build for a public name of `bench` that the API reference leaves out."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.util import logging

import bench

LOG = logging.getLogger(__name__)


def check(_: Sphinx, environment: Any) -> None:
    """Warn of each name in ``bench.__all__`` that no page documents; ``make docs`` fails on a warning."""
    documented = environment.domains["py"].objects
    for name in bench.__all__:
        if f"bench.{name}" not in documented:
            LOG.warning("bench.%s is public, but not in the API reference", name, type="public_names")


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("env-check-consistency", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
