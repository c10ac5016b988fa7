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
    from bench.tables import Dialect

# The datasets that read a person's own file, and one of series.
OWN, OWN_SERIES = "file", "series_file"
# Of different kinds, quick on a table of some thousand rows, and random scores to show what chance gives.
DETECTORS = (
    "isolation_forest", "knn", "lof", "ecod", "copod", "hbos", "pca", "mcd", "gaussian_mixture",
    "one_class_svm", "rank_mean", "random_score",
    "logistic_regression", "random_forest", "support_vector_classifier",
)  # fmt: skip
# The same for series: made for them, and of rows on windows and on points.
SERIES_DETECTORS = (
    "sub_knn", "sub_pca", "matrix_profile", "poly", "spectral_residual",
    "knn:smoothing=auto,window=auto", "knn:window=auto", "hbos:window=auto",
    "isolation_forest:window=auto", "isolation_forest", "knn", "median_difference", "random_score",
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
        return label(OWN if self.time is None else OWN_SERIES, given)

    def suite(self) -> Suite:
        """The suite `real` with this file in place of its datasets; each variant has its own leaderboard."""
        from bench.plans.suite import load_suite

        real = load_suite("real")
        grid = replace(real.grids[0], datasets=(self.variant,))
        if self.time is not None:  # labelled ranges are too few to learn from
            grid = replace(grid, regimes=("unsupervised", "one-class"))
        variant = self.variant
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", self.file.stem).strip("-")
        return replace(
            real,
            name=f"own-{stem}-{hashlib.sha256(variant.encode()).hexdigest()[:6]}",
            title=f"{self.file.name}, labels from the column {self.label}",
            detectors=DETECTORS if self.time is None else SERIES_DETECTORS,
            grids=(grid,),
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
