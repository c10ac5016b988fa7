"""Using a detector outside of the harness: `bench.load_detector`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from bench.errors import BenchError, ContractError, DataError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from bench.plugins.contract import Train
    from bench.plugins.registry import Registry
    from bench.splits.arrays import Floats


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
        from bench.plugins.harness.features import FEATURES
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
        if FEATURES in params:
            raise BenchError(f"detector {name!r} reads features, which only `python -m bench run` extracts")
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

        from bench.plugins.harness import left_out_where_learnt

        train = self._fit(X, y, segments)
        try:
            scores = left_out_where_learnt(self._detector, len(train.X))
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
