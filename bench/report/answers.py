"""What the runs of a suite answer to "who is better?", in a sentence for each regime."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from msgspec import Struct

from bench import escaping
from bench.analysis.qualities import Quality
from bench.analysis.results import SuiteResults
from bench.analysis.statistics.behind import behind_best
from bench.analysis.statistics.blocks import Blocks, all_blocks
from bench.analysis.statistics.standing import ALPHA, Standing

# As many detectors as a sentence names.
NAMED = 4


class Answer(Struct, frozen=True):
    """``text`` in Markdown."""

    regime: str
    text: str


@dataclass(frozen=True)
class Lead:
    """How far each detector's mean over ``blocks`` independent datasets is behind the highest.

    table: the best first. ``mean`` is that of what ranks the boards, turned so that the higher is the better;
    what did not end "ok" counts as zero. ``low`` and ``high`` are the limits of its distance to the detector
    that is the best in truth (`bench.analysis.statistics.behind`): ``low`` is 0 for those that may be the
    best. Empty where there are too few independent datasets, or no two detectors.
    """

    table: pd.DataFrame
    blocks: int

    @classmethod
    def of(cls, results: SuiteResults, regime: str) -> Lead:
        [first, *_] = all_blocks(results, regime, None, "zero") or [Blocks(pd.DataFrame(), "seed")]
        whole = first.complete
        if first.unit != "dataset" or whole.shape[1] < 2:
            return cls(pd.DataFrame(columns=["mean", "low", "high"], dtype=float), 0)
        found = behind_best(whole.to_numpy(float), ALPHA)
        table = pd.DataFrame({"mean": whole.mean(), "low": found.low, "high": found.high}, whole.columns)
        return cls(table.sort_values("mean", ascending=False, kind="stable"), len(whole))

    @property
    def may_be_best(self) -> list[str]:
        """Those of which it is not excluded that they are the best in truth."""
        return list(map(str, self.table.index[self.table["low"] <= 0]))


def answer(quality: Quality, lead: Lead, found: Sequence[Standing]) -> str:
    """Who is ahead under a regime, and whether others may be as good, in Markdown.

    quality: what ranks the boards. found: the standings by it, for where there are too few datasets.
    """
    if len(lead.table):
        return _over_datasets(quality, lead)
    return _over_seeds(quality, found) if found else "There are no two detectors to compare."


def _over_datasets(quality: Quality, lead: Lead) -> str:
    leader, *others = map(str, lead.table.index)
    mean = quality.metric.oriented(lead.table["mean"])[leader]
    best = f"{_name(leader)} has the best mean {quality.title}, {mean:.2f}"
    ahead = f"{best} over {lead.blocks} independent datasets."
    rivals = [name for name in lead.may_be_best if name != leader]
    sure = f"({100 * (1 - ALPHA):.0f} % confidence)"
    if not rivals:
        return f"{ahead} None of the {len(others)} others can be the best {sure}."
    which = ", ".join(map(_name, rivals)) if len(rivals) <= NAMED else str(len(rivals))
    return f"{ahead} Of the {len(others)} others, {which} may be the best, too {sure}."


def _over_seeds(quality: Quality, found: Sequence[Standing]) -> str:
    if len(found) == 1:
        [standing] = found
        seeds, others = len(standing.blocks.values), len(standing.order) - 1
        ahead = (
            f"{_name(standing.best)} has the best mean rank by {quality.title}, over {seeds} "
            f"seed{'s' * (seeds != 1)} of one dataset."
        )
        if not standing.can_tell:
            return f"{ahead} With so few no difference can be significant."
        behind = standing.behind_best("p_holm")
        who = f"{behind} of the {others} others are" if others > 1 else f"The other is{' not' * (not behind)}"
        return f"{ahead} {who} significantly behind it there."
    firsts = Counter(standing.best for standing in found).most_common()
    [(leader, count), *rest] = firsts
    ahead = f"{_name(leader)} is ahead on {count} of {len(found)} datasets by {quality.title}"
    more = ", ".join(f"{_name(name)} on {times}" for name, times in rest[: NAMED - 1])
    return (
        f"{ahead}{f', {more}' if more else ''}; these are too few independent ones to say who is better "
        "on others."
    )


def _name(detector: str) -> str:
    return f"**{escaping.markdown(detector)}**"
