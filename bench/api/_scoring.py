"""`bench.api.score`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.api import _choosing as choosing
from bench.api import _parsing as parsing
from bench.api._parsing import File, Texts
from bench.api._together import check_together, check_written
from bench.api._watching import Say, watch_of
from bench.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from bench.pipeline.agreement import Agreement
    from bench.pipeline.drift import ColumnDrift
    from bench.pipeline.pipeline import Pipeline
    from bench.pipeline.scoring import Scored
    from bench.tables import Dialect


@dataclass(frozen=True)
class Kept:
    """Columns of a file that are copied beside the scores of its rows: it is read anew for them.

    ``version``: the file's size and time when it was scored.
    """

    file: Path
    columns: tuple[str, ...]
    dialect: Dialect
    version: tuple[int, int] | None = None

    def chunks(self) -> Iterator[pd.DataFrame]:
        """As texts, chunk by chunk. Raises DataError for unknown columns, before any row is read."""
        from bench.tables.cells import cells

        if self.version not in (None, _version(self.file)):
            raise DataError(f"{self.file.name} has changed since it was scored; score it again")
        return cells(self.file, self.columns, self.dialect)


@dataclass(frozen=True)
class ScoredFile:
    """The rows of a file as a model scores them, and which of them are alarms.

    ``threshold``: the score above which a row is an alarm, by what ``asked`` says. ``scored``: the scores,
    the days of the rows and the drift as they are. ``explained``: a mask of the rows that are explained,
    shape (n,), and ``why``: of each row the columns that raise its score most, in words, an array of pyarrow;
    None where none was to be explained. ``agreement``: of scores and alarms with the labels that the file
    has, where their column was named and is there.
    """

    model: Pipeline
    scored: Scored
    threshold: float
    asked: str
    explained: Any = None
    why: Any = None
    agreement: Agreement | None = None
    beside: Kept | None = None

    @cached_property
    def kept(self) -> pd.DataFrame | None:
        """The columns that are copied beside the scores, if any; the file is read anew for them."""
        import pandas as pd

        return None if self.beside is None else pd.concat(self.beside.chunks(), ignore_index=True)

    def write(self, out: Path) -> None:
        """Write the rows to a file, chunk by chunk.

        Parameters
        ----------
        out : Path
            A CSV file; what is there is replaced.

        Raises
        ------
        BenchError
            Where it cannot be written.
        """
        from bench.files import write_chosen
        from bench.pipeline.writing import lines

        kept = None if self.beside is None else self.beside.chunks()
        write_chosen(out, lines(self.scored, self.threshold, kept, self.why))

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

            found[WHY] = self.why.to_pylist()
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
        """A row for each column, the one that has drifted most first, after those that never varied before
        and do now: the population stability ``index``, whether that is ``large``, the share of ``unseen``
        texts and of numbers below the ``lowest`` or above the ``highest`` before, the ``only`` value of a
        column that never varied before ("" of empty cells), and the shares of empty cells before and now.
        """
        import pandas as pd

        def row(each: ColumnDrift) -> dict[str, object]:
            before, now = each.empty
            lowest, highest = each.range or (None, None)
            return {"column": each.name, "index": each.psi, "large": each.large, "unseen": each.unseen,
                    "only": each.only, "lowest": lowest, "highest": highest,
                    "empty_before": before, "empty_now": now}  # fmt: skip

        columns = ["column", "index", "large", "unseen", "only", "lowest", "highest", "empty_before",
                   "empty_now"]  # fmt: skip
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
    label: str | None = None,
    normal: str | None = None,
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
        Columns to copy beside the scores, dropped or not; ``"*"`` for all. The file is read anew for them,
        where they are asked for.
    label : str, optional
        A column of labels in the file, which the model does not see; ``agreement`` is with them.
    normal : str, optional
        Its value that means normal; all others are anomalous.
    plugins : str, path or sequence of these, optional
        Folders with detectors of your own.
    dialect : Dialect, optional
        How the file is written; as that of `fit` if left out.
    say : callable, optional
        Called with a line on how many rows are scored.

    Returns
    -------
    ScoredFile
        With the frames ``frame``, ``alarms`` and ``drift``, and ``agreement`` with labels that are named.

    Raises
    ------
    DataError
        For a file that is not what the model was fitted to.
    BenchError
        For a file that is no model, and one that cannot be written.
    """
    path, to, columns = Path(file), parsing.path_of(out), parsing.names_of(keep)
    check_together("score", {"label": label, "normal": normal, "time": time})
    read = {"the file that is read": path}
    read |= {"the model": Path(model)} if isinstance(model, str | PathLike) else {}
    check_written(read, {"--out": to})
    chosen = None if explain is None else parsing.parse_explain(explain)

    import pyarrow as pa

    from bench import escaping
    from bench.pipeline.agreement import agreement, labels_of
    from bench.pipeline.decisions import parse_decision
    from bench.pipeline.pipeline import Pipeline
    from bench.pipeline.scoring import dialect_of, explain_file, score_file, threshold_of

    folders = parsing.folders_of(plugins)
    choosing.load_plugins(folders)
    asked = parse_decision(budget=budget, alerts=alerts, cost=cost)
    loaded = model if isinstance(model, Pipeline) else Pipeline.load(model, plugins=folders)
    written, watch = dialect_of(loaded, path, dialect), watch_of(say)
    if columns:
        Kept(path, columns, written).chunks()  # refuses unknown ones before rows are scored
    y = None if label is None else labels_of(path, label, normal, written)
    version = _version(path)
    with watch.rows() as seen:
        scored = score_file(loaded, path, time=time, seen=seen, dialect=dialect)
    threshold, decided_by = threshold_of(loaded, scored, asked)
    explained = why = None
    if chosen is not None:
        explained = chosen(scored.scores, threshold)
        with watch.rows("explained") as seen:
            texts = explain_file(loaded, path, explained, seen=seen, dialect=dialect)
            why = pa.chunked_array(
                (pa.array(map(escaping.terminal, each), pa.string()) for each in texts), pa.string()
            )
    found = ScoredFile(
        loaded,
        scored,
        threshold,
        decided_by,
        explained,
        why,
        None if y is None else agreement(scored.scores, threshold, y),
        Kept(path, columns, written, version) if columns else None,
    )
    if to is not None:
        found.write(to)
    return found


def _version(file: Path) -> tuple[int, int] | None:
    """The size and the time of a file; None where there is none."""
    from bench.tables.places import file_of

    try:
        found = file_of(file).stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns
