"""`bench.api.recommend`."""

from __future__ import annotations

import time as clock
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.api import _parsing as parsing
from bench.api._parsing import File, Texts
from bench.api._times import warn_of_times
from bench.errors import BenchError, BenchWarning

if TYPE_CHECKING:
    import pandas as pd

    from bench.api._given import Given
    from bench.pipeline.pipeline import Pipeline
    from bench.recommend.in_time import SeriesRecommendation
    from bench.recommend.recommending import Recommendation
    from bench.recommend.series import LoadedSeries
    from bench.tables import Dialect

TO_LABEL = Path("to-label.csv")


@dataclass(frozen=True)
class Recommended:
    """What is recommended for a file, and the file of rows to label that was written, if any.

    ``kept``: of a table, the columns that are copied beside the scores, in the order of its rows.
    """

    found: Recommendation | SeriesRecommendation
    asked: Path | None = None
    kept: pd.DataFrame | None = None

    @property
    def name(self) -> str:
        """The detector."""
        return self.found.name

    @property
    def frame(self) -> pd.DataFrame:
        """The highest score first: of a table, each row with its number in the file from 1, its score and, of
        the highest, which columns raise it and by how much; of series, the ranges to look at.
        """
        import numpy as np
        import pandas as pd

        from bench.recommend.in_time import SeriesRecommendation

        found = self.found
        if isinstance(found, SeriesRecommendation):
            series = found.series
            rows = [
                {"series": series.series_of(each.start), "start": series.time_of(each.start),
                 "end": series.time_of(each.stop - 1), "points": each.stop - each.start,
                 "score": each.score}
                for each in found.first
            ]  # fmt: skip
            return pd.DataFrame(rows, columns=["series", "start", "end", "points", "score"])
        order = np.argsort(-found.scores, kind="stable")
        from bench.recommend.explaining import WHY, in_words

        why = {row: in_words(named) for row, named in zip(found.explained, found.reasons, strict=True)}
        frame = pd.DataFrame(
            {
                "row": found.table.rows[order],
                "score": found.scores[order],
                WHY: [why.get(row, "") for row in order],
            }
        )
        if self.kept is None:
            return frame

        from bench.tables.cells import beside

        kept = beside(list(frame.columns), self.kept)
        return frame.join(kept.iloc[order].reset_index(drop=True))

    @property
    def estimates(self) -> pd.DataFrame:
        """A row for each candidate by the labels, highest ROC AUC first; none where they do not decide."""
        import pandas as pd

        choice = self.found.choice
        columns = ["name", "auc", "low", "high", "probability_better"]
        rows = [[getattr(each, column) for column in columns] for each in choice.estimates] if choice else []
        return pd.DataFrame(rows, columns=columns)


