"""What the page shows of one suite, rendered."""

from __future__ import annotations

from msgspec import Struct

from bench.report.answers import Answer


class PageSection(Struct, frozen=True):
    """A suite's heading, its answers, the detectors that its boards name, and as HTML what stands below."""

    name: str
    title: str
    anchor: str
    answers: list[Answer]
    detectors: list[str]
    html: str
