"""Critical-difference diagrams (Demsar, 2006) as SVG."""

from __future__ import annotations

import re
from io import StringIO

import pandas as pd

from bench import escaping
from bench.analysis.statistics.standing import Standing
from bench.drawing import BLUE

# More names than these cannot be read; the others are worse than all of them.
SHOWN = 20
# Characters of a name that leave the axis its room.
LONG = 40
INK = "#222222"


def in_words(standing: Standing) -> str:
    """What the diagram shows, for those who do not see it."""
    shown = ", ".join(f"{name} {rank:.2f}" for name, rank in standing.complete_ranks.head(SHOWN).items())
    return (
        f"Critical-difference diagram of mean ranks over {len(standing.blocks.values)} datasets, lower is "
        f"better; the critical difference is {standing.critical_difference:.2f}. {shown}"
    )


def svg(standing: Standing, title: str) -> str:
    """The diagram of the best detectors; bars join those that Nemenyi's test does not tell apart."""
    import matplotlib
    from matplotlib.figure import Figure
    from scikit_posthocs import critical_difference_diagram

    everyone = standing.complete_ranks
    ranks = everyone.head(SHOWN).rename(escaping.terminal)
    # The same bytes for the same ranks; text stays text, to be searched and read aloud.
    with matplotlib.rc_context({"svg.hashsalt": "bench", "svg.fonttype": "none", "font.size": 9}):
        # Names stand on both sides; long ones would leave no room for the axis.
        beyond = max(0, max(map(len, ranks.index)) - LONG)
        figure = Figure(figsize=(9 + 0.15 * beyond, 1.6 + 0.13 * len(ranks)), layout="constrained")
        axes = figure.subplots()
        parts = critical_difference_diagram(
            ranks,
            _apart(ranks, standing.critical_difference),
            ax=axes,
            label_fmt_left="{label} ({rank:.2f})",
            label_fmt_right="({rank:.2f}) {label}",
            color_palette=[INK] * len(ranks),
            crossbar_props={"color": BLUE},
            elbow_props={"linewidth": 0.8},
            label_props={"parse_math": False},  # a dollar in a name is a dollar
        )
        for [bar] in parts["crossbars"]:  # drawn through the ranks in the order of a set
            places = bar.get_xdata()
            bar.set_data([min(places), max(places)], bar.get_ydata()[:2])
        of_all = f", the best {SHOWN} of {len(everyone)}" if len(everyone) > SHOWN else ""
        axes.set_title(escaping.terminal(f"{title}{of_all}"), loc="left", parse_math=False)
        axes.set_xlabel(
            f"mean rank over {len(standing.blocks.values)} datasets, lower is better; bars join ranks within "
            f"the critical difference, {standing.critical_difference:.2f}"
        )
        axes.xaxis.set_label_position("top")
        drawn = StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    return _with_alternative(drawn.getvalue(), title, in_words(standing))


def _apart(ranks: pd.Series, critical_difference: float) -> pd.DataFrame:
    """As `critical_difference_diagram` takes it: 0 for a pair that differs significantly, else 1."""
    values = ranks.to_numpy()
    near = abs(values[:, None] - values[None, :]) < critical_difference
    return pd.DataFrame(near.astype(float), ranks.index, ranks.index)


def _with_alternative(drawn: str, title: str, words: str) -> str:
    """The drawing with its title and its content in words, as screen readers look for them."""
    described = f"<title>{escaping.html(title)}</title>\n <desc>{escaping.html(words)}</desc>"
    return re.sub(r"<svg ([^>]*)>", lambda tag: f'<svg role="img" {tag[1]}>\n {described}', drawn, count=1)
