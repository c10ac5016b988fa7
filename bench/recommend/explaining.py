"""Why a row scores as it does: what each column of the table contributes to its score.

It asks a detector for scores alone. A column's contribution is the mean of two differences: how far the
row's score falls when the column's value is replaced by that of a reference row, and how far a reference
row's score rises when it is given the row's value; both are means over the references. Either alone would
miss something: a row that is strange in two columns scores high even without the one, and a combination is
strange only where the other values of the row are. They are the first and the last term of the column's
Shapley value.

References are rows that the detector was fitted to, drawn at random, and the same for each row: what is said
of a row does not depend on the rows explained with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# The column of a file of scores that says it.
WHY = "why"
# Rows that a row is compared with.
REFERENCES = 8
# Numbers in the rows that are scored at a time, 64 MB of them.
MOST_VALUES = 2**23
# The most columns named for a row, and the least contribution of one as a fraction of the largest one's.
MOST_NAMED, LEAST = 3, 0.1


@dataclass(frozen=True)
class Explainer:
    """Explains scores of rows.

    ``columns``: the source of each encoded column, length d; those of one source are replaced together.
    ``references``: encoded rows that the detector was fitted to, drawn at random, shape (k, d).
    """

    columns: Sequence[str]
    references: Floats

    @cached_property
    def sources(self) -> list[str]:
        """The table's columns that are read, in the order of contributions."""
        return list(dict.fromkeys(self.columns))

    @property
    def copies(self) -> int:
        """How many rows are scored to explain one."""
        return 2 * len(self.sources) * len(self.references)

    def contributions(self, score: Callable[[Floats], Floats], X: Floats) -> Floats:
        """What each source contributes to the score of each row, shape (n, sources).

        score: gives rows of shape (m, d) their scores, shape (m,). X: encoded rows, shape (n, d).
        """
        at_a_time = max(1, MOST_VALUES // (self.copies * X.shape[1]))
        parts = [X[start : start + at_a_time] for start in range(0, len(X), at_a_time)]
        return np.concatenate([np.empty((0, len(self.sources))), *(self._of(score, part) for part in parts)])

    def _of(self, score: Callable[[Floats], Floats], X: Floats) -> Floats:
        n, k, sources = len(X), len(self.references), np.asarray(self.columns)
        without = np.empty((n, len(self.sources), k, X.shape[1]))
        with_it = np.empty_like(without)
        without[:], with_it[:] = X[:, None, None], self.references
        for at, name in enumerate(self.sources):
            own = sources == name
            without[:, at, :, own] = self.references[:, own].T[:, None]
            with_it[:, at, :, own] = X[:, own].T[:, :, None]
        rows = [X, self.references, *(each.reshape(-1, X.shape[1]) for each in (without, with_it))]
        # At once: some detectors score rows among those that are scored with them.
        ends = np.cumsum([len(each) for each in rows])
        before, of_references, fallen, risen, _ = np.split(score(np.concatenate(rows)), ends)
        fallen, risen = (each.reshape(n, -1, k).mean(axis=2) for each in (fallen, risen))
        found: Floats = ((before[:, None] - fallen) + (risen - of_references.mean())) / 2
        return found


def largest(contributions: Floats, sources: Sequence[str]) -> dict[str, float]:
    """The columns that raise a row's score most, with what they contribute, the largest first.

    contributions: of one row, shape (sources,). Empty where no column raises the score.
    """
    least = max(0.0, LEAST * float(contributions.max(initial=0)))
    order = np.argsort(-contributions, kind="stable")[:MOST_NAMED]
    return {sources[i]: float(contributions[i]) for i in order if contributions[i] > least}


def in_words(named: dict[str, float]) -> str:
    """``amount 4.2, country 1.1``."""
    return ", ".join(f"{name} {value:.3g}" for name, value in named.items())
