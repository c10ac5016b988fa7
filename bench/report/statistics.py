"""statistics.md, statistics.csv and the critical-difference diagrams."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from bench import escaping
from bench.analysis.cells import Row, TableCell, TableColumn, count, fraction, laid_out, number, percent
from bench.analysis.qualities import main_qualities, qualities
from bench.analysis.results import SuiteResults
from bench.analysis.statistics.blocks import FEW, all_blocks, coverage, unit_count
from bench.analysis.statistics.intervals import PRACTICAL, in_practice, mean_interval
from bench.analysis.statistics.standing import ALPHA, Standing, judge, standings, summary
from bench.files import plain_name
from bench.report import critical_difference
from bench.report.markdown import heading, table
from bench.splits.sources import related_group

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

FIGURES = "figures"
# As many as a table of pairs can hold side by side.
SHOWN_PAIRS = 10
PAIR_COLUMNS = ("suite", "regime", "metric", "unit", "dataset", "better", "worse", "blocks", "balance", "p",
                "p_holm")  # fmt: skip
EXPLANATION = f"""\
Detectors are compared on *blocks* that are independent of one another: datasets, each by its mean over seeds.
Datasets of one source and variants of one synthetic family are one block, by their mean. Where fewer than
{FEW} blocks are left, the seeds of each dataset are the blocks, and what is said holds for new seeds of that
dataset and for no other dataset. Friedman's test asks whether the detectors differ at all, Wilcoxon's
signed-rank test asks it of each pair, with p-values corrected by Holm for all pairs of a regime: the
family-wise error rate is {100 * ALPHA:.0f} % at most. What did not end `ok` counts as worse than everything.
*Rank* is the mean rank over blocks, *win rate* the fraction of the others that a detector is ahead of, a tie
being half. *Rating* is that of the Bradley-Terry model, in Elo points: 400 more are ten times the odds to be
ahead; 1000 is the average. Its intervals are pointwise 95 % bootstrap intervals over blocks. *Wins* and
*losses* count significant differences of the signed-rank test. A detector with ● cannot be told from the best
by it: none is significantly better.

*Behind* is how far a detector's mean over blocks is below the highest mean; what did not end `ok` counts as
0. With {100 * (1 - ALPHA):.0f} % confidence the intervals of all detectors together
hold their distances to the one that is the best in truth, whichever that is (multiple comparisons with the
best). An interval from 0 says that a detector may have the highest mean. *In practice* a detector is equal to
the best where its interval ends at {PRACTICAL:g} or below, worse where it begins above, and else it is open.
Ranks and means are two questions: a detector with ● may be behind in means, and one without it may not be."""


class Comparisons(NamedTuple):
    """What the tests say of a suite under a regime, by one quality."""

    results: SuiteResults
    regime: str
    metric: str
    standings: list[Standing]

    @property
    def title(self) -> str:
        """The quality in words."""
        return qualities()[self.metric].title

    @property
    def drawn(self) -> Standing | None:
        """What a critical-difference diagram can show: more than two detectors over datasets."""
        first = self.standings[0] if self.standings else None
        return first if first and first.blocks.unit == "dataset" and len(first.complete_ranks) > 2 else None


def judge_all(results: SuiteResults) -> list[Comparisons]:
    """What the tests say of a suite under each regime, by each quality."""
    return [
        Comparisons(results, regime, metric, standings(results, regime, metric))
        for regime in results.regimes()
        for metric, quality in main_qualities().items()
        if quality.is_known(results.frame, results.headline)
    ]


def diagrams(judged: Sequence[Comparisons]) -> dict[str, str]:
    """A diagram for each comparison over datasets, by its file's name."""
    return {
        figure_file(each): critical_difference.svg(
            each.drawn, f"{each.results.name}, {each.regime}: mean ranks by {each.title}"
        )
        for each in judged
        if each.drawn
    }


def section(results: SuiteResults, judged: Sequence[Comparisons]) -> str:
    """What the tests say of a suite, a part for each regime and quality."""
    parts = [heading(results), *_shared_blocks(results)] if judged else []
    for each in judged:
        found = each.standings
        parts.append(f"### {each.regime}, by {each.title}")
        if not found:
            parts.append("There are no two detectors to compare.")
        elif found[0].blocks.unit == "dataset":
            parts += _over_datasets(each, found[0])
        else:
            parts += _over_seeds(results, each.regime, found)
    return "\n\n".join(parts)


