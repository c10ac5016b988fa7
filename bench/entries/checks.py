"""All checks of an entry. A new one is a function of its kind's file and an entry here."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.entries import agreement, data, figures, stored
from bench.entries.entry import Entry, Finding

# Yields what it finds, and nothing where all is as stated; its docstring is what `verify` says that it asks.
Check = Callable[[Entry], Iterator[Finding]]

# By name, in the order in which they are made and shown.
CHECKS: dict[str, Check] = {
    "contents": stored.contents,
    "keys": stored.keys,
    "complete": stored.complete,
    "suite": stored.suite,
    "figures": figures.figures,
    "data": data.data,
    "again": agreement.again,
    "other-seeds": agreement.other_seeds,
}
