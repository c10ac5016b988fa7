"""Using a detector outside of the harness: `bench.load_rows`, `bench.load_series`, `bench.load_detector`."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bench.errors import BenchError, ContractError, DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bench.plugins.contract import Train
    from bench.plugins.registry import Registry
    from bench.recommend.series import LoadedSeries
    from bench.recommend.table import LoadedTable
    from bench.splits.arrays import Floats
    from bench.tables.dialect import Dialect


def load_rows(
    file: str | PathLike[str],
    *,
    drop: Sequence[str] = (),
    label: str | None = None,
    normal: str | None = None,
    labels: str | PathLike[str] | None = None,
    missing: str = "impute",
    dialect: Dialect | None = None,
) -> LoadedTable:
    """The rows of a table as detectors take them: numbers of zero mean and unit variance.

    Parameters
    ----------
    file : str or path
        CSV, JSON, a spreadsheet, Parquet, SQLite and others.
    drop : sequence of str
        Columns to leave out.
    label : str, optional
        The column that holds labels of some or all rows.
    normal : str, optional
        The value of ``label`` that means normal; all others are anomalous.
    labels : str or path, optional
        A file that ``recommend --ask`` wrote, filled in.
    missing : str
        What becomes of missing numbers: ``"impute"``, the column's median, or ``"indicate"``, that and a
        column that says so.
    dialect : Dialect, optional
        How the file is written, where that is not to be found out.

    Returns
    -------
    LoadedTable
        With ``X``, the rows as float64 of shape (n, d); ``y``, their labels of shape (n,), 1 anomalous, 0
        normal, -1 without one, or None where neither ``label`` nor ``labels`` is given; ``columns``, the
        source of each column of ``X``; ``frame``, the table as read; and ``rows``, the rows' numbers in the
        file, from 1.

    Raises
    ------
    DataError
        For a table or labels that cannot be used; the message names the column and the row.
    """
    from bench.recommend.table import load_table
    from bench.tables.dialect import AS_FOUND

    return load_table(
        Path(file),
        drop=drop,
        label=label,
        normal=normal,
        labels=None if labels is None else Path(labels),
        missing=missing,
        dialect=dialect or AS_FOUND,
    )


def load_series(
    file: str | PathLike[str],
    *,
    time: str,
    series: str = "",
    drop: Sequence[str] = (),
    label: str | None = None,
    normal: str | None = None,
    dialect: Dialect | None = None,
) -> LoadedSeries:
    """The points of one or more series as detectors take them: in order, of zero mean and unit variance.

    Parameters
    ----------
    file : str or path
        A table with a row for each point: CSV, JSON, a spreadsheet, Parquet, SQLite and others.
    time : str
        The column of time stamps, in any order.
    series : str
        The column that tells several series apart, if there are several.
    drop : sequence of str
        Columns to leave out.
    label : str, optional
        The column that holds labels of some or all points.
    normal : str, optional
        The value of ``label`` that means normal; all others are anomalous.
    dialect : Dialect, optional
        How the file is written, where that is not to be found out.

    Returns
    -------
    LoadedSeries
        With ``X``, the points as float64 of shape (n, channels), and ``segments``, the stretches of them
        without a gap, which `load_detector` takes; ``y``, labels of shape (n,), 1 anomalous, 0 normal, -1
        without one, or None without ``label``.

    Raises
    ------
    DataError
        For a file, times or labels that cannot be used.

    Warns
    -----
    BenchWarning
        Where rows were sorted, left out or filled in, and of gaps in sampling.
    """
    from bench.recommend.series import load_series as load
    from bench.tables.dialect import AS_FOUND

    return load(
        Path(file), time=time, series=series, drop=drop, label=label, normal=normal,
        dialect=dialect or AS_FOUND,
    )  # fmt: skip


def load_detector(name: str, *, seed: int = 0, registry: Registry | None = None) -> UsableDetector:
    """A detector by its name, to fit to rows of your own.

    Parameters
    ----------
    name : str
        As ``list detectors`` gives it, with parameters where wanted: ``"knn:n_neighbors=20"``.
    seed : int
        For whatever draws random numbers.
    registry : Registry, optional
        Where the name is looked up; the built-in and installed plugins if left out.

    Returns
    -------
    UsableDetector
        With ``fit(X)`` or ``fit(X, y)``, and ``score(X)``.

    Raises
    ------
    BenchError
        For an unknown name, and for a detector that needs more than rows and labels.

    Examples
    --------
    >>> import numpy as np
    >>> from bench import load_detector
    >>> X = np.array([[0.0], [0.1], [0.2], [0.3], [5.0]])
    >>> load_detector("knn:n_neighbors=2").fit(X).score(X).round(1).tolist()
    [0.1, 0.1, 0.1, 0.1, 4.7]
    """
    from bench.plugins.registry import load_registry

    return UsableDetector(name, seed, registry or load_registry())


class UsableDetector:
    """A registered detector outside of the harness; `bench.load_detector` makes it.

    Parameters
    ----------
    name, seed, registry
        As in `bench.load_detector`.
    """

    def __init__(self, name: str, seed: int, registry: Registry) -> None:
        from bench.plugins.registry import missing_packages
        from bench.spec import Spec
        from bench.trials.members import build_members

        self.name = name
        self.seed = seed
        self._plugin, params = registry.detector(Spec.parse(name))
        missing = missing_packages(self._plugin)
        if missing:
            raise BenchError(f"detector {name!r} is not installed: pip install {' '.join(missing)}")
        if self._plugin.staged or self._plugin.calibration:
            raise BenchError(f"detector {name!r} needs more than rows and labels; use `python -m bench run`")
        self._members = build_members(self._plugin, params, registry)
        self._detector = self._plugin.create(params)

    def fit(self, X: ArrayLike, y: ArrayLike | None = None) -> Self:
        """Learn from rows, and from labels where the detector learns from any.

        Parameters
        ----------
        X : array of shape (n, d)
            Training rows.
        y : array of shape (n,), optional
            1 anomalous, 0 normal, -1 without a label.

        Returns
        -------
        UsableDetector
            The detector itself.

        Raises
        ------
        BenchError
            Where the detector learns from labels and there are none.
        DataError
            For a row with a value that is NaN or infinite.
        """
        self._fit(X, y)
        return self

    def fit_score(
        self, X: ArrayLike, y: ArrayLike | None = None, *, segments: Sequence[slice] = ()
    ) -> Floats:
        """Learn from rows, or from points of series, and score these.

        Parameters
        ----------
        X, y
            As for `fit`.
        segments : sequence of slice
            Of series, the stretches of ``X`` whose points follow one another; all as one if left out.

        Returns
        -------
        ndarray of shape (n,)
            Of each the score by a model without it, where the detector can leave it out.

        Raises
        ------
        BenchError, DataError
            As `fit` and `score`.
        """
        import numpy as np

        from bench.plugins.outputs import left_out_scores

        train = self._fit(X, y, segments)
        try:
            scores = left_out_scores(self._detector, len(train.X))
        except ContractError as error:
            raise BenchError(f"detector {self.name!r}: {error}") from error
        return np.concatenate([self.score(train.X[s]) for s in train.segments]) if scores is None else scores

    def score(self, X: ArrayLike) -> Floats:
        """Score rows.

        Parameters
        ----------
        X : array of shape (n, d)
            Rows with the columns of the training rows.

        Returns
        -------
        ndarray of shape (n,)
            A score for each row; higher = more anomalous.

        Raises
        ------
        BenchError
            Where the detector gives anything but one finite number for each row.
        DataError
            For a row with a value that is NaN or infinite.
        """
        from bench.plugins.outputs import checked_scores
        from bench.trials.guard import quiet

        rows = _finite(X)
        with quiet(self.seed):
            raw = self._detector.score(rows)
        try:
            return checked_scores(raw, len(rows))
        except ContractError as error:
            raise BenchError(f"detector {self.name!r}: {error}") from error

    def _fit(self, X: ArrayLike, y: ArrayLike | None, segments: Sequence[slice] = ()) -> Train:
        """What the detector has learnt from."""
        import numpy as np

        from bench.plugins.contract import UNLABELLED, Train
        from bench.trials.guard import quiet
        from bench.trials.neighbours import quicken_searches

        if y is None and self._plugin.labels:
            raise BenchError(f"detector {self.name!r} learns from labels; give them: fit(X, y)")
        rows = _finite(X)
        quicken_searches(len(rows))
        train = Train(
            rows,
            self.seed,
            owner=f"detector {self.name!r}",
            y=np.full(len(rows), UNLABELLED, np.int8) if y is None else np.array(y, dtype=np.int8),
            regime="unsupervised" if y is None else "semi-supervised",
            declared=self._plugin.declared,
            members=self._members,
            segments=tuple(segments),
        )
        with quiet(self.seed):
            self._detector.fit(train)
        return train


def _finite(X: ArrayLike) -> Floats:
    """The rows as float64, in an array of their own; DataError for a value that is NaN or infinite.

    Not all libraries refuse them: scikit-learn's isolation forest takes a missing value for a normal one.
    """
    import numpy as np

    rows: Floats = np.array(X, dtype=np.float64)
    bad = np.argwhere(~np.isfinite(rows))
    if len(bad):
        place = ", ".join(str(index) for index in bad[0])
        raise DataError(
            f"the rows hold NaN or infinite values (first at [{place}]); fill them in or drop them"
        )
    return rows
