"""One or more series as they were recorded: points in time order with channels and labels, not yet split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.errors import DataError
from bench.splits.rows import as_floats, as_unmasked, require_labels, too_large

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from bench.splits.arrays import Floats, Labels

    Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Recording:
    """Points of one or more series, one series after the other and each in time order.

    Parameters
    ----------
    values : ndarray of shape (n, channels)
        The points; finite, and converted to float64.
    y : ndarray of shape (n,)
        Their labels: 0 normal, 1 within an anomalous range.
    series : ndarray of shape (n,)
        The series of each point: 0 for those of the first, 1 for those of the second, and so on.
    position : ndarray of shape (n,)
        Where each point lies in its series, in sampling steps. It rises; where it rises by more than 1,
        there is a gap in sampling, and what lies before it and after it are no neighbours.
    train : tuple of int
        For each series, how many of its first points are for training.
    period : int, optional
        Points in a cycle of the signal, where that is known.
    points_per_day : float, optional
        Sampling steps in a day, where time is known.
    names : tuple of str
        The channels' names; ``channel 0``, ``channel 1``, ... if left out.

    Raises
    ------
    DataError
        For what is not as said above, in a sentence that says where.

    Examples
    --------
    >>> from bench import Recording
    >>> recording = Recording.of_one([[1.0], [2.0], [9.0], [1.0]], [0, 0, 1, 0], train=2)
    >>> recording.lengths, recording.position.tolist()
    ((4,), [0, 1, 2, 3])
    """

    values: Floats
    y: Labels
    series: Integers
    position: Integers
    train: tuple[int, ...]
    period: int | None = None
    points_per_day: float | None = None
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        values = _finite_values(self.values)
        series = _integers(self.series, "series", len(values))
        position = _integers(self.position, "position", len(values))
        _check_order(series, position)
        fields: dict[str, Any] = {
            "values": values,
            "y": _labels(self.y, len(values)),
            "series": series,
            "position": position,
            "train": tuple(int(points) for points in self.train),
            "names": tuple(self.names) or tuple(f"channel {i}" for i in range(values.shape[1])),
        }
        for name, value in fields.items():
            object.__setattr__(self, name, value)
        self._check_train()
        if len(self.names) != values.shape[1]:
            raise DataError(f"{len(self.names)} names are given for {values.shape[1]} channels")
        if self.period is not None and self.period < 1:
            raise DataError(f"the period must be at least one point, not {self.period}")
        if self.points_per_day is not None and not 0 < self.points_per_day < float("inf"):
            raise DataError(f"the points per day must be above 0 and finite, not {self.points_per_day:g}")

    @classmethod
    def of_one(
        cls,
        values: ArrayLike,
        y: ArrayLike,
        *,
        train: int,
        period: int | None = None,
        points_per_day: float | None = None,
        names: Sequence[str] = (),
    ) -> Recording:
        """The recording of a single series without gaps.

        Parameters
        ----------
        values : array of shape (n, channels)
            The points, in time order.
        y : array of shape (n,)
            Their labels.
        train : int
            How many of the first points are for training.
        period, points_per_day, names
            As in `bench.Recording`.

        Returns
        -------
        Recording
        """
        import numpy as np

        points = _finite_values(values)
        return cls(
            points,
            np.asarray(y),
            np.zeros(len(points), dtype=np.int64),
            np.arange(len(points)),
            (train,),
            period,
            points_per_day,
            tuple(names),
        )

    @property
    def lengths(self) -> tuple[int, ...]:
        """The number of points of each series."""
        import numpy as np

        return tuple(np.bincount(self.series).tolist())

    def _check_train(self) -> None:
        if len(self.train) != len(self.lengths):
            raise DataError(
                f"there are {len(self.lengths)} series, and for {len(self.train)} it is said how many of "
                "their points are for training"
            )
        for number, (points, length) in enumerate(zip(self.train, self.lengths, strict=True)):
            if not 0 <= points <= length:
                raise DataError(
                    f"series {number} has {length} points; {points} of them cannot be for training"
                )


def _finite_values(values: ArrayLike) -> Floats:
    import numpy as np

    points = as_floats(values, "the points")
    if points.ndim != 2 or 0 in points.shape:
        raise DataError(
            f"the points have the shape {points.shape}; it must be (points, channels), one at least"
        )
    if not np.isfinite(points).all():
        row, channel = np.argwhere(~np.isfinite(points))[0]
        raise DataError(
            f"there are NaN or infinite values, first in point {row}, channel {channel}; fill them in, or "
            "leave those points out and let the position rise by more than 1 there"
        )
    if (place := too_large(points)) is not None:
        row, channel = place
        raise DataError(
            f"there are values that are too large to compute with, first in point {row}, channel {channel}; "
            "scale or drop that channel"
        )
    return points


def _labels(y: ArrayLike, points: int) -> Labels:
    import numpy as np

    labels = np.asarray(as_unmasked(y, "labels"))
    if labels.shape != (points,):
        raise DataError(f"there are {points} points, but labels of shape {labels.shape}")
    require_labels(labels, "labels")
    return labels.astype(np.int8)


def _integers(numbers: ArrayLike, name: str, points: int) -> Integers:
    import numpy as np

    given = np.asarray(numbers)
    if given.shape != (points,) or given.dtype.kind not in "iu":
        raise DataError(
            f"the {name} must be one whole number for each of {points} points, not {given.dtype} of shape "
            f"{given.shape}"
        )
    return given.astype(np.int64)


def _check_order(series: Integers, position: Integers) -> None:
    """Series numbered from 0, each in one piece, and in each of them positions that rise."""
    import numpy as np

    to_next = np.diff(series, prepend=-1)
    if not np.isin(to_next[1:], (0, 1)).all() or series[0] != 0:
        point = 0 if series[0] else int(np.flatnonzero(~np.isin(to_next, (0, 1)))[0])
        raise DataError(
            f"series must be numbered 0, 1, 2, ... and follow one another; point {point} is of series "
            f"{series[point]}"
        )
    behind = (np.diff(position) <= 0) & (to_next[1:] == 0)
    if behind.any():
        point = int(np.flatnonzero(behind)[0]) + 1
        raise DataError(
            f"series {series[point]} is not in time order: point {point} has the position {position[point]}, "
            f"after {position[point - 1]}; sort the points of each series by time, each time once"
        )
