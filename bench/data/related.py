"""Data sets that come from the same source as another."""

from __future__ import annotations

from collections.abc import Iterable

from bench.data.catalogue import known_files
from bench.splits.sources import source_of

# Real data that scikit-learn brings along.
BUNDLED = ("breast_cancer", "digits")


def related(name: str, among: Iterable[str] = ()) -> tuple[str, ...]:
    """The other data sets, fetched or bundled or of ``among``, that come from the same source."""
    source = source_of(name)
    others = (other for other in (*known_files(), *BUNDLED, *among) if source and other != name)
    return tuple(other for other in others if source_of(other) is source)
