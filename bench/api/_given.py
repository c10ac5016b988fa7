"""What ``recommend`` was asked, and what goes on from there: command lines and code for the same file."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.api._own_data import code_of, words_of
from bench.tables.dialect import AS_FOUND, Dialect
from bench.tables.encoding import IMPUTE
from bench.tables.formats import another_like
from bench.tables.places import file_of


@dataclass(frozen=True)
class Given:
    """The file and the options; ``asked``, ``saved`` and ``page``: the files of rows to label, of the model
    and the page that were written, if any.
    """

    file: Path
    drop: Sequence[str] = ()
    label: str | None = None
    labels: Path | None = None
    out: Path | None = None
    asked: Path | None = None
    saved: Path | None = None
    page: Path | None = None
    time: str | None = None
    series: str | None = None
    all_normal: bool = False
    normal: str | None = None
    keep: Sequence[str] = ()
    dialect: Dialect = AS_FOUND
    missing: str = IMPUTE
    seed: int = 0

    def command(self, *options: str, verb: str = "recommend") -> str:
        """The command line for the same table with other options."""
        words = ["python", "-m", "bench", verb, str(self.file), *words_of(self.dialect)]
        words += ["--drop", ",".join(self.drop)] if self.drop else []
        words += ["--keep", ",".join(self.keep)] if self.keep and verb == "recommend" else []
        missing = None if self.missing == IMPUTE else self.missing
        named = {"--missing": missing, "--time": self.time, "--series": self.series, "--label": self.label,
                 "--normal": self.normal}  # fmt: skip
        words += [word for pair in named.items() if pair[1] is not None for word in pair if word]
        words += ["--all-normal"] if self.all_normal else []
        return shlex.join([*words, *options])

    @property
    def labels_again(self) -> list[str]:
        """The option that gives the file of labels again."""
        return [] if self.labels is None else ["--labels", str(self.labels)]

    @property
    def written(self) -> dict[str, Path]:
        """The files that were written but that of rows to label, by what they hold."""
        files = {
            "the score of every row, the most suspicious first": self.out,
            "the fitted model": self.saved,
            "the same as a page": self.page,
        }
        return {what: file for what, file in files.items() if file is not None}

    def code(self, name: str) -> str:
        """Three lines of Python that score the table's rows with a detector."""
        options = [repr(name)]
        options += [f"drop={list(self.drop)!r}"] if self.drop else []
        options += [f"label={self.label!r}"] if self.label is not None else []
        options += [f"normal={self.normal!r}"] if self.normal is not None else []
        options += [f"dialect={code_of(self.dialect)}"] if self.dialect.given() else []
        options += [f"labels={str(self.labels)!r}"] if self.labels is not None else []
        options += [f"missing={self.missing!r}"] if self.missing != IMPUTE else []
        return (
            f"from bench import {'Dialect, ' if self.dialect.given() else ''}Pipeline\n"
            f"model = Pipeline({', '.join(options)}).fit({str(self.file)!r})\n"
            f"scores = model.score({str(self.file)!r})  # or any other file with these columns"
        )

    def on_another_file(self) -> list[str]:
        """The commands that score another file by a model of this one."""
        model = self.saved or file_of(self.file).with_suffix(".model").name
        fit = self.command(*self.labels_again, "--save", str(model), verb="fit")
        score = ["python", "-m", "bench", "score", another_like(self.file), "--model", str(model)]
        return [*([] if self.saved else [fit]), shlex.join([*score, "--out", "scores.csv"])]
