"""Pictures of datasets: some of the normal rows against some of the anomalous ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.plugins.contract import Modality
from bench.plugins.metadata import DatasetPlugin
from bench.plugins.registry import missing_packages
from bench.report.data_catalogue import example_titles, picture_of
from bench.report.palette import BLUE, ORANGE
from bench.splits.split import Split

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

# One whose random shapes can be told apart by eye.
SEED = 3
# Fewer rows than by default: nothing is learnt from them.
SIZES = {"normals": 200, "anomalies": 40, "test_normals": 150, "test_anomalies": 50}
COLOURS = 64
CURVES, TILES = 4, (2, 3)


def draw_pictures(datasets: Iterable[DatasetPlugin], folder: Path) -> list[str]:
    """Draw a picture of each dataset that has one and is available; returns the names of their files."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = []
    for plugin in datasets:
        name = picture_of(plugin)
        if name is not None and not missing_packages(plugin):
            _draw(plugin, folder / name)
            drawn.append(name)
    return drawn


def _draw(plugin: DatasetPlugin, file: Path) -> None:
    from matplotlib.figure import Figure

    from bench.trials.split_cache import make_split

    draw, across, (width, height) = LAYOUTS[plugin.modality]
    examples = plugin.examples
    across = min(across, len(examples))
    down = -(-len(examples) // across)
    figure = Figure(figsize=(max(width * across, 3.8), height * down + 0.3), dpi=100, layout="constrained")
    common, titles = example_titles(plugin)
    heading = ", ".join(filter(None, [plugin.name, common, f"seed {SEED}"]))
    figure.suptitle(heading, fontsize=10, x=0.02, ha="left")
    panels = figure.subfigures(down, across, squeeze=False).flat
    sizes = {name: value for name, value in SIZES.items() if name in plugin.defaults}
    for panel, given, title in zip(panels, examples, titles, strict=False):
        panel.suptitle(title, fontsize=8)
        draw(panel, make_split(plugin, {**plugin.defaults, **sizes, **given}, SEED))
    handles, names = panel.axes[0].get_legend_handles_labels()
    if handles:
        figure.legend(handles, names, loc="upper right", ncols=2, fontsize=7, frameon=False, handletextpad=0)
    _save(figure, file)


def _save(figure: Any, file: Path) -> None:
    """As a PNG of few colours, which is a third of the size."""
    from io import BytesIO

    from PIL import Image

    drawn = BytesIO()
    figure.savefig(drawn, format="png")
    Image.open(drawn).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)


def _scatter(panel: Any, split: Split) -> None:
    X, y = split.test
    first, second = _telling_columns(X, y)
    axes = panel.subplots()
    for value, colour, marker, name in ((0, BLUE, ".", "normal"), (1, ORANGE, "x", "anomalous")):
        rows = X[y == value][: SIZES["test_normals"]]
        axes.scatter(
            rows[:, first], rows[:, second], s=14, c=colour, marker=marker, linewidths=0.8, label=name
        )
    axes.set_xlabel(f"column {first + 1} of {X.shape[1]}", fontsize=8)
    axes.set_ylabel(f"column {second + 1}", fontsize=8)
    axes.tick_params(labelsize=7)


def _telling_columns(X: Floats, y: Any) -> tuple[int, int]:
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


def _curves(panel: Any, split: Split) -> None:
    X, y = split.test
    for axes, value, colour, name in _two(panel, sharey=True):
        axes.plot(X[y == value][:CURVES].T, color=colour, linewidth=0.8, alpha=0.8)
        axes.set_title(name, fontsize=8)
        axes.set_xlabel("position (points)", fontsize=8)
        axes.tick_params(labelsize=7)
        if value == 0:
            axes.set_ylabel("value", fontsize=8)


def _images(panel: Any, split: Split) -> None:
    import numpy as np

    X, y = split.test
    bounds = np.quantile(X, [0.001, 0.999])
    for axes, value, _, name in _two(panel):
        tiles = X[y == value][: TILES[0] * TILES[1]].reshape(*TILES, *split.shape)
        tiles = np.pad(tiles, ((0, 0), (0, 0), (0, 1), (0, 1)), constant_values=np.nan)
        height, width = split.shape
        shown = axes.imshow(
            tiles.swapaxes(1, 2).reshape(TILES[0] * (height + 1), -1),
            cmap="gray",
            vmin=bounds[0],
            vmax=bounds[1],
        )
        axes.set_title(name, fontsize=8)
        axes.set_xlabel(f"images of {width} × {height} pixels", fontsize=7)
        axes.set_xticks([])
        axes.set_yticks([])
    bar = panel.colorbar(shown, ax=panel.axes, shrink=0.8)
    bar.set_label("value", fontsize=7)
    bar.ax.tick_params(labelsize=6)


def _two(panel: Any, **options: Any) -> list[tuple[Any, int, str, str]]:
    """Axes for normal rows and for anomalous ones, with the label, colour and name of each."""
    left, right = panel.subplots(1, 2, **options)
    return [(left, 0, BLUE, "normal"), (right, 1, ORANGE, "anomalous")]


# How to draw rows of a modality, how many examples to set side by side, and the inches of each.
LAYOUTS: dict[Modality, tuple[Callable[[Any, Split], None], int, tuple[float, float]]] = {
    "table": (_scatter, 4, (2.6, 2.4)),
    "curve": (_curves, 3, (3.4, 2.1)),
    "image": (_images, 2, (3.6, 1.7)),
}
