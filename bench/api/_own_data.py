"""A suite for the file that a person gives with ``--data``."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.errors import BenchError

if TYPE_CHECKING:
    from bench.plans.suite import Suite
    from bench.plugins.contract import Regime
    from bench.tables import Dialect


@dataclass(frozen=True)
class Reading:
    """How a person's own file is run: the dataset that reads it, which detectors, and under which regimes;
    under those of the suite `real` if there are none.
    """

    dataset: str
    detectors: tuple[str, ...]
    regimes: tuple[Regime, ...] = ()


# Of different kinds, quick on a table of some thousand rows, and random scores to show what chance gives.
AS_ROWS = Reading(
    "file",
    (
        "isolation_forest", "knn", "lof", "ecod", "copod", "hbos", "pca", "mcd", "gaussian_mixture",
        "one_class_svm", "rank_mean", "random_score",
        "logistic_regression", "random_forest", "support_vector_classifier",
    ),
)  # fmt: skip
# The same for points in time: made for series, and of rows on windows and on points. Labelled ranges are too
# few to learn from.
AS_POINTS = Reading(
    "series_file",
    (
        "sub_knn", "sub_pca", "matrix_profile", "poly", "spectral_residual",
        "knn:smoothing=auto,window=auto", "knn:window=auto", "hbos:window=auto",
        "isolation_forest:window=auto", "isolation_forest", "knn", "median_difference", "random_score",
    ),
    ("unsupervised", "one-class"),
)  # fmt: skip


@dataclass(frozen=True)
class OwnData:
    """What ``--data``, ``--label``, ``--normal``, ``--drop``, ``--time`` and ``--series`` say, and how the
    file is written.
    """

    file: Path
    label: str | None = None
    normal: str | None = None
    drop: Sequence[str] = ()
    time: str | None = None
    series: str | None = None
    dialect: Dialect | None = None

    @property
    def reading(self) -> Reading:
        """How it is run: with a column of times as points, else as rows."""
        return AS_ROWS if self.time is None else AS_POINTS

    @property
    def variant(self) -> str:
        """The file as a variant of its dataset; the path by name, as no sign in it is a pattern.

        The path is whole: files of one name in two folders are two datasets, wherever the results are.
        """
        from bench.spec import label

        if self.label is None:
            raise BenchError(
                f"this needs labels: name their column with --label COLUMN; without labels, "
                f"python -m bench recommend {shown(self.file)} finds a detector"
            )
        given: dict[str, Any] = {"path": str(self.file.resolve()), "label": self.label}
        given |= {"normal": self.normal} if self.normal is not None else {}
        given |= {"drop": ",".join(self.drop)} if self.drop else {}
        given |= {"time": self.time} if self.time is not None else {}
        given |= {"series": self.series} if self.series is not None else {}
        given |= {} if self.dialect is None else self.dialect.given()
        return label(self.reading.dataset, given)

    def suite(self) -> Suite:
        """The suite `real` with this file in place of its datasets; each variant has its own leaderboard."""
        from bench.plans.suite import load_suite

        real = load_suite("real")
        grid = real.grids[0]
        variant = self.variant
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", self.file.stem).strip("-")
        return replace(
            real,
            name=f"own-{stem}-{hashlib.sha256(variant.encode()).hexdigest()[:6]}",
            title=f"{self.file.name}, labels from the column {self.label}",
            detectors=self.reading.detectors,
            grids=(replace(grid, datasets=(variant,), regimes=self.reading.regimes or grid.regimes),),
        )


def shown(file: Path) -> str:
    """A path as it is typed into a shell."""
    import shlex

    return shlex.quote(str(file))


def words_of(dialect: Dialect) -> list[str]:
    """A dialect as options of the command line."""
    words: list[str] = []
    for name, value in dialect.given().items():
        if isinstance(value, bool):
            words.append(f"--{name}" if value else f"--no-{name}")
        else:
            words += [f"--{name}", value]
    return words


def code_of(dialect: Dialect) -> str:
    """A dialect as it is written in Python."""
    return f"Dialect({', '.join(f'{name}={value!r}' for name, value in dialect.given().items())})"
