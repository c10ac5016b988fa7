"""Tables: rows of columns that have no order among them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.modalities import OF_EACH_GROUP, CataloguePicture, InspectPicture, Modality

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

    from bench.drawing import Sheet
    from bench.splits.arrays import Floats
    from bench.splits.split import Split

AXIS = "column (counted from 0)"
MARKERS = {0: ".", 1: "x"}
# Points of each class in the catalogue; lines of each group in `inspect`.
MOST_POINTS = 150
LINES = 8
# Standardised values beyond are drawn as these.
CLIPPED = 4.0
CAPTION = (
    f"{OF_EACH_GROUP} Values are standardised by the training rows; beyond {CLIPPED:g} colours are the same."
)


def draw_split(panel: SubFigure, split: Split) -> None:
    """A scatter plot of the test rows, in the two columns that tell the classes apart best."""
    from bench.drawing import CLASSES, COLOURS

    X, y = split.test
    first, second = _separating_columns(X, y)
    axes = panel.subplots()
    for label, name in CLASSES.items():
        rows = X[y == label][:MOST_POINTS]
        colour, marker = COLOURS[label], MARKERS[label]
        axes.scatter(
            rows[:, first], rows[:, second], s=14, c=colour, marker=marker, linewidths=0.8, label=name
        )
    axes.set_xlabel(f"column {first + 1} of {X.shape[1]}", fontsize=8)
    axes.set_ylabel(f"column {second + 1}", fontsize=8)
    axes.tick_params(labelsize=7)


def _separating_columns(X: Floats, y: Any) -> tuple[int, int]:
    """The pair in which Gaussians fitted to the classes are farthest apart (Bhattacharyya's distance)."""
    import numpy as np

    if X.shape[1] == 1:
        return 0, 0
    covariances = np.stack([np.cov(X[y == value].T) for value in (0, 1)])
    both = covariances.mean(axis=0)
    variances, apart = np.diag(both), X[y == 1].mean(axis=0) - X[y == 0].mean(axis=0)

    def determinants(covariance: Floats) -> Floats:
        """That of each pair of columns."""
        return np.outer(np.diag(covariance), np.diag(covariance)) - covariance**2

    with np.errstate(all="ignore"):  # constant columns
        between = np.outer(apart**2, variances)
        between = (between + between.T - 2 * np.outer(apart, apart) * both) / determinants(both)
        within = np.log(determinants(both) ** 2 / np.prod([*map(determinants, covariances)], axis=0))
        distances = np.triu(np.nan_to_num(between / 8 + within / 4, posinf=0, neginf=0), k=1)
    first, second = np.unravel_index(distances.argmax(), distances.shape)
    return int(first), int(second)


def draw_sheet(sheet: Sheet) -> Figure:
    """Values as colours; with reconstructions, each in a line below its row."""
    import numpy as np
    from matplotlib.ticker import MaxNLocator

    from bench.drawing import diverging, say_empty

    lines_a_row = 1 if sheet.rebuilt is None else 2
    chosen = {group: sheet.chosen(group, LINES // lines_a_row) for group in sheet.groups}
    lines = [max(1, len(rows)) * lines_a_row for rows in chosen.values()]
    figure = sheet.figure(7.5, 1.8 + 0.17 * sum(lines))
    every = figure.subplots(len(lines), 1, height_ratios=lines, sharex=True)
    mean, deviation = sheet.X_train.mean(axis=0), sheet.X_train.std(axis=0)
    deviation[deviation == 0] = 1
    shown: Any = None
    for axes, (group, rows) in zip(every, chosen.items(), strict=True):
        axes.set_title(sheet.heading(group), loc="left")
        if not len(rows):
            say_empty(axes, group)
            continue
        names = [sheet.name(row) for row in rows]
        values = sheet.X[rows]
        if sheet.rebuilt is not None:
            values = np.stack([values, sheet.rebuilt[rows]], axis=1).reshape(-1, values.shape[1])
            names = [line for name in names for line in (name, "rebuilt")]
        shown = axes.imshow(
            (values - mean) / deviation,
            cmap=diverging(),
            vmin=-CLIPPED,
            vmax=CLIPPED,
            aspect="auto",
            interpolation="nearest",
        )
        axes.set_yticks(range(len(names)), names, fontsize=7)
        for border in range(lines_a_row, len(names), lines_a_row):
            axes.axhline(border - 0.5, color="white", linewidth=1.5)
    every[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.supxlabel(AXIS, fontsize=9)
    bar = figure.colorbar(
        shown, ax=every, label="standard deviations from the training mean", extend="both", aspect=35
    )
    bar.ax.tick_params(labelsize=8)
    return figure


MODALITY = Modality(
    name="table",
    order=0,
    axis=AXIS,
    shape=(6,),
    wide_shape=(40,),
    one_column=True,
    catalogue=CataloguePicture(
        draw=draw_split,
        across=4,
        inches=(2.6, 2.4),
        alternative="scatter plots of two columns, normal rows as blue dots and anomalies as orange crosses",
    ),
    inspect=InspectPicture(
        draw=draw_sheet,
        kind="Values, as colours,",
        caption=CAPTION,
        rebuilt_caption=f"{CAPTION} Each row has its reconstruction below it.",
    ),
)
