"""replication.md: how many trials it takes to tell which detectors are best."""

from __future__ import annotations

from dataclasses import dataclass

from bench import escaping
from bench.analysis.cells import Row, percent
from bench.analysis.racing import seed_means
from bench.analysis.results import SuiteResults
from bench.analysis.statistics.sequential import LOOKS, Look, looks, run_race
from bench.analysis.statistics.standing import ALPHA
from bench.report.markdown import environment_lines, table
from bench.report.studies import Study

# So many seeds are enough to judge a race by.
ENOUGH = 20
EXPLANATION = f"""\
`run --until-resolved` gives further seeds only to detectors that may still be the best. It looks at the means
over datasets after {", ".join(map(str, LOOKS[:4]))} … seeds, at each pair by a t-test over seeds, and spends
its error over the looks so that the chance that one of the best is left out is {100 * ALPHA:.0f} % in all.
Here the same rule is replayed on trials that were all run: *trials* is how many it would have needed,
*same best* whether it ends with the detectors that one look at all seeds, with the whole error, cannot tell
from the best either."""


@dataclass(frozen=True)
class Replay:
    """A race over stored trials, beside one look at all of them. ``used`` of ``all`` trials were needed."""

    regime: str
    detectors: int
    seeds: int
    top_group: list[str]
    fixed_group: list[str]
    used: int
    all: int


def markdown(results: SuiteResults) -> str:
    """What the race would have spared, a row for each regime, and who is left."""
    found = [each for regime in results.regimes() if (each := replay(results, regime, ALPHA))]
    rows: list[Row] = [
        [
            each.regime,
            str(each.detectors),
            str(each.seeds),
            f"{each.used:,}",
            f"{each.all:,}",
            percent(each.used / each.all),
            "yes" if set(each.top_group) == set(each.fixed_group) else _difference(each),
        ]
        for each in found
    ]
    used, everything = sum(each.used for each in found), sum(each.all for each in found)
    rows.append(["all", "", "", f"{used:,}", f"{everything:,}", percent(used / max(everything, 1)), ""])
    headers = ["regime", "detectors", "seeds", "trials", "of", "share", "same best"]
    best = [
        f"Not told from the best, {each.regime}: {escaping.markdown(', '.join(each.top_group))}."
        for each in found
    ]
    return "\n\n".join(
        [f"# {results.title}", *environment_lines(results), EXPLANATION, table(headers, rows), *best]
    ) + "\n"  # fmt: skip


def replay(results: SuiteResults, regime: str, alpha: float) -> Replay | None:
    """The race over the detectors that were run with every seed; None for too few of either."""
    values = seed_means(results, regime).dropna(axis="columns")
    if len(values) < ENOUGH or len(values.columns) < 2:
        return None
    datasets = results.frame[results.frame["regime"] == regime]["dataset"].nunique()
    race, used = run_race(values, alpha, looks(len(values)))
    fixed, _ = run_race(values, alpha, [Look(len(values), 1.0)])
    return Replay(
        regime, len(values.columns), len(values), race.contenders, fixed.contenders,
        used * datasets, values.size * datasets,
    )  # fmt: skip


def _difference(replayed: Replay) -> str:
    more = sorted(set(replayed.top_group) - set(replayed.fixed_group))
    less = sorted(set(replayed.fixed_group) - set(replayed.top_group))
    parts = [f"also {', '.join(more)}"] if more else []
    return "; ".join([*parts, *([f"not {', '.join(less)}"] if less else [])])


STUDY = Study(suites=("replication",), texts=lambda results: {"replication.md": markdown(results)})
