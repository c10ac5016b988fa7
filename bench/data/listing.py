"""Each real data set that is known or here, with what is known of it and where it lies."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from bench.data.publishers import Entry, find_publishers


def entries(patterns: Sequence[str] = ()) -> list[Entry]:
    """The data sets of all publishers; those of one that has very many are one entry.

    With patterns: the data sets, each for itself, whose labels match.
    """
    found: list[Entry] = []
    for publisher in find_publishers():
        own = publisher.entries()
        found += [publisher.together(own)] if publisher.together and not patterns else own
    wanted = [pattern.lower() for pattern in patterns]
    if not wanted:
        return found
    return [each for each in found if any(fnmatchcase(each.label.lower(), pattern) for pattern in wanted)]