def _shared_blocks(results: SuiteResults) -> Iterator[str]:
    """Which files and families, without their parameters, are one block, where any are."""
    by_source: dict[str, dict[str, None]] = {}
    for name in results.frame["dataset"].unique():
        file = name.partition(",")[0]
        by_source.setdefault(related_group(name), {})[file.partition(":")[0] if "=" in file else file] = None
    shared = [f"*{escaping.markdown(source)}* ({escaping.markdown(', '.join(names))})"
              for source, names in by_source.items() if len(names) > 1]  # fmt: skip
    if shared:
        yield f"Of one source, and one block each: {'; '.join(shared)}."


def _over_datasets(judged: Comparisons, standing: Standing) -> Iterator[str]:
    results, regime, metric, _ = judged
    count = unit_count(results, regime)
    yield (
        f"{count['datasets']} datasets, {count['independent']} of them independent; "
        f"{len(standing.blocks.values.columns)} detectors. {power(standing)}{_friedman(standing)}"
    )
    [counted] = all_blocks(results, regime, metric, "zero")
    found = summary(standing, counted)
    yield table(*standing_cells(found, coverage(results, regime)))
    [without] = all_blocks(results, regime, metric, "left out") or [standing.blocks]
    if without.values.isna().any(axis=None):
        for fair in judge([without], standing.alpha):  # none where one detector is left
            yield (
                "Without what did not end `ok`, each pair on the blocks that both have: not to be told from "
                f"the best are {some_of(fair.order, fair.top_group)}."
            )
    if judged.drawn:
        yield (
            "Nemenyi's test does not tell apart mean ranks that differ by less than the critical difference, "
            f"{standing.critical_difference:.2f}."
        )
        yield f"![{escaping.markdown(critical_difference.in_words(standing))}]({figure_file(judged)})"
    shown = standing.order[:SHOWN_PAIRS]
    yield f"P-values after Holm's correction, the best {len(shown)}:"
    yield _pair_table(standing, shown)


def _over_seeds(results: SuiteResults, regime: str, found: Sequence[Standing]) -> Iterator[str]:
    count = unit_count(results, regime)
    yield (
        f"Datasets: {count['datasets']}, independent: {count['independent']}; a test over datasets needs "
        f"{FEW} independent ones. Tested over seeds in each dataset, which says nothing of other datasets. "
        f"{power(max(found, key=lambda each: len(each.blocks.values)))}"
    ).rstrip()
    yield table(*seed_cells(found), left=5)


def seed_cells(found: Sequence[Standing]) -> tuple[list[str], list[Row]]:
    """Who is best on each dataset and who cannot be told from it."""
    return laid_out(SEED_COLUMNS, found)


def _all_or_some(standing: Standing) -> str:
    group = standing.top_group
    return "all" if len(group) == len(standing.order) else ", ".join(group)


SEED_COLUMNS = (
    TableColumn("dataset", lambda each: each.blocks.dataset),
    TableColumn("seeds", lambda each: count(len(each.blocks.values))),
    TableColumn("best", lambda each: each.best),
    TableColumn("not told from it", lambda each: fraction(len(each.top_group), len(each.order))),
    TableColumn("which", _all_or_some),
)


def power(standing: Standing) -> str:
    """What so many blocks can show: who is behind the best, and how large a difference it takes."""
    blocks, unit = len(standing.blocks.values), standing.blocks.unit
    units = f"{blocks} {unit}{'s' * (blocks != 1)}"
    if not standing.can_tell:
        return (
            f"With {units} no difference can be significant, however large, among {standing.comparisons} "
            f"pairs; that takes {standing.needed}, or fewer detectors. "
        )
    if unit == "seed":
        return ""
    best, others = standing.best, len(standing.order) - 1
    found = (
        f"{standing.behind_best('p')} of {others} are behind {best} before correction for "
        f"{standing.comparisons} pairs (p ≤ {standing.alpha:g} each), {standing.behind_best('p_holm')} after."
    )
    needed = standing.least_difference
    if math.isnan(needed):
        return f"{found} "
    return f"{found} With {units} it takes a difference of about {needed:.2f}; a smaller one may be real. "


