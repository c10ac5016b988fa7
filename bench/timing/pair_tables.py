"""timing-implementations.md."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pandas as pd

from bench import escaping
from bench.analysis.cells import NONE, TableCell, TableColumn, laid_out, number, significant
from bench.files import write_files
from bench.report.markdown import describe, items, table
from bench.timing.agreement import Agreement, agreement
from bench.timing.pairs import Fit, PairTiming
from bench.trials.environment import Environment

FILE = "timing-implementations.md"

EXPLANATION = """\
Detectors that are done here in less time than by their library, against the library's own
(`implementation=library`): on the same seeded Gaussian rows, 5 % of them shifted, as many scored as trained
on, in one process. After a first fit of each, which does not count, both are fitted and scored in turn, each
time with another seed. Seconds are medians, *×* is the median of the library's seconds over ours in the same
turn, with the lowest and the highest in brackets. Where a library's fit with its scoring ran into the limit,
*×* is what the limit makes of it, at least."""

AGREEMENT = """\
Of the scores of the test rows. *Difference*: the largest of a row with the same seed, over the range of the
library's scores. *Rank correlation*: Spearman's, with the same seed; *of two seeds*: the lowest that the
library has with itself between two of the seeds. *Agrees*: the scores are the *same* but for a millionth of
their range; or, of a detector that draws at random, they are as near to the library's as those are to each
other with *two seeds*: in rank, and in mean ROC AUC."""


@dataclass(frozen=True)
class Compared:
    """A pair's timing with what the tables say of it."""

    timing: PairTiming
    agreement: Agreement | None

    @property
    def detector(self) -> str:
        return self.timing.pair.fast.detector

    @property
    def size(self) -> str:
        return f"{self.timing.pair.fast.rows} × {self.timing.pair.fast.features}"

    @property
    def status(self) -> str:
        """``ok``, or how an implementation ended."""
        ends = {"fast": self.timing.fast[-1], "library": self.timing.original[-1]}
        said = [f"{name} {end.status}: {end.reason}" for name, end in ends.items() if end.status != "ok"]
        return "; ".join(said) or "ok"

    @property
    def speed_up(self) -> float | None:
        """Of fitting and scoring together; where the library ran into the limit of time, at least that."""
        if found := ratios(self.timing, _both):
            return median(found)
        if not self.is_bound or self.timing.limit is None:
            return None
        return self.timing.limit / median(map(_both, self.timing.fast))

    @property
    def is_bound(self) -> bool:
        """Whether the library ran into the limit of time, and the fast one did not."""
        return (self.timing.fast[-1].status, self.timing.original[-1].status) == ("ok", "timeout")


Seconds = Callable[[Fit], float]


def _fit(fit: Fit) -> float:
    return fit.fit_seconds


def _score(fit: Fit) -> float:
    return fit.score_seconds


def _both(fit: Fit) -> float:
    return fit.seconds


def ratios(timing: PairTiming, seconds: Seconds) -> list[float]:
    """The library's seconds over the fast one's in each turn; none where one did not end "ok"."""
    if not timing.is_complete:
        return []
    return [seconds(there) / seconds(here) for here, there in zip(timing.fast, timing.original, strict=True)]


def markdown(timings: Sequence[PairTiming], environment: Environment) -> str:
    """All tables."""
    compared = sorted(
        (Compared(each, agreement(each)) for each in timings),
        key=lambda each: (each.detector, each.timing.pair.fast.features, each.timing.pair.fast.rows),
    )
    headers, rows = laid_out(COSTS, compared)
    parts = [
        "# Timing of implementations",
        EXPLANATION,
        f"Measured on {escaping.markdown(describe(environment))}.",
        items(map(escaping.markdown, summary(compared))),
        "## Seconds",
        table(headers, rows, left=1),
        "## Agreement",
        AGREEMENT,
        table(*laid_out(AGREEMENTS, compared), left=1),
    ]
    return "\n\n".join(parts) + "\n"


def write(timings: Sequence[PairTiming], environment: Environment, results: Path) -> list[Path]:
    """Write the file into the folder ``results``; BenchError if it cannot be written."""
    return write_files({FILE: markdown(timings, environment)}, results)


def frame(timings: Sequence[PairTiming]) -> pd.DataFrame:
    """A row for each pair: medians of seconds to fit and score, and how far the scores agree."""

    def seconds(fits: Sequence[Fit]) -> float:
        return median(map(_both, fits))

    found = [Compared(each, agreement(each)) for each in timings]
    return pd.DataFrame(
        {
            "detector": each.detector,
            "rows": each.timing.pair.fast.rows,
            "features": each.timing.pair.fast.features,
            "status": each.status,
            "seconds": seconds(each.timing.fast),
            "library_seconds": seconds(each.timing.original),
            "speed_up": each.speed_up,
            "agrees": each.agreement.verdict if each.agreement else None,
        }
        for each in found
    )


