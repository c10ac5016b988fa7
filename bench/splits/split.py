"""What a dataset yields: rows with labels, split into train, test and, optionally, calibration."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from bench.errors import DataError
from bench.splits.rows import Rows, checked_rows

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike

    from bench.splits.arrays import Floats, Labels, Score
    from bench.splits.grouping import Duplicates
    from bench.splits.recording import Recording
    from bench.splits.timeline import Timeline

    # From a random generator and a number of rows to that many rows, shape (n, d). Not in `arrays`: naming
    # the generator loads all of numpy.random, which listing plugins does without.
    Draw = Callable[[np.random.Generator, int], Floats]

Scaling = Literal["none", "standard"]
# The points of a series that are tested on.
Judged = Literal["rest", "all"]
# Fraction of the anomalous training rows that carry a label in the semi-supervised regime.
LABELLED_FRACTION = 0.1


@dataclass(frozen=True)
class Split:
    """What a dataset yields for its parameters and a seed, with every label known.

    The harness, not the dataset, decides what a detector sees of it: the regime hides labels or drops
    anomalous training rows, and scaling is fitted on the training rows that are left.

    Parameters
    ----------
    X_train, X_test : ndarray of shape (rows, columns)
        Rows to learn from and rows to be tested on; finite, and converted to float64.
    y_train, y_test : ndarray of shape (rows,)
        Their labels: 0 normal, 1 anomalous.
    X_calibration, y_calibration : ndarray, optional
        Labelled rows apart from both; together or not at all.
    scaling : {"none", "standard"}
        "standard": to zero mean and unit variance.
    shape : tuple of int
        Of what a row holds: (height, width) for images, whose rows of pixels follow one another; (columns,)
        if left out.
    optimum : callable, optional
        The Bayes-optimal score where the densities of both classes are known: from rows as they are here,
        unscaled, of shape (n, d), to their log likelihood ratio of anomalous to normal, shape (n,), or to
        anything that increases with it.
    labelled : float
        The fraction of anomalous training rows of which the semi-supervised regime shows the label.
    y_observed : ndarray of shape (rows,), optional
        The training labels that regimes go by, where some of them are wrong.
    timeline : Timeline, optional
        Where each row stands in time, where rows are the points of series.

    Raises
    ------
    DataError
        Where shapes or labels are not as said, for a value that is not finite, and for a test part without a
        normal or without an anomalous row.
    """

    X_train: Floats
    y_train: Labels
    X_test: Floats
    y_test: Labels
    X_calibration: Floats | None = None
    y_calibration: Labels | None = None
    scaling: Scaling = "none"
    shape: tuple[int, ...] = ()
    optimum: Score | None = None
    labelled: float = LABELLED_FRACTION
    y_observed: Labels | None = None
    timeline: Timeline | None = None

    def __post_init__(self) -> None:
        if (self.X_calibration is None) != (self.y_calibration is None):
            raise DataError("calibration rows and calibration labels come together or not at all")
        parts = {"train": self.train, "test": self.test, "calibration": self.calibration}
        for name, part in parts.items():
            if part is not None:
                X, y = checked_rows(part.X, part.y, name)
                object.__setattr__(self, f"X_{name}", X)
                object.__setattr__(self, f"y_{name}", y)
        widths = {part.X.shape[1] for part in (self.train, self.test, self.calibration) if part}
        if len(widths) > 1:
            raise DataError(f"the parts of the split have different numbers of columns: {sorted(widths)}")
        [width] = widths
        if not self.shape:
            object.__setattr__(self, "shape", (width,))
        if math.prod(self.shape) != width:
            raise DataError(f"a row of {width} columns cannot have the shape {self.shape}")
        if self.scaling not in ("none", "standard"):
            raise DataError(f"unknown scaling {self.scaling!r}; use 'none' or 'standard'")
        if not 0 < self.labelled <= 1:
            raise DataError(f"the labelled fraction must be above 0 and at most 1, not {self.labelled:g}")
        if not len(self.y_train):
            raise DataError("the train part has no rows")
        if self.timeline is not None:
            for name, places, y in (("train", self.timeline.train, self.y_train),
                                    ("test", self.timeline.test, self.y_test)):  # fmt: skip
                if len(places) != len(y):
                    raise DataError(
                        f"the {name} part has {len(y)} points, of which {len(places)} have a place"
                    )
        for value, word in ((1, "anomalies"), (0, "normal rows")):
            if not (self.y_test == value).any():
                raise DataError(f"the test part has no {word}, so nothing can be measured on it")

    @property
    def train(self) -> Rows:
        """The rows to learn from, with every label."""
        return Rows(self.X_train, self.y_train)

    @property
    def test(self) -> Rows:
        """The rows to be tested on."""
        return Rows(self.X_test, self.y_test)

    @property
    def calibration(self) -> Rows | None:
        """Labelled rows apart from both, or None."""
        if self.X_calibration is None or self.y_calibration is None:
            return None
        return Rows(self.X_calibration, self.y_calibration)

    @classmethod
    def stratified(
        cls,
        X: ArrayLike,
        y: ArrayLike,
        rng: np.random.Generator,
        *,
        test: float = 0.3,
        calibration: float = 0.2,
        scaling: Scaling = "standard",
        shape: tuple[int, ...] = (),
        duplicates: Duplicates = "group",
        groups: ArrayLike | None = None,
    ) -> Split:
        """Split rows at random, with the same fraction of anomalies in train, calibration and test.

        Normal and anomalous rows are permuted by streams of their own, so that more anomalies leave the
        normal rows' positions unchanged.

        Parameters
        ----------
        X : array of shape (n, d)
            The rows.
        y : array of shape (n,)
            Their labels: 0 normal, 1 anomalous.
        rng : numpy.random.Generator
            Draws the permutation.
        test, calibration : float
            Fractions of all rows.
        scaling, shape
            As in `bench.Split`.
        duplicates : {"group", "drop", "keep"}
            No detector is to be tested on rows that it has learnt from: with "group", rows that are equal
            fall on one side. Each part gets its fraction of the distinct rows, and of all rows as nearly as
            that allows; a class with fewer distinct rows than there are parts is split row by row, as the
            record's audit shows. "drop" keeps the first of equal rows with equal labels; "keep" takes each
            copy for a row of its own, as published splits often do.
        groups : array of shape (n,), optional
            Names what belongs together, such as patients or machines, in the place of equality.

        Returns
        -------
        Split

        Raises
        ------
        DataError
            As `bench.Split`, and for fractions that are below 0 or more than 1 together.

        Examples
        --------
        >>> import numpy as np
        >>> from bench import Split
        >>> rng = np.random.default_rng(0)
        >>> split = Split.stratified(rng.normal(size=(100, 3)), [1] * 10 + [0] * 90, rng, test=0.3)
        >>> len(split.X_train), len(split.X_calibration), len(split.X_test)
        (50, 20, 30)
        >>> int(split.y_test.sum())
        3
        """
        from bench.splits.grouping import deal, grouped

        if test < 0 or calibration < 0 or test + calibration > 1:
            raise DataError(
                f"test={test:g} and calibration={calibration:g} are fractions of all rows: none below 0, "
                "and together at most 1"
            )
        rows, labels = checked_rows(X, y, "dataset")
        parts = sum(share > 0 for share in (test, calibration, 1 - test - calibration))
        kept, group = grouped(rows, labels, duplicates, groups, parts=parts)
        dealt = deal(group, labels[kept], rng, test=test, calibration=calibration)
        for_test, for_calibration, for_train = (kept[part] for part in dealt)
        has_calibration = len(for_calibration) > 0
        return cls(
            X_train=rows[for_train],
            y_train=labels[for_train],
            X_test=rows[for_test],
            y_test=labels[for_test],
            X_calibration=rows[for_calibration] if has_calibration else None,
            y_calibration=labels[for_calibration] if has_calibration else None,
            scaling=scaling,
            shape=shape,
        )

    @classmethod
    def in_time(
        cls,
        recording: Recording,
        *,
        judged: Judged = "rest",
        scaling: Scaling = "standard",
        optimum: Score | None = None,
    ) -> Split:
        """Split series in time: what comes first is for training, and nothing is permuted.

        Parameters
        ----------
        recording : Recording
            The series, each of which says how many of its first points are for training.
        judged : {"rest", "all"}
            Which points are tested on: those that come after the training points, or all of them, as in
            TSB-AD.
        scaling, optimum
            As in `bench.Split`; the optimum is given the points of one stretch without a gap at a time.

        Returns
        -------
        Split

        Raises
        ------
        DataError
            As `bench.Split`, and for another word than these.

        Examples
        --------
        >>> from bench import Recording, Split
        >>> recording = Recording.of_one([[1.0], [2.0], [9.0], [1.0]], [0, 0, 1, 0], train=2)
        >>> Split.in_time(recording).X_test.tolist()
        [[9.0], [1.0]]
        """
        import numpy as np

        from bench.splits.timeline import Places, Timeline

        if judged not in get_args(Judged):
            raise DataError(f"unknown judged={judged!r}; use 'rest' or 'all'")
        firsts = np.concatenate([[0], np.cumsum(recording.lengths)[:-1]])
        is_first = np.arange(len(recording.y)) - firsts[recording.series] < np.take(
            recording.train, recording.series
        )
        train = np.flatnonzero(is_first)
        test = np.arange(len(is_first)) if judged == "all" else np.flatnonzero(~is_first)
        places = Places(recording.series, recording.position)
        return cls(
            X_train=recording.values[train],
            y_train=recording.y[train],
            X_test=recording.values[test],
            y_test=recording.y[test],
            scaling=scaling,
            optimum=optimum,
            timeline=Timeline(
                places.taken(train), places.taken(test), recording.period, recording.points_per_day
            ),
        )

    @classmethod
    def drawn(
        cls,
        rng: np.random.Generator,
        normal: Draw,
        anomalous: Draw,
        *,
        normals: int,
        anomalies: int,
        test_normals: int,
        test_anomalies: int,
        calibration: float = 0.0,
        noise: float = 0.0,
        scaling: Scaling = "none",
        shape: tuple[int, ...] = (),
        optimum: Score | None = None,
    ) -> Split:
        """Draw the rows of a synthetic family.

        Normal rows, anomalies, the noise of each and their order have streams of their own, so that changing
        the number of one leaves the others as they are.

        Parameters
        ----------
        rng : numpy.random.Generator
            The dataset's; streams are spawned from it.
        normal, anomalous : callable
            ``(rng, size)`` to rows of shape (size, d).
        normals, anomalies : int
            Rows to learn from, with those set apart for calibration.
        test_normals, test_anomalies : int
            Test rows.
        calibration : float
            The fraction of ``normals`` and ``anomalies`` that is set apart for calibration.
        noise : float
            Standard deviation of Gaussian noise on each value.
        scaling, shape, optimum
            As in `bench.Split`.

        Returns
        -------
        Split
        """
        import numpy as np

        normal_rng, anomaly_rng, noise_rng, order_rng = rng.spawn(4)
        held_normals, held_anomalies = round(normals * calibration), round(anomalies * calibration)
        parts = []
        for sizes in (
            (normals - held_normals, anomalies - held_anomalies),
            (held_normals, held_anomalies),
            (test_normals, test_anomalies),
        ):
            drawn = [normal(normal_rng.spawn(1)[0], sizes[0]), anomalous(anomaly_rng.spawn(1)[0], sizes[1])]
            noisy = [rows + noise * stream.standard_normal(rows.shape)
                     for rows, stream in zip(drawn, noise_rng.spawn(2), strict=True)]  # fmt: skip
            order = order_rng.permutation(sum(sizes))
            parts.append(Rows(np.concatenate(noisy)[order], np.repeat([0, 1], sizes)[order]))
        train, held, test = parts
        return cls(
            X_train=train.X,
            y_train=train.y,
            X_test=test.X,
            y_test=test.y,
            X_calibration=held.X if len(held.y) else None,
            y_calibration=held.y if len(held.y) else None,
            scaling=scaling,
            shape=shape,
            optimum=optimum,
        )