def recommend(
    file: File,
    *,
    budget: str | float = "2m",
    drop: Texts | None = None,
    missing: str = "impute",
    out: File | None = None,
    keep: Texts | None = None,
    ask: int | None = None,
    labels: File | None = None,
    label: str | None = None,
    normal: str | None = None,
    all_normal: bool = False,
    save: File | None = None,
    page: File | None = None,
    time: str | None = None,
    series: str | None = None,
    seed: int = 0,
    dialect: Dialect | None = None,
) -> Recommended:
    """Recommend a detector for your own table or series, with few labels or none.

    Parameters
    ----------
    file : str or path
        The table.
    budget : str or float
        How long it may take: ``"90s"``, ``"2m"`` or seconds.
    drop : str or sequence of str, optional
        Columns to leave out.
    missing : str
        What becomes of missing numbers: ``"impute"``, the column's median, or ``"indicate"``, that and a
        column that says so.
    out : str or path, optional
        A CSV file to write every row's score to.
    keep : str or sequence of str, optional
        Columns to copy beside the scores, dropped or not; ``"*"`` for all.
    ask : int, optional
        The number of rows to write to to-label.csv for you to label; ``asked`` is the file that was written.
    labels : str or path, optional
        That file, filled in.
    label : str, optional
        A column of the table that holds labels of some of the rows.
    normal : str, optional
        Its value that means normal; all others are anomalous.
    all_normal : bool
        Whether all rows are known to be normal: anomalies are sought in other files.
    save : str or path, optional
        A file to save the fitted model to, for `score`.
    page : str or path, optional
        An HTML file to write what is recommended to, with pictures and the rows to look at first.
    time, series : str, optional
        The column with the time of each row, which makes the file a series, and the one that tells several
        series apart.
    seed : int
        For whatever draws random numbers.
    dialect : Dialect, optional
        How the file is written, where that is not found out.

    Returns
    -------
    Recommended
        With ``name``, the detector; ``frame``, the scores of all rows, or of series the ranges to look at
        first; and ``estimates``, a frame of the candidates by the labels.

    Raises
    ------
    DataError
        For a file or labels that cannot be used.
    BenchError
        For options that do not go together, and where the time is too short.
    """
    started, path = clock.monotonic(), Path(file)
    seconds = seconds_of(budget)
    check_together(out, save, page, time=time, series=series, ask=ask, all_normal=all_normal)
    parsing.check_labels(label, normal)
    if ask is not None and ask < 1:
        raise BenchError(f"--ask {ask} asks for no row; ask for 1 or more")

    from bench.api._given import Given
    from bench.pipeline.pipeline import Pipeline
    from bench.recommend.files import unused_name, write_rows_to_label, write_scores
    from bench.recommend.recommending import recommend as recommended
    from bench.recommend.series import load_series
    from bench.recommend.table import load_table
    from bench.tables import Dialect
    from bench.tables.cells import cells_of

    said = dialect or Dialect()
    dropped, filled, to = parsing.names_of(drop), parsing.path_of(labels), parsing.path_of(out)
    if time is not None:
        loaded = load_series(
            path, time=time, series=series or "", drop=dropped, label=label, normal=normal, labels=filled,
            dialect=said,
        )  # fmt: skip
        return _in_time(loaded, started, seconds, to, ask, seed)
    warn_of_times(path, dropped, said)
    table = load_table(
        path, drop=dropped, label=label, normal=normal, labels=filled, dialect=said, missing=missing
    )
    if all_normal:
        table = table.labelled_normal()
    columns = parsing.names_of(keep)
    kept = cells_of(path, columns, table.rows - 1, said)
    found = recommended(table, started=started, seconds=seconds, seed=seed)
    if to is not None:
        write_scores(found, to, kept)
    asked = None if ask is None else unused_name(TO_LABEL)
    if ask is not None and asked is not None:
        write_rows_to_label(found, asked, ask, seed, kept)
    if save is not None:
        model = Pipeline(
            drop=dropped, label=label, normal=normal, labels=filled, all_normal=all_normal, seed=seed,
            missing=missing, dialect=said,
        )  # fmt: skip
        save_model(found, model, Path(save))
    if page is not None:
        given = Given(
            path, dropped, label, filled, to, asked, parsing.path_of(save), normal=normal, keep=columns,
            dialect=said, all_normal=all_normal, missing=missing,
        )  # fmt: skip
        write_page_of(found, given, Path(page), kept)
    return Recommended(found, asked, kept if columns else None)


def seconds_of(budget: str | float) -> float:
    """The seconds that a recommendation may take; BenchError for none."""
    seconds = parsing.parse_duration(budget)
    if seconds <= 0:
        raise BenchError("--budget must be more than no time at all")
    return seconds


def check_together(
    out: File | None,
    save: File | None,
    page: File | None,
    *,
    time: str | None,
    series: str | None,
    ask: int | None,
    all_normal: bool,
) -> None:
    """Refuse options of `recommend` that do not go together, and files that cannot be written."""
    for written in (out, save, page):
        if written is not None:
            parsing.check_folder(Path(written))
    if series is not None and time is None:
        raise BenchError("--series is of a file with times; name their column with --time")
    if save is not None and time is not None:
        raise BenchError("a model of a series cannot be saved; leave out --save")
    if all_normal and (ask is not None or time is not None):
        other = "--ask" if ask is not None else "--time"
        raise BenchError(f"--all-normal is of a table that needs no labels; leave it out, or {other}")
    if page is not None and time is not None:
        raise BenchError("a page is made of a table, not of a series; leave out --page")


def write_page_of(found: Recommendation, given: Given, page: Path, kept: pd.DataFrame) -> None:
    """Write the page of what is recommended for a table. kept: further columns, as for `write_scores`."""
    from bench.pipeline.decisions import DEFAULT, Budget
    from bench.recommend.page import write_page

    rows_to_label = {} if given.asked is None else {"rows to label, for --labels": given.asked}
    write_page(
        found,
        page,
        budget=Budget.parse(DEFAULT).share,
        written=given.written | rows_to_label,
        commands=given.on_another_file(),
        code=given.code(found.name),
        kept=kept,
    )


def save_model(found: Recommendation, model: Pipeline, file: Path) -> None:
    """Fit what is recommended as ``fit`` does, and save it."""
    from bench.pipeline.fitting import chosen_of

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BenchWarning)  # said already, of the same file
        model.fit(found.table.file, chosen=chosen_of(found)).save(file)


def _in_time(
    loaded: LoadedSeries, started: float, seconds: float, out: Path | None, ask: int | None, seed: int
) -> Recommended:
    """The same for series."""
    from bench.recommend.files import unused_name
    from bench.recommend.in_time import recommend_in_time
    from bench.recommend.series_files import write_ranges, write_ranges_to_label

    found = recommend_in_time(loaded, started=started, seconds=seconds, seed=seed)
    if out is not None:
        write_ranges(found, out)
    asked = None if ask is None else unused_name(TO_LABEL)
    if ask is not None and asked is not None:
        write_ranges_to_label(found, asked, ask, seed)
    return Recommended(found, asked)
