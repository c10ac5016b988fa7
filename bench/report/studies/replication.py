"""replication.md: what it takes to say who is best."""

from __future__ import annotations

from bench.analysis.replication import Replay, replay
from bench.analysis.results import SuiteResults
from bench.analysis.statistics.sequential import LOOKS
from bench.analysis.statistics.standing import ALPHA
from bench.report.markdown import environment_lines, escape, percent, table

EXPLANATION = f"""\
`run --until-resolved` gives further seeds only to detectors that may still be the best. It looks at the means
over datasets after {", ".join(map(str, LOOKS[:4]))} … seeds, at each pair by a t-test over seeds, and spends
its error over the looks so that the chance that one of the best is left out is {100 * ALPHA:.0f} % in all.
Here the same rule is replayed on trials that were all run: *trials* is how many it would have needed,
*same best* whether it ends with the detectors that one look at all seeds, with the whole error, cannot tell
from the best either."""


def markdown(results: SuiteResults) -> str:
    """What the race would have spared, a row for each regime, and who is left."""
    found = [each for regime in results.regimes() if (each := replay(results, regime, ALPHA))]
    rows = [
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
    best = [f"Not told from the best, {each.regime}: {escape(', '.join(each.top_group))}." for each in found]
    return "\n\n".join(
        [f"# {results.title}", *environment_lines(results), EXPLANATION, table(headers, rows), *best]
    ) + "\n"  # fmt: skip


def _difference(replayed: Replay) -> str:
    more = sorted(set(replayed.top_group) - set(replayed.fixed_group))
    less = sorted(set(replayed.fixed_group) - set(replayed.top_group))
    parts = [f"also {', '.join(more)}"] if more else []
    return "; ".join([*parts, *([f"not {', '.join(less)}"] if less else [])])
