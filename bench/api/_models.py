"""Functions of `bench.api` about models of your own files: `fit` and `score`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from bench.api import _choosing as choosing
from bench.api import _parsing as parsing
from bench.api._parsing import File, Texts
from bench.api._watching import Say, watch_of

if TYPE_CHECKING:
    import pandas as pd

    from bench.pipeline.drift import ColumnDrift
    from bench.pipeline.pipeline import Pipeline
    from bench.pipeline.scoring import Scored
    from bench.tables import Dialect


def fit(
    file: File,
    *,
    save: File | None = None,
    detector: str | None = None,
    drop: Texts | None = None,
    label: str | None = None,
    normal: str | None = None,
    labels: File | None = None,
    all_normal: bool = False,
    time: str | None = None,
    missing: str = "impute",
    budget: str | float | None = None,
    alerts: str | int | None = None,
    cost: str | None = None,
    plugins: File | Sequence[File] | None = None,
    seed: int = 0,
    dialect: Dialect | None = None,
) -> Pipeline:
    """Fit a detector to your own table, with all that it takes to score other files.

    Parameters
    ----------
    file : str or path
        The table.
    save : str or path, optional
        The file to write the model to; none is written if left out.
    detector : str, optional
        As `list` gives it; what `recommend` chooses if left out.
    drop, label, normal, labels, all_normal, time, missing, budget, alerts, cost, plugins, seed, dialect
        As of `bench.Pipeline`.

    Returns
    -------
    Pipeline
        The fitted model, for `score`.

    Raises
    ------
    DataError
        For rows or labels that cannot be used.
    BenchError
        For an unknown detector, and a file that cannot be written.
    """
    if save is not None:
        parsing.check_folder(Path(save))

    from bench.pipeline.pipeline import Pipeline

    parsing.check_labels(label, normal)
    folders = parsing.folders_of(plugins)
    choosing.load_plugins(folders)
    model = Pipeline(
        detector,
        drop=parsing.names_of(drop),
        label=label,
        normal=normal,
        labels=labels,
        all_normal=all_normal,
        time=time,
        missing=missing,
        budget=budget,
        alerts=alerts,
        cost=cost,
        seed=seed,
        plugins=folders,
        dialect=dialect,
    ).fit(Path(file))
    if save is not None:
        model.save(save)
    return model


@dataclass(frozen=True)
class ScoredFile:
    """The rows of a file as a model scores them, and which of them are alarms.

    ``threshold``: the score above which a row is an alarm, by what ``asked`` says. ``scored``: the scores,
    the days of the rows and the drift as they are. ``why``: of each row the columns that raise its score
    most, in words; empty where it is not explained. ``kept``: the columns that are copied beside the scores.
    """

    model: Pipeline
    scored: Scored
    threshold: float
    asked: str
    why: list[str] | None = None
    kept: pd.DataFrame | None = None

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each of the file's: number, score, 1 for an alarm or 0, why, and what is kept."""
        import pandas as pd

        scores = self.scored.scores
        found = pd.DataFrame(
            {
                "row": self.scored.index + 1,
                "score": scores,
                "anomaly": (scores > self.threshold).astype("int8"),
            }
        )
        if self.why is not None:
            from bench.recommend.explaining import WHY

            found[WHY] = self.why
        if self.kept is None:
            return found

        from bench.tables.cells import beside

        return found.join(beside(list(found.columns), self.kept))

    @property
    def alarms(self) -> pd.DataFrame:
        """Those rows of ``frame`` that are alarms, the highest score first."""
        found = self.frame
        return found[found["anomaly"] == 1].sort_values("score", ascending=False, kind="stable")

    @property
    def drift(self) -> pd.DataFrame:
        """A row for each column, the one that has drifted most first: the population stability ``index``,
        whether that is ``large``, the share of ``unseen`` texts, and those of empty cells before and now.
        """
        import pandas as pd

        def row(each: ColumnDrift) -> dict[str, object]:
            before, now = each.empty
            return {"column": each.name, "index": each.psi, "large": each.large, "unseen": each.unseen,
                    "empty_before": before, "empty_now": now}  # fmt: skip

        columns = ["column", "index", "large", "unseen", "empty_before", "empty_now"]
        return pd.DataFrame(map(row, self.scored.drift), columns=columns)


