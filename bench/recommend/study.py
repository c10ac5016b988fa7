"""The study's figures that a recommendation quotes, as `report` wrote them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FIGURES = Path(__file__).with_name("study.json")
NORMAL_ROWS = Path(__file__).with_name("normal_rows.json")


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


@dataclass(frozen=True)
class NormalRowsFigures:
    """Mean ROC AUC lost against the best detector, over tables whose training rows are all normal.

    ``loss``, ``interval``: of the detector that loses least on the other sources, with its 95 % interval.
    ``others``: losses of isolation_forest, adengine (the detector that PyOD's ADEngine plans), default (that
    of `recommend` for rows of which nothing is known) and random. ``ranking``: each detector's own loss, the
    least first.
    """

    tables: int
    sources: int
    loss: float
    interval: tuple[float, float]
    others: Mapping[str, float]
    ranking: Mapping[str, float]


def load_figures() -> StudyFigures:
    """Read the figures that come with the package."""
    content = _read(FIGURES)
    loss = {int(labels): value for labels, value in content["loss"].items()}
    interval, gain = (
        {int(n): tuple(limits) for n, limits in content[key].items()} for key in ("interval", "gain")
    )
    return StudyFigures(content["tables"], content["candidates"], loss, content["others"], interval, gain)


def load_normal_figures() -> NormalRowsFigures:
    """Read those of tables whose training rows are all normal."""
    content = _read(NORMAL_ROWS)
    return NormalRowsFigures(
        content["tables"],
        content["sources"],
        content["loss"],
        tuple(content["interval"]),
        content["others"],
        content["ranking"],
    )


def _read(file: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return content
