"""``rank``: where one detector stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.cli import _options as options
from bench.cli._output import console, table

if TYPE_CHECKING:
    from bench.analysis.placing import Placing
    from bench.analysis.statistics.standing import Standing


def command(
    detector: Annotated[str, typer.Argument(help="The detector, as the leaderboard names it.")],
    suite: Annotated[
        str | None,
        typer.Option(help="Only this suite; all suites that have the detector if left out."),
    ] = None,
    metric: Annotated[
        str | None,
        typer.Option(help="f1, roc_auc, average_precision, ...; what ranks the boards if left out."),
    ] = None,
    alpha: Annotated[
        float, typer.Option(help="How often a difference may be found by chance, over all pairs of a regime.")
    ] = 0.05,
    results: options.Results = Path("results"),
    plugins: options.Plugins = None,
) -> None:
    """Say where a detector stands: its place, whom it beats and who beats it, and on which kinds of data.

    Wins and losses are significant by Wilcoxon's signed-rank test with Holm's correction for all pairs of a
    regime, over independent datasets; where a suite has too few, over the seeds of each dataset.
    """
    from bench import api

    found = api.rank(detector, suite=suite, metric=metric, alpha=alpha, results=results, plugins=plugins)
    for each in found:
        _print(each)


def _print(placing: Placing) -> None:
    from bench.report.statistics import power

    out = console()
    out.print(f"{placing.suite}, {placing.regime}", style="bold")
    for standing in placing.standings:
        out.print(place_line(standing, placing.detector), markup=False)
        for line in _pairs(standing, placing.detector):
            out.print(f"  {line}", markup=False)
    if not placing.standings:
        out.print("no other detector to compare with")
    elif power(placing.standings[0]):
        out.print(power(placing.standings[0]).strip(), markup=False)
    out.print(table(["kind of data", "", "datasets", "mean rank", "win rate", "best there"],
                    [_kind(row) for row in placing.kinds.to_dict("records")], right=(2, 3, 4)))  # fmt: skip
    out.print()


def place_line(standing: Standing, detector: str) -> str:
    """Over which blocks, the place, and with whom it is shared."""
    blocks = len(standing.blocks.values)
    where = (
        f"over {blocks} independent datasets"
        if standing.blocks.unit == "dataset"
        else f"{standing.blocks.dataset}, over {blocks} seed{'s' * (blocks != 1)}"
    )
    place = standing.place(detector)
    shared = int((standing.ranks == standing.ranks[detector]).sum()) - 1
    beside = f", shared with {shared} other{'s' * (shared != 1)}" if shared else ""
    top = ", not significantly worse than the best" if place > 1 and detector in standing.top_group else ""
    rank = f"mean rank {standing.ranks[detector]:.1f}"
    return f"{where}: place {place} of {len(standing.ranks)}{beside}, {rank}{top}"


def _pairs(standing: Standing, detector: str) -> list[str]:
    """Whom the detector beats, who beats it, and how many are neither, a line each."""
    wins, losses = standing.wins(detector), standing.losses(detector)
    pairs = (("significantly better than", wins), ("significantly worse than", losses))
    lines = [f"{what} {_detectors(len(names))}: {', '.join(names)}" for what, names in pairs if names]
    others = len(standing.order) - 1 - len(wins) - len(losses)
    return [*lines, *[f"no significant difference from {_detectors(others)}"] * bool(others)]


def _detectors(number: int) -> str:
    return f"{number} detector{'s' * (number != 1)}"


def _kind(row: Any) -> list[str]:
    place = f"{row['rank']:.1f} of {row['of']}"
    return [
        row["kind"],
        str(row["name"]),
        str(row["datasets"]),
        place,
        f"{100 * row['win_rate']:.0f} %",
        row["best"],
    ]
