"""`bench.api.recommend`."""

from __future__ import annotations

import time as clock
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bench.api import _parsing as parsing
from bench.api._parsing import File, Texts
from bench.api._recommended import Recommended
from bench.api._times import warn_of_times
from bench.api._together import check_together, check_written
from bench.errors import BenchError, BenchWarning

if TYPE_CHECKING:
    import pandas as pd

    from bench.api._given import Given
    from bench.recommend.recommending import Recommendation
    from bench.tables import Dialect

TO_LABEL = Path("to-label.csv")


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
    from bench.api._given import Given
    from bench.tables.dialect import AS_FOUND

    given = Given(
        Path(file), parsing.names_of(drop), label, parsing.path_of(labels), time=time, series=series,
        all_normal=all_normal, normal=normal, keep=parsing.names_of(keep), dialect=dialect or AS_FOUND,
        missing=missing, seed=seed,
    )  # fmt: skip
    to = Files(parsing.path_of(out), parsing.path_of(save), parsing.path_of(page))
    return write(find(given, budget, to, ask), to, ask)


@dataclass(frozen=True)
class Files:
    """The files that are to be written, if any: of scores or ranges, of the fitted model, and the page."""

    out: Path | None = None
    save: Path | None = None
    page: Path | None = None


def find(given: Given, budget: str | float, to: Files, ask: int | None) -> Recommended:
    """What is recommended for what is given, within a budget. Raises BenchError for what does not go
    together, and for files of ``to`` that cannot be written, before anything is computed.
    """
    started, seconds = clock.monotonic(), _seconds_of(budget)
    _check(given, to, ask)

    import pandas as pd

    from bench.recommend.in_time import recommend_in_time
    from bench.recommend.recommending import recommend as recommended
    from bench.recommend.series import load_series
    from bench.recommend.table import load_table
    from bench.tables.cells import cells_of

    if given.time is not None:
        series = load_series(
            given.file, time=given.time, series=given.series or "", drop=given.drop, label=given.label,
            normal=given.normal, labels=given.labels, dialect=given.dialect,
        )  # fmt: skip
        in_time = recommend_in_time(series, started=started, seconds=seconds, seed=given.seed)
        return Recommended(in_time, given, pd.DataFrame())
    warn_of_times(given.file, given.drop, given.dialect)
    table = load_table(
        given.file, drop=given.drop, label=given.label, normal=given.normal, labels=given.labels,
        dialect=given.dialect, missing=given.missing,
    )  # fmt: skip
    if given.all_normal:
        table = table.labelled_normal()
    kept = cells_of(given.file, given.keep, table.rows - 1, given.dialect)
    found = recommended(table, started=started, seconds=seconds, seed=given.seed)
    return Recommended(found, given, kept)


def write(what: Recommended, to: Files, ask: int | None) -> Recommended:
    """Write the files, and where ``ask`` says how many, rows or ranges to label to a file of its own."""
    from bench.recommend.files import unused_name, write_rows_to_label, write_scores
    from bench.recommend.recommending import Recommendation
    from bench.recommend.series_files import write_ranges, write_ranges_to_label

    found, kept, seed = what.found, what.kept, what.given.seed
    asked = unused_name(TO_LABEL) if ask else None
    given = replace(what.given, out=to.out, asked=asked, saved=to.save, page=to.page)
    if not isinstance(found, Recommendation):
        if to.out is not None:
            write_ranges(found, to.out)
        if asked is not None and ask:
            write_ranges_to_label(found, asked, ask, seed)
        return replace(what, given=given)
    if to.out is not None:
        write_scores(found, to.out, kept)
    if asked is not None and ask:
        write_rows_to_label(found, asked, ask, seed, kept)
    if to.save is not None:
        _save_model(found, given, to.save)
    if to.page is not None:
        _write_page(found, replace(given, page=None), to.page, kept)
    return replace(what, given=given)


def _seconds_of(budget: str | float) -> float:
    """The seconds that a recommendation may take; BenchError for none."""
    seconds = parsing.parse_duration(budget)
    if seconds <= 0:
        raise BenchError("--budget must be more than no time at all")
    return seconds


def _check(given: Given, to: Files, ask: int | None) -> None:
    from bench.tables.encoding import IMPUTE

    check_together(
        "recommend",
        {
            "drop": given.drop,
            "label": given.label,
            "normal": given.normal,
            "all-normal": given.all_normal,
            "keep": given.keep,
            "missing": given.missing != IMPUTE,
            "time": given.time,
            "series": given.series,
            "ask": ask is not None,
            "save": to.save,
            "page": to.page,
        },
    )
    read = {"the file that is read": given.file, "that of --labels": given.labels}
    check_written(read, {"--out": to.out, "--save": to.save, "--page": to.page})
    if ask is not None and ask < 1:
        raise BenchError(f"--ask {ask} asks for no row; ask for 1 or more")


def _write_page(found: Recommendation, given: Given, page: Path, kept: pd.DataFrame) -> None:
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


def _save_model(found: Recommendation, given: Given, file: Path) -> None:
    """Fit what is recommended as ``fit`` does, and save it."""
    from bench.pipeline.constant import warn_of_constants
    from bench.pipeline.fitting import chosen_of
    from bench.pipeline.pipeline import Pipeline

    model = Pipeline(
        drop=given.drop, label=given.label, normal=given.normal, labels=given.labels, seed=given.seed,
        all_normal=given.all_normal, missing=given.missing, dialect=given.dialect,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", BenchWarning)  # said already, of the same file
        model.fit(found.table.file, chosen=chosen_of(found)).save(file)
    warn_of_constants(model.reference_, found.table.file.name)
