"""Exact nearest neighbours among many rows, in less time for every library that asks scikit-learn for them.

scikit-learn compares all pairs of rows where there are more than some 15 columns. So do PyOD's KNN, LOF, ABOD
and others, which search by it. Among `MANY` rows and more `nearest_rows` takes its place: the same
neighbours, at distances that are sums of squared differences. scikit-learn's round, by up to 1e-7 between
rows that are near to each other. Among fewer rows nothing changes.
"""

from __future__ import annotations

from functools import cache
from typing import Any

MANY = 30_000
# With more threads scikit-learn, which uses them all, is as fast.
MOST_THREADS = 4


def quicken_searches(rows: int) -> None:
    """Prepare this process for a detector of so many rows; with fewer than `MANY` there is nothing to do."""
    if rows >= MANY:
        _replace()


@cache
def _replace() -> None:
    from sklearn.neighbors import _base

    _base.ArgKmin = _quicker(_base.ArgKmin)


def _quicker(library: Any) -> type:
    """The class by which scikit-learn finds neighbours, with a shorter way for many rows."""
    from sklearn.utils._openmp_helpers import _openmp_effective_n_threads

    class ArgKmin(library):  # type: ignore[misc]
        @classmethod
        def compute(cls, X: Any, Y: Any, k: int, metric: str = "euclidean", **options: Any) -> Any:
            found = None
            if metric == "euclidean" and is_for(X, Y) and _openmp_effective_n_threads() <= MOST_THREADS:
                from bench.trials.nearest_rows import nearest_rows

                found = nearest_rows(X, Y, k)
            if found is None:
                return library.compute(X, Y, k, metric=metric, **options)
            return found if options.get("return_distance") else found[1]

    return ArgKmin


def is_for(X: Any, Y: Any) -> bool:
    """Whether rows are as many, and as `nearest_rows` takes them: dense and in double precision."""
    return len(Y) >= MANY and all(getattr(rows, "dtype", None) == "float64" for rows in (X, Y))