def _friedman(standing: Standing) -> str:
    found = standing.friedman
    if found is None:
        return ""
    return (
        f"Friedman's chi-square {found.chi_square:.2f}, F {found.f:.2f} (Iman and Davenport), p = "
        f"{p_value(found.p_value)}."
    )


def standing_cells(found: pd.DataFrame, covered: pd.DataFrame) -> tuple[list[str], list[Row]]:
    """The table of `bench.analysis.statistics.standing.summary`, with the coverage of each detector."""
    return laid_out(STANDING_COLUMNS, found.join(covered).reset_index().to_dict("records"))


STANDING_COLUMNS = (
    TableColumn("detector", lambda row: f"{row['detector']} ●" if row["top"] else str(row["detector"])),
    TableColumn("rank", lambda row: number(row["rank"])),
    TableColumn("win rate", lambda row: percent(row["win_rate"])),
    TableColumn("rating", lambda row: with_interval(row["rating"], row["rating_low"], row["rating_high"], 0)),
    TableColumn("behind", lambda row: with_interval(row["behind"], row["behind_low"], row["behind_high"], 3)),
    TableColumn("in practice", lambda row: in_practice(-row["behind_high"], -row["behind_low"])),
    TableColumn("wins", lambda row: count(row["wins"])),
    TableColumn("losses", lambda row: count(row["losses"])),
    TableColumn("coverage", lambda row: fraction(row["ok"], row["planned"])),
)


def _pair_table(standing: Standing, shown: Sequence[str]) -> str:
    one_way = dict(zip(standing.pairs.index, standing.pairs["p_holm"], strict=True))
    found = one_way | {(worse, better): value for (better, worse), value in one_way.items()}
    rows: list[Row] = [
        [name, *(p_value(found.get((name, other), math.nan)) for other in shown)] for name in shown
    ]
    return table(["", *shown], rows)


def csv(judged: Sequence[Comparisons]) -> str:
    """All pairs over datasets; of those over seeds, which are many, the significant ones."""
    frames = [
        (each.pairs if each.blocks.unit == "dataset" else each.significant)
        .reset_index()
        .assign(
            suite=results.name,
            regime=regime,
            metric=metric,
            unit=each.blocks.unit,
            dataset=each.blocks.dataset,
        )
        for results, regime, metric, found in judged
        for each in found
    ]
    together = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=PAIR_COLUMNS)
    return escaping.csv(together[list(PAIR_COLUMNS)], float_format="%.6g")


def figure_file(judged: Comparisons) -> str:
    """The file of a critical-difference diagram, below the results folder."""
    metric = judged.metric.replace("_", "-")
    return f"{FIGURES}/critical-difference-{plain_name(judged.results.name)}-{judged.regime}-{metric}.svg"


def names(found: Sequence[str]) -> str:
    """Names in words: ``a, b and c``."""
    shown = [escaping.markdown(name) for name in found]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def some_of(everyone: Sequence[str], some: Sequence[str]) -> str:
    """Some names in words; by who is missing, where those are fewer."""
    others = [name for name in everyone if name not in some]
    if len(others) >= len(some):
        return names(some)
    return f"all but {names(others)}" if others else "all"


def p_value(value: float) -> TableCell:
    """Three decimals; ``<0.001`` below, and a dash for none."""
    return TableCell("<0.001", 0.001) if value < 0.001 else number(value, 3)


def mean_with_interval(values: Floats, digits: int) -> TableCell:
    """The mean of values, shape (n,), with the interval that `mean_interval` gives."""
    return with_interval(float(values.mean()) + 0.0, *mean_interval(values), digits)


def with_interval(value: float, low: float, high: float, digits: int) -> TableCell:
    """``0.13 [0.02, 0.26]``, or the value alone where there is no interval."""
    if math.isnan(low) or low == high:
        return number(value, digits)
    shown = number(value, digits)
    return TableCell(f"{shown} [{number(low, digits)}, {number(high, digits)}]", shown.value)
