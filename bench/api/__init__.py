"""What the command line does, as functions: each verb by its name, with the same words for its options.

``bench.api.recommend("machines.csv", drop="id")`` is ``python -m bench recommend machines.csv --drop id``. A
list may stand where an option may be repeated, and a number where one is a text with a unit: ``budget=90``
for ``--budget 90s``. What is wrong with what is given raises `bench.BenchError`, one sentence. Nothing is
printed; functions that take long have ``say``, which is called with each line about how far they are:
``say=print``.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.api._checking import check
    from bench.api._data import data_audit, data_list, data_pull
    from bench.api._entries import submit, verify
    from bench.api._listing import list_ as list
    from bench.api._listing import new, show
    from bench.api._models import fit
    from bench.api._recommending import recommend
    from bench.api._reproducing import reproduce
    from bench.api._results import compare, export, merge, pack, rank, report
    from bench.api._scores import inspect, thresholds
    from bench.api._scoring import score
    from bench.api._splitting import data_split
    from bench.api._timing import time
    from bench.api._trials import run, status

# In which module each function is: none is loaded before it is asked for.
_WHERE = {
    "check": "_checking",
    "compare": "_results",
    "data_audit": "_data",
    "data_list": "_data",
    "data_pull": "_data",
    "data_split": "_splitting",
    "export": "_results",
    "fit": "_models",
    "inspect": "_scores",
    "list": "_listing",
    "merge": "_results",
    "new": "_listing",
    "pack": "_results",
    "rank": "_results",
    "recommend": "_recommending",
    "report": "_results",
    "reproduce": "_reproducing",
    "run": "_trials",
    "score": "_scoring",
    "show": "_listing",
    "status": "_trials",
    "submit": "_entries",
    "thresholds": "_scores",
    "time": "_timing",
    "verify": "_entries",
}
__all__ = [
    "check",
    "compare",
    "data_audit",
    "data_list",
    "data_pull",
    "data_split",
    "export",
    "fit",
    "inspect",
    "list",
    "merge",
    "new",
    "pack",
    "rank",
    "recommend",
    "report",
    "reproduce",
    "run",
    "score",
    "show",
    "status",
    "submit",
    "thresholds",
    "time",
    "verify",
]

if not TYPE_CHECKING:  # a type checker would take any name for one of this module

    def __getattr__(name: str) -> object:
        if name not in _WHERE:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = import_module(f"bench.api.{_WHERE[name]}")
        return getattr(found, "list_" if name == "list" else name)

    def __dir__() -> list[str]:
        return __all__
