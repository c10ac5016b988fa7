"""replication.md: how many trials it takes to tell which detectors are best."""

from __future__ import annotations

from dataclasses import dataclass

from bench import escaping
from bench.analysis.cells import Row, percent
from bench.analysis.racing import seed_means
from bench.analysis.results import SuiteResults
from bench.analysis.statistics.sequential import LOOKS, looks, run_race
from bench.analysis.statistics.standing import ALPHA
from bench.report.markdown import environment_lines, table
from bench.report.studies import Study

# So many seeds are enough to judge a race by.
ENOUGH = 20
EXPLANATION = f"""\
`run --until-resolved` gives further seeds only to detectors that may still be the best. It looks at the means
over datasets after {", ".join(map(str, LOOKS[:4]))} … seeds, and leaves out a detector when bets on those
that lead it have won more than they could by chance if it were the best. The chance that any of the best is
left out is {100 * ALPHA:.0f} % at most in all, for any scores, failures included, which count as chance. Here
the same rule is replayed on trials that were all run: *trials* is how many it would have needed, *left* how
many detectors may be the best at its end, *highest mean* whether the one with the highest mean over all seeds
is among them. How often it errs, and what it spares elsewhere, is [simulated](simulations.md)."""


@dataclass(frozen=True)
class Replay:
    """A race over stored trials, of which ``used`` of ``all`` were needed. ``highest``: the detector with the
    highest mean over all seeds."""

    regime: str
    detectors: int
    seeds: int
    contenders: list[str]
    highest: str
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
            str(len(each.contenders)),
            "yes" if each.highest in each.contenders else f"no, {each.highest}",
        ]
        for each in found
    ]
    used, everything = sum(each.used for each in found), sum(each.all for each in found)
    rows.append(["all", "", "", f"{used:,}", f"{everything:,}", percent(used / max(everything, 1)), "", ""])
    headers = ["regime", "detectors", "seeds", "trials", "of", "share", "left", "highest mean"]
    best = [
        f"May be the best, {each.regime}: {escaping.markdown(', '.join(each.contenders))}." for each in found
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
    return Replay(
        regime, len(values.columns), len(values), race.contenders, str(values.mean().idxmax()),
        used * datasets, values.size * datasets,
    )  # fmt: skip


STUDY = Study(suites=("replication",), texts=lambda results: {"replication.md": markdown(results)})
