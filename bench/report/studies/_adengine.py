"""What PyOD's ADEngine would use on a table, as a competitor of `recommend` without labels."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from bench.splits.arrays import Floats


class Plan(NamedTuple):
    """The detectors that ADEngine plans for a table, k of them, and their normalised ranks, shape (n, k)."""

    names: tuple[str, ...]
    ranks: Floats


@cache
def planned(rows: int, columns: int) -> tuple[str, ...]:
    """The detectors that ADEngine plans for a table of numbers, by their names here.

    Its ``detect`` uses the first, its ``investigate`` the mean of the ranks by all. The rules by which it
    plans read nothing of such a table but its size, so that records are enough to ask it.
    """
    from pyod.utils.ad_engine import ADEngine

    plan = ADEngine().plan_detection({"data_type": "tabular", "n_samples": rows, "n_features": columns})
    # A detector has the name of PyOD's class here, in small letters.
    return tuple(each["detector_name"].lower() for each in (plan, *plan["alternatives"]))