def score(
    file: File,
    *,
    model: File | Pipeline,
    out: File | None = None,
    time: str | None = None,
    budget: str | float | None = None,
    alerts: str | int | None = None,
    cost: str | None = None,
    explain: str | int | None = None,
    keep: Texts | None = None,
    plugins: File | Sequence[File] | None = None,
    dialect: Dialect | None = None,
    say: Say = None,
) -> ScoredFile:
    """Score all rows of another file by a model, and see how the file has drifted.

    Parameters
    ----------
    file : str or path
        A table with the columns that the model was fitted to, which may be larger than memory.
    model : str, path or Pipeline
        What `fit` gave, or the file that it or `recommend` wrote.
    out : str or path, optional
        A CSV file to write the scores to; none is written if left out.
    time : str, optional
        The column of time; that of `fit` if left out.
    budget, alerts, cost : optional
        Which rows are alarms; as the model was fitted if left out.
    explain : str or int, optional
        The rows of which a column ``why`` says which columns raise the score: ``"alarms"``, ``"all"``, or a
        number of rows with the highest scores.
    keep : str or sequence of str, optional
        Columns to copy beside the scores, dropped or not; ``"*"`` for all.
    plugins : str, path or sequence of these, optional
        Folders with detectors of your own.
    dialect : Dialect, optional
        How the file is written; as that of `fit` if left out.
    say : callable, optional
        Called with a line on how many rows are scored.

    Returns
    -------
    ScoredFile
        With the frames ``frame``, ``alarms`` and ``drift``.

    Raises
    ------
    DataError
        For a file that is not what the model was fitted to.
    BenchError
        For a file that is no model, and one that cannot be written.
    """
    if out is not None:
        parsing.check_folder(Path(out))
    chosen = None if explain is None else parsing.parse_explain(explain)

    from bench import escaping
    from bench.files import write_chosen
    from bench.pipeline.decisions import parse_decision
    from bench.pipeline.pipeline import Pipeline
    from bench.pipeline.scoring import dialect_of, explain_file, score_file, threshold_of
    from bench.tables import Dialect

    folders = parsing.folders_of(plugins)
    choosing.load_plugins(folders)
    asked = parse_decision(budget=budget, alerts=alerts, cost=cost)
    loaded = model if isinstance(model, Pipeline) else Pipeline.load(model, plugins=folders)
    said = dialect or Dialect()
    kept = _kept(Path(file), parsing.names_of(keep), dialect_of(loaded, Path(file), said))
    watch = watch_of(say)
    with watch.rows() as seen:
        scored = score_file(loaded, Path(file), time=time, seen=seen, dialect=said)
    threshold, decided_by = threshold_of(loaded, scored, asked)
    why: list[str] | None = None
    if chosen is not None:
        with watch.rows("explained") as seen:
            parts = explain_file(
                loaded, Path(file), chosen(scored.scores, threshold), seen=seen, dialect=said
            )
            why = list(chain.from_iterable(parts))
    found = ScoredFile(loaded, scored, threshold, decided_by, why, kept)
    if out is not None:
        write_chosen(Path(out), escaping.csv(found.frame))
    return found


def _kept(file: Path, columns: tuple[str, ...], dialect: Dialect) -> pd.DataFrame | None:
    """Columns of a file as texts, to stand beside the scores of its rows; None without any."""
    import pandas as pd

    from bench.tables.cells import cells

    return pd.concat(cells(file, columns, dialect), ignore_index=True) if columns else None
