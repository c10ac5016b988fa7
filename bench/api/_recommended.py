"""What `bench.api.recommend` returns."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from bench.api._given import Given
    from bench.recommend.in_time import SeriesRecommendation
    from bench.recommend.recommending import Recommendation


@dataclass(frozen=True)
class Recommended:
    """What is recommended for a file, ``given`` what was asked and the files that were written.

    ``kept``: of a table, the columns that are copied beside the scores, in the order of its rows.
    """

    found: Recommendation | SeriesRecommendation
    given: Given
    kept: pd.DataFrame

    @property
    def asked(self) -> Path | None:
        """The file of rows to label that was written, if any."""
        return self.given.asked

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
        from bench.recommend.explaining import WHY, in_words
        from bench.tables.cells import beside

        order = np.argsort(-found.scores, kind="stable")
        why = {row: in_words(named) for row, named in zip(found.explained, found.reasons, strict=True)}
        frame = pd.DataFrame(
            {
                "row": found.table.rows[order],
                "score": found.scores[order],
                WHY: [why.get(row, "") for row in order],
            }
        )
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
