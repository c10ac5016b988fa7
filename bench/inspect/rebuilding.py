"""Pictures of what a detector cannot rebuild, and of how it learned to."""

from __future__ import annotations

from typing import Any

import numpy as np

from bench.drawing import CLASSES, COLOURS, diverging, new_figure, say_empty, spread
from bench.inspect.drawing import NotShown, Picture, counts
from bench.inspect.inspection import Inspection
from bench.inspect.rows import NO_REBUILDING
from bench.modalities import MODALITIES

MOST_ROWS = 100
BINS = 60
# Fraction of all differences that the colours and the bins tell apart.
WITHIN = 0.995
DIFFERENCE = "row less reconstruction"


def heat_maps(inspection: Inspection) -> Picture | NotShown:
    title = "What cannot be rebuilt, row by row"
    if inspection.differences is None:
        return NotShown(title, NO_REBUILDING)
    figure = new_figure(inspection.name, title, 8, 5.2)
    limit = _limit(inspection.differences)
    every = figure.subplots(2, 2, sharex=True)
    shown: Any = None
    for axes, (group, rows) in zip(every.flat, inspection.groups.items(), strict=True):
        highest_first = spread(rows, MOST_ROWS)[::-1]
        if not len(rows):
            say_empty(axes, group)
            continue
        axes.set_title(f"{group}: {len(highest_first)} of {len(rows)} rows shown", loc="left")
        shown = axes.imshow(
            inspection.differences[highest_first],
            cmap=diverging(),
            vmin=-limit,
            vmax=limit,
            aspect="auto",
            interpolation="nearest",
        )
        marked = np.unique(np.linspace(0, len(highest_first) - 1, 4).round().astype(int))
        axes.set_yticks(marked, [f"{inspection.scores[row]:.3g}" for row in highest_first[marked]])
        axes.tick_params(labelsize=8)
    figure.supxlabel(MODALITIES[inspection.modality].axis, fontsize=9)
    figure.supylabel("score of the row", fontsize=9)
    figure.colorbar(shown, ax=every, label=DIFFERENCE, extend="both", aspect=35)
    spreads = ", ".join(
        f"{group} {np.abs(inspection.differences[rows]).mean():.3g}"
        for group, rows in inspection.groups.items()
        if len(rows)
    )
    return Picture(
        "differences",
        title,
        f"Rows are in the order of their scores, the highest on top; of a larger group {MOST_ROWS} rows "
        f"are shown, evenly chosen. Differences beyond ±{limit:.3g} are drawn as that.",
        f"Heat maps of rows less their reconstructions: {counts(inspection)}. "
        f"Mean absolute differences: {spreads}.",
        figure,
    )


def difference_histograms(inspection: Inspection) -> Picture | NotShown:
    title = "How the differences from the reconstructions are distributed"
    if inspection.differences is None:
        return NotShown(title, NO_REBUILDING)
    figure = new_figure(inspection.name, title, 6.5, 3.4)
    axes = figure.subplots()
    limit = _limit(inspection.differences)
    edges = np.linspace(-limit, limit, BINS + 1)
    said = []
    for label, name in CLASSES.items():
        values = inspection.differences[inspection.y == label].ravel()
        fractions = np.histogram(values.clip(-limit, limit), edges)[0] / len(values)
        outline = "-" if label == 0 else "--"
        axes.stairs(fractions, edges, color=COLOURS[label], linestyle=outline, linewidth=1.5, label=name)
        said.append(f"{name} rows {values.std():.3g}")
    axes.set_yscale("log")
    axes.set(xlabel=DIFFERENCE, ylabel="fraction of the class's values, logarithmic")
    figure.legend(loc="outside lower left", ncols=2)
    return Picture(
        "difference-histograms",
        title,
        f"All values of all test rows of a class. What lies beyond ±{limit:.3g} is in the outermost bins.",
        f"Histograms of rows less their reconstructions. Standard deviations: {', '.join(said)}.",
        figure,
    )


def losses(inspection: Inspection) -> Picture | NotShown:
    from matplotlib.ticker import MaxNLocator

    title = "Loss by epoch"
    if not inspection.losses:
        return NotShown(title, "it has no stage that keeps losses_by_epoch")
    figure = new_figure(inspection.name, title, 6.5, 3.6)
    axes = figure.subplots()
    colours = [COLOURS[0], COLOURS[1]]
    for i, (name, values) in enumerate(inspection.losses.items()):
        epochs = range(1, len(values) + 1)
        axes.plot(epochs, values, color=colours[i % 2], linestyle="-" if i == 0 else "--", label=name)
    positive = all(min(values) > 0 for values in inspection.losses.values())
    axes.set_yscale("log" if positive else "linear")
    axes.set(xlabel="epoch", ylabel="mean loss over the epoch" + (", logarithmic" if positive else ""))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    figure.legend(loc="outside lower left", ncols=2)
    said = "; ".join(
        f"{name} goes from {values[0]:.3g} to {values[-1]:.3g} in {len(values)} epochs"
        for name, values in inspection.losses.items()
    )
    return Picture(
        "losses",
        title,
        "On the training rows, while they were learnt from.",
        f"Losses on a line: {said}.",
        figure,
    )


def _limit(differences: Any) -> float:
    """Differences beyond this are few; never zero."""
    return float(np.quantile(np.abs(differences), WITHIN)) or 1.0
