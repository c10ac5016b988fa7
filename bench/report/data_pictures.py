"""Pictures of datasets: some of the normal rows against some of the anomalous ones."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench import escaping
from bench.files import write_file
from bench.modalities import MODALITIES
from bench.plugins.metadata import DatasetPlugin
from bench.plugins.registry import missing_packages
from bench.report.data_catalogue import example_titles, picture_of

# One whose random shapes differ visibly.
SEED = 3
# Fewer rows than by default: nothing is learnt from them.
SIZES = {"normals": 200, "anomalies": 40, "test_normals": 150, "test_anomalies": 50}
COLOURS = 64


def draw_pictures(datasets: Iterable[DatasetPlugin], folder: Path) -> list[str]:
    """Draw a picture of each dataset that has one and is available; returns the names of their files."""
    drawn = []
    for plugin in datasets:
        name = picture_of(plugin)
        if name is not None and not missing_packages(plugin):
            write_file(folder, name, _draw(plugin), option="--pictures")
            drawn.append(name)
    return drawn


def _draw(plugin: DatasetPlugin) -> bytes:
    from matplotlib.figure import Figure

    from bench.trials.split_cache import make_split

    picture = MODALITIES[plugin.modality].catalogue
    width, height = picture.inches
    examples = plugin.examples
    across = min(picture.across, len(examples))
    down = -(-len(examples) // across)
    figure = Figure(figsize=(max(width * across, 3.8), height * down + 0.3), dpi=100, layout="constrained")
    common, titles = example_titles(plugin)
    heading = ", ".join(filter(None, [plugin.name, common, f"seed {SEED}"]))
    figure.suptitle(escaping.plot(heading), fontsize=10, x=0.02, ha="left")
    panels = figure.subfigures(down, across, squeeze=False).flat
    sizes = {name: value for name, value in SIZES.items() if name in plugin.defaults}
    for panel, given, title in zip(panels, examples, titles, strict=False):
        panel.suptitle(escaping.plot(title), fontsize=8)
        picture.draw(panel, make_split(plugin, {**plugin.defaults, **sizes, **given}, SEED))
    handles, names = panel.axes[0].get_legend_handles_labels()
    if handles:
        figure.legend(handles, names, loc="upper right", ncols=2, fontsize=7, frameon=False, handletextpad=0)
    return _png(figure)


def _png(figure: Any) -> bytes:
    """A PNG of few colours, which is a third of the size."""
    from io import BytesIO

    from PIL import Image

    drawn, reduced = BytesIO(), BytesIO()
    figure.savefig(drawn, format="png")
    few = Image.open(drawn).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(reduced, format="png", optimize=True)
    return reduced.getvalue()