def summary(compared: Sequence[Compared]) -> list[str]:
    """What the tables say, in sentences."""
    speed_ups = [each.speed_up for each in compared if each.speed_up is not None]
    slower = [each for each in compared if each.speed_up is not None and each.speed_up < 1]
    differ = [each for each in compared if each.agreement and each.agreement.verdict == "no"]
    unknown = [each for each in compared if each.agreement is None or each.agreement.verdict == "unknown"]
    said = []
    if speed_ups:
        low, middle, high = (
            significant(value) for value in (min(speed_ups), median(speed_ups), max(speed_ups))
        )
        detectors = len({each.detector for each in compared})
        said.append(
            f"The library takes {middle} times as long in the median of {len(speed_ups)} comparisons of "
            f"{detectors} detectors, {low} to {high}."
        )
    said.append(f"Slower than the library's: {_named(slower)}.")
    said.append(f"Scores that do not agree with the library's: {_named(differ)}.")
    if unknown:
        said.append(f"Not compared: {_named(unknown)}.")
    return said


def _named(compared: Sequence[Compared]) -> str:
    return ", ".join(f"{each.detector} ({each.size})" for each in compared) or "none"


def line(timing: PairTiming) -> str:
    """What is printed of a pair while others are measured."""
    each = Compared(timing, agreement(timing))
    if each.agreement is None:
        return f"{each.detector} {each.size}: {each.status}"
    fast, library = (significant(median(map(_both, fits))) for fits in (timing.fast, timing.original))
    verdict = each.agreement.verdict
    return f"{each.detector} {each.size}: {fast} s, library {library} s, scores agree: {verdict}"


def _seconds(
    which: Callable[[PairTiming], Sequence[Fit]], seconds: Seconds
) -> Callable[[Compared], TableCell]:
    def cell(each: Compared) -> TableCell:
        fits = which(each.timing)
        return significant(median(map(seconds, fits))) if fits[-1].status == "ok" else NONE

    return cell


def _ratio(seconds: Seconds) -> Callable[[Compared], TableCell]:
    def cell(each: Compared) -> TableCell:
        found = ratios(each.timing, seconds)
        return significant(median(found)) if found else NONE

    return cell


def _with_range(each: Compared) -> TableCell:
    found = ratios(each.timing, _both)
    middle = significant(each.speed_up)
    if found:
        low, high = significant(min(found)), significant(max(found))
        return TableCell(f"{middle} ({low} to {high})", middle.value, short=middle.text)
    return TableCell(f"> {middle}", middle.value) if each.is_bound else NONE


def _of_agreement(cell: Callable[[Agreement], TableCell]) -> Callable[[Compared], TableCell]:
    return lambda each: NONE if each.agreement is None else cell(each.agreement)


def _fast(timing: PairTiming) -> Sequence[Fit]:
    return timing.fast


def _library(timing: PairTiming) -> Sequence[Fit]:
    return timing.original


DETECTOR = TableColumn("detector", lambda each: each.detector)
SIZE = TableColumn("rows × features", lambda each: each.size)
COSTS = (
    DETECTOR,
    SIZE,
    TableColumn("fit s", _seconds(_fast, _fit)),
    TableColumn("library's", _seconds(_library, _fit)),
    TableColumn("fit ×", _ratio(_fit)),
    TableColumn("score s", _seconds(_fast, _score)),
    TableColumn("library's", _seconds(_library, _score)),
    TableColumn("score ×", _ratio(_score)),
    TableColumn("both ×", _with_range),
    TableColumn("turns", lambda each: str(len(each.timing.fast)) if each.timing.is_complete else NONE),
    TableColumn("status", lambda each: each.status),
)
AGREEMENTS = (
    DETECTOR,
    SIZE,
    TableColumn("random", lambda each: "yes" if each.timing.is_random else "no"),
    TableColumn("difference", _of_agreement(lambda found: TableCell(f"{found.difference:.1e}"))),
    TableColumn("rank correlation", _of_agreement(lambda found: number(found.correlation, 4))),
    TableColumn("of two seeds", _of_agreement(lambda found: number(found.between_seeds, 4))),
    TableColumn("ROC AUC", _of_agreement(lambda found: number(found.roc_auc, 4))),
    TableColumn("library's", _of_agreement(lambda found: number(found.original_roc_auc, 4))),
    TableColumn("agrees", _of_agreement(lambda found: TableCell(found.verdict))),
)
