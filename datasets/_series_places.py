"""Where ranges lie in a stretch of a series, and where they lie given what was observed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench import BenchError, DataError, Floats

# Values held for the posterior, in each of two directions.
MOST_CELLS = 20_000_000


@dataclass(frozen=True)
class Places:
    """``count`` ranges in a stretch that begins with the point ``first``.

    Ranges begin and end where slots of ``unit`` points do; the stretch has ``slots`` of them. Each range has
    ``length`` slots, and before the next one come ``gap`` slots or more. All arrangements are as likely.
    """

    first: int
    slots: int
    unit: int
    length: int
    gap: int
    count: int

    def __post_init__(self) -> None:
        if self.count and self._choices < self.count:
            raise DataError(
                f"{self.count} ranges of {self.length * self.unit} points, with as many normal points "
                f"between them, do not fit into {self.slots * self.unit} points; make the series longer, or "
                "the ranges fewer or shorter"
            )

    @property
    def _block(self) -> int:
        """Slots of a range and of the gap after it."""
        return self.length + self.gap

    @property
    def _choices(self) -> int:
        """Places for ranges where all but one slot of each block is left out."""
        return self.slots + self.gap - self.count * (self._block - 1)

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """The first point of each range, in their order; shape (count,)."""
        if not self.count:
            return np.empty(0, dtype=np.int64)
        chosen = np.sort(rng.choice(self._choices, self.count, replace=False))
        return self.first + self.unit * (chosen + np.arange(self.count) * (self._block - 1))

    def starts(self) -> np.ndarray:
        """The points at which a range may begin."""
        return self.first + self.unit * np.arange(self.slots - self.length + 1)

    def points(self) -> slice:
        """The points of the stretch."""
        return slice(self.first, self.first + self.slots * self.unit)

    def log_odds(self, ratios: Floats) -> Floats:
        """The logarithm of the posterior odds that each point of the stretch lies in a range.

        ``ratios``: for each of `starts`, the log likelihood ratio of what was observed with a range there, to
        that without. Exact, by the forward-backward algorithm of a semi-Markov chain that knows the number of
        ranges: Yu, Hidden semi-Markov models, Artificial Intelligence 2010.
        """
        if (self.count + 1) * (self.slots + self.gap + 1) > MOST_CELLS:
            raise BenchError(
                f"the optimum of {self.count} ranges in {self.slots} points would need too much memory; take "
                "fewer of either"
            )
        ends = self.slots + self.gap
        # Row k: of k ranges before, and of the others after.
        before, after = self._forward(ratios), self._forward(ratios[::-1])[::-1, ::-1]
        begins = ratios + _sum(before[:-1, : len(ratios)] + after[1:, self._block :])
        free = _sum(before[:, :ends] + after[:, 1:])[: self.slots]
        padded = np.concatenate([begins, np.full(ends - len(begins), -np.inf)])
        anomalous = _sliding_sum(padded, self.length)[: self.slots]
        in_gap = np.concatenate([np.full(self.length, -np.inf), _sliding_sum(padded, self.gap)])[: self.slots]
        normal = np.logaddexp(free, in_gap)
        return np.repeat(anomalous - normal, self.unit)

    def _forward(self, ratios: Floats) -> Floats:
        """Log weights of k ranges with their gaps in the first t slots, for each k and each t, from 0 on."""
        weights = np.full((self.count + 1, self.slots + self.gap + 1), -np.inf)
        weights[0] = 0
        for k in range(self.count):
            last = weights[k, : len(ratios)] + ratios
            weights[k + 1, self._block :] = np.logaddexp.accumulate(last)
        return weights


def _sum(logarithms: Floats) -> Floats:
    """The logarithm of the sum over the first axis."""
    return np.logaddexp.reduce(logarithms, axis=0)


def _sliding_sum(logarithms: Floats, width: int) -> Floats:
    """The logarithm of the sum of each value and the ``width - 1`` before it.

    Without a subtraction, in which small terms would be lost: a window ends one block of ``width`` values and
    begins the next (van Herk, Pattern Recognition Letters 1992).
    """
    count = len(logarithms)
    blocks = np.concatenate([logarithms, np.full(-count % width, -np.inf)]).reshape(-1, width)
    begun = np.logaddexp.accumulate(blocks, axis=1).ravel()[:count]
    ended = np.logaddexp.accumulate(blocks[:, ::-1], axis=1)[:, ::-1].ravel()[:count]
    before = np.concatenate([np.full(width - 1, -np.inf), ended])[:count]
    whole = np.arange(count) % width == width - 1
    return np.where(whole, begun, np.logaddexp(begun, before))
