"""The study's figures that a recommendation quotes, as `report` wrote them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIGURES = Path(__file__).with_name("study.json")


@dataclass(frozen=True)
class StudyFigures:
    """Mean ROC AUC lost against the best candidate, over ``tables`` labelled ones.

    ``loss``: by number of labels; without any, that of the pair of candidates that loses least on the other
    tables. ``others``: losses without labels, of isolation_forest and of a candidate drawn at random.
    ``interval`` and ``gain``: by number of labels, 95 % intervals for the loss, and for how much less it is
    than that of isolation_forest.
    """

    tables: int
    candidates: int
    loss: Mapping[int, float]
    others: Mapping[str, float]
    interval: Mapping[int, tuple[float, float]]
    gain: Mapping[int, tuple[float, float]]

    def budget_for(self, labels: int) -> int:
        """The largest number of labels in the study that is not above ``labels``."""
        return max(budget for budget in self.loss if budget <= labels)


def load_figures() -> StudyFigures:
    """Read the figures that come with the package."""
    content: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    loss = {int(labels): value for labels, value in content["loss"].items()}
    interval, gain = (
        {int(n): tuple(limits) for n, limits in content[key].items()} for key in ("interval", "gain")
    )
    return StudyFigures(content["tables"], content["candidates"], loss, content["others"], interval, gain)
