"""Images: rows that hold the pixels of a grey image, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.modalities import OF_EACH_GROUP, CataloguePicture, InspectPicture, Modality

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

    from bench.drawing import Sheet
    from bench.splits.split import Split

# Lines and columns of images of a class in the catalogue; images of each group in `inspect`.
TILES = (2, 3)
ACROSS = 5
# Quantiles of all values between which grey levels lie.
BOUNDS = (0.001, 0.999)


def draw_split(panel: SubFigure, split: Split) -> None:
    """A few test images of each class."""
    import numpy as np

    from bench.drawing import axes_by_class

    X, y = split.test
    bounds = np.quantile(X, BOUNDS)
    height, width = split.shape
    for axes, label in axes_by_class(panel):
        tiles = X[y == label][: TILES[0] * TILES[1]].reshape(*TILES, *split.shape)
        tiles = np.pad(tiles, ((0, 0), (0, 0), (0, 1), (0, 1)), constant_values=np.nan)
        shown = axes.imshow(
            tiles.swapaxes(1, 2).reshape(TILES[0] * (height + 1), -1),
            cmap="gray",
            vmin=bounds[0],
            vmax=bounds[1],
        )
        axes.set_xlabel(f"images of {width} × {height} pixels", fontsize=7)
        axes.set_xticks([])
        axes.set_yticks([])
    bar = panel.colorbar(shown, ax=panel.axes, shrink=0.8)
    bar.set_label("value", fontsize=7)
    bar.ax.tick_params(labelsize=6)


def draw_sheet(sheet: Sheet) -> Figure:
    """A tile for each row, and its reconstruction on its right."""
    import numpy as np

    height, width = sheet.shape
    low, high = np.quantile(sheet.X, BOUNDS)
    tall = 1.5 * min(2, height / width) / (1 if sheet.rebuilt is None else 2)
    figure, grid = sheet.grid(ACROSS, (1.5, tall))
    for axes, _, row in grid:
        tile = sheet.X[row].reshape(height, width)
        if sheet.rebuilt is not None:
            gap = np.full((height, 1), np.nan)
            tile = np.hstack([tile, gap, sheet.rebuilt[row].reshape(height, width)])
        shown = axes.imshow(tile, cmap="gray", vmin=low, vmax=high)
        axes.set_axis_off()
    figure.supxlabel(f"images of {width} × {height} pixels", fontsize=9)
    figure.colorbar(shown, ax=figure.axes, label="value of a pixel", aspect=40)
    return figure


MODALITY = Modality(
    name="image",
    order=2,
    axis="pixel (row by row)",
    shape=(8, 8),
    wide_shape=(16, 16),
    catalogue=CataloguePicture(
        draw=draw_split,
        across=2,
        inches=(3.6, 1.7),
        alternative="a few normal images beside a few anomalous ones",
    ),
    inspect=InspectPicture(
        draw=draw_sheet,
        kind="Images",
        caption=f"{OF_EACH_GROUP} Each tile is a row.",
        rebuilt_caption=f"{OF_EACH_GROUP} Each row has its reconstruction on its right.",
    ),
)
