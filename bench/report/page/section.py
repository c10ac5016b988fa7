"""What the page shows of one suite, rendered."""

from __future__ import annotations

from msgspec import Struct


class PageSection(Struct, frozen=True):
    """A suite's heading, the detectors that its boards name, and as HTML what stands below the heading."""

    name: str
    title: str
    anchor: str
    detectors: list[str]
    html: str
