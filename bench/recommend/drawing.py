"""The pictures of a recommendation's page, as SVG that takes the page's colours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TYPE_CHECKING, Any

import numpy as np

from bench import escaping
from bench.drawing import BLUE, CLASSES, COLOURS, ORANGE
from bench.recommend.candidates import described

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from bench.recommend.choosing import Estimate
    from bench.recommend.learning import LabelCurve
    from bench.recommend.recommending import Recommendation

# What is drawn in this colour takes that of the page's text.
INK = "#010203"
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
    **dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"), INK),
}
WIDTH = 5.6  # inches: what a telephone shows at two thirds of its size
BINS = 60
# Scores, and rows in a bin, are drawn on a logarithmic scale where the most is so many times the median.
LONG_TAIL = 20


@dataclass(frozen=True)
class Picture:
    """A drawing with its title, and what it shows in words, for those who do not see it too."""

    name: str
    title: str
    words: str
    svg: str


def histogram(found: Recommendation, threshold: float) -> Picture:
    """How the scores are distributed, with a threshold, and where the labelled rows are."""
    scores, y = found.scores, found.table.y
    is_long = scores.min() > 0 and scores.max() > LONG_TAIL * np.median(scores)
    space = np.geomspace if is_long else np.linspace
    above = int((scores > threshold).sum())
    edges = space(scores.min(), scores.max(), BINS + 1)
    counts, _ = np.histogram(scores, edges)
    is_steep = counts.max() > LONG_TAIL * np.median(counts[counts > 0])
    is_right = threshold > space(scores.min(), scores.max(), 3)[1]

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        axes.bar(edges[:-1], counts, np.diff(edges), align="edge", color=BLUE, alpha=0.75, log=is_steep)
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.set_xscale("log" if is_long else "linear")
        axes.axvline(threshold, color=ORANGE, linestyle="--")
        axes.annotate(
            f"{above:,} rows above {threshold:.4g}",
            (threshold, 1),
            (-4 if is_right else 4, -2),
            xycoords=("data", "axes fraction"),
            textcoords="offset points",
            ha="right" if is_right else "left",
            va="top",
        )
        axes.set_xlabel("score" + (", logarithmic" if is_long else ""))
        axes.set_ylabel("rows" + (", logarithmic" if is_steep else ""))
        for place, (label, name) in enumerate(CLASSES.items()):
            if y is not None and (y == label).any():
                at = scores[y == label]
                height = np.full(len(at), -0.03 - 0.05 * place)
                axes.plot(at, height, "|", color=COLOURS[label], transform=axes.get_xaxis_transform(),
                          clip_on=False, label=f"labelled {name}")  # fmt: skip
        if axes.get_legend_handles_labels()[0]:
            axes.tick_params(axis="x", pad=14)
            figure.legend(loc="outside upper left", ncols=2)

    low, middle = scores.min(), np.median(scores)
    return _drawn(
        "scores",
        "Scores of all rows",
        f"From {low:.4g} to {scores.max():.4g}, median {middle:.4g}. {above:,} of {len(scores):,} rows score "
        f"above {threshold:.4g}.",
        2.6,
        draw,
    )


def intervals(estimates: Sequence[Estimate], chosen: str) -> Picture:
    """ROC AUC of candidates by the labels, with intervals."""
    names = [described(each.name) + (" *" if each.name == chosen else "") for each in estimates]

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        for place, each in enumerate(estimates):
            colour = ORANGE if each.name == chosen else BLUE
            axes.plot([each.low, each.high], [place, place], color=colour)
            axes.plot(each.auc, place, "o", color=colour)
        axes.set_yticks(range(len(names)), [_wrapped(name) for name in names], parse_math=False)
        axes.invert_yaxis()
        axes.set_xlabel("ROC AUC by your labels, 95 % interval; * recommended")

    said = "; ".join(
        f"{name} {each.auc:.2f} ({each.low:.2f} to {each.high:.2f})"
        for name, each in zip(names, estimates, strict=True)
    )
    return _drawn("candidates", "Detectors by your labels", f"ROC AUC, 95 % interval: {said}.",
                  0.8 + 0.42 * len(names), draw)  # fmt: skip


def curve(found: LabelCurve) -> Picture:
    """ROC AUC by number of labels."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        axes.fill_between(found.labels, found.low, found.high, color=BLUE, alpha=0.25, linewidth=0)
        axes.plot(found.labels, found.auc, "o-", color=BLUE)
        axes.set(xlabel="labels", ylabel="ROC AUC on the other labelled rows")

    said = ", ".join(f"{n} labels {auc:.2f}" for n, auc in zip(found.labels, found.auc, strict=True))
    return _drawn(
        "label-efficiency",
        "What so many labels would have given",
        f"Mean ROC AUC of the candidates weighted by a part of your labels, on labelled rows that gave no "
        f"weight: {said}. The band holds four fifths of the draws.",
        2.8,
        draw,
    )


def _drawn(name: str, title: str, words: str, height: float, draw: Any) -> Picture:
    """A picture, ``height`` inches high; equal ones have equal bytes."""
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({**STYLE, "svg.hashsalt": name})
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        figure.patch.set_alpha(0)
        draw(figure)
        for axes in figure.axes:
            _let_through(axes)
        drawn = StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    return Picture(name, title, words, _inline(drawn.getvalue(), title, words))


def _let_through(axes: Axes) -> None:
    """Let the page's ground be seen."""
    axes.patch.set_alpha(0)


def _inline(drawn: str, title: str, words: str) -> str:
    """An SVG file as an element of a page: no ids that it does not need, and the colour of its text."""
    element = drawn[drawn.index("<svg") :].replace(INK, "currentColor")
    used = set(re.findall(r"(?:#|url\(#)([\w-]+)", element))
    element = re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in used else "", element)
    element = re.sub(r"<metadata>.*?</metadata>", "", element, flags=re.DOTALL)
    described_by = f"<title>{escaping.html(title)}</title><desc>{escaping.html(words)}</desc>"
    return re.sub(
        r'<svg ([^>]*?)width="[^"]*" height="[^"]*"([^>]*)>|<svg ([^>]*)>',
        lambda tag: f'<svg role="img" {"".join(filter(None, tag.groups()))}>{described_by}',
        element,
        count=1,
    )


def _wrapped(name: str) -> str:
    """A name in lines that leave the axes their room."""
    import textwrap

    return "\n".join(textwrap.wrap(escaping.terminal(name), 28))
