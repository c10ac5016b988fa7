"""Pictures of a few test rows of each group: alone, or beside their reconstructions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.drawing import Sheet
from bench.inspect.drawing import NotShown, Picture, counts
from bench.inspect.inspection import GROUPS, Inspection
from bench.modalities import MODALITIES

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

NO_REBUILDING = "it rebuilds no rows: neither the detector nor its stage has a method difference(X)"


def rows(inspection: Inspection) -> Picture:
    title = "Missed rows, caught rows, false alarms and passed rows"
    drawing = MODALITIES[inspection.modality].inspect
    return Picture(
        "rows",
        title,
        drawing.caption,
        f"{drawing.kind} of test rows, a few of each group: {counts(inspection)}.",
        drawing.draw(_sheet(inspection, title, None)),
    )


def rebuilt_rows(inspection: Inspection) -> Picture | NotShown:
    title = "Rows beside their reconstructions"
    if inspection.differences is None:
        return NotShown(title, NO_REBUILDING)
    drawing = MODALITIES[inspection.modality].inspect
    squares = (inspection.differences**2).mean(axis=1)
    said = ", ".join(
        f"{group} {squares[rows].mean():.3g}" for group, rows in inspection.groups.items() if len(rows)
    )
    return Picture(
        "reconstructions",
        title,
        drawing.rebuilt_caption,
        f"{drawing.kind} of test rows, each beside its reconstruction. Mean squared differences: {said}.",
        drawing.draw(_sheet(inspection, title, inspection.X - inspection.differences)),
    )


def _sheet(inspection: Inspection, title: str, rebuilt: Floats | None) -> Sheet:
    return Sheet(
        about=inspection.name,
        title=title,
        X=inspection.X,
        rebuilt=rebuilt,
        X_train=inspection.view.X,
        shape=inspection.view.shape,
        y=inspection.y,
        scores=inspection.scores,
        threshold=inspection.threshold,
        groups=inspection.groups,
        group_labels={group: int(anomalous) for group, anomalous in GROUPS.items()},
    )
