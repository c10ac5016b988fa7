"""The checks of what was run again: whether scores come out as stated, and figures with other seeds, too."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from msgspec import structs

from bench.entries.again import Again, cell_of
from bench.entries.entry import Entry, Finding, Kind, where
from bench.entries.tuning import ALPHA, LEAST_DROP, drop, p_value
from bench.errors import BenchError
from bench.evaluation.metrics import DECIDED_BY, RANKED_BY, RANKING
from bench.evaluation.policies import headline_decision
from bench.evaluation.rounding import ROUNDING, difference, equal
from bench.runs.current import place_of
from bench.runs.reading import Run
from bench.trials.record import Record

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

NOT_RUN = "no trial was run again; --rerun 5% does"
# Where scores may differ by more than rounding, figures may be worse than stated by so much: of one trial,
# and on average over those of a detector. On another processor the order of scores stays, too. Of 30
# detectors run with the instructions of an older one, 20 gave the same scores to 1e-6, and the others a rank
# correlation of 0.995 or more and figures that differed by 0.015 at most.
WORSE_ONCE, WORSE, LEAST_CORRELATION = 0.05, 0.02, 0.95


def again(entry: Entry) -> Iterator[Finding]:
    """Trials that are run again give the scores that the entry holds, and the same thresholds."""
    if entry.again is None:
        yield Finding("unchecked", NOT_RUN)
        return
    drops: dict[str, list[float]] = defaultdict(list)
    for stated in entry.again.sampled:
        found = entry.again.records.get(place_of(stated))
        yield from _compared(entry, entry.again, stated, found, drops[stated.detector.label])
    for label, values in drops.items():
        if values and np.mean(values) > WORSE:
            yield Finding(
                "mismatch",
                f"in {len(values)} trials that were run again, its figures are worse than stated, by "
                f"{np.mean(values):.3f} on average",
                label,
            )


def _compared(
    entry: Entry, ran: Again, stated: Record, found: Record | None, drops: list[float]
) -> Iterator[Finding]:
    """What is to be said of a trial that was to be run again. ``drops``: gets by how much it is worse where
    it cannot be the same."""
    label = stated.detector.label
    about = partial(Finding, detector=label)
    if found is None:
        why = ran.answer.unavailable
        reason = (
            why.get(label) or why.get(stated.dataset.label) or "; ".join(why.values()) or "it did not end"
        )
        yield about("unchecked", f"it cannot be run here: {reason}")
    elif (stated.status, found.status) == ("failed", "ok"):
        yield about("note", f"{where(stated)}: it failed there, and ends ok here")
    elif stated.status != found.status:
        # That it takes longer here, or more memory than there is, says nothing.
        kind: Kind = "mismatch" if found.status == "failed" else "unchecked"
        yield about(kind, f"{where(stated)}: run again it ended {found.status!r}: {found.reason}")
    elif stated.status == "ok":
        yield from _of_scores(entry, ran, stated, found, drops)


def _of_scores(
    entry: Entry, ran: Again, stated: Record, found: Record, drops: list[float]
) -> Iterator[Finding]:
    """What differs between two records that ended "ok", and whether it may."""
    assert ran.run is not None
    about = partial(Finding, detector=stated.detector.label)
    again = f"{where(stated)}: run again"
    for what in _counts_that_differ(stated, found):
        yield about("mismatch", f"{again}, {what}")
    before, now = _scored(entry.run, stated), _scored(ran.run, found)
    differences = list(_figures_that_differ(stated, found, before, now))
    if not differences:
        return
    excuse = _excuse(entry, ran, stated, found)
    in_order = before is None or now is None or _rank_correlation(now, before) >= LEAST_CORRELATION
    if excuse is None or (excuse.keeps_order and not in_order):
        yield about("mismatch", f"{again}, {differences[0]}")
        return
    worse = _headline(stated, entry) - _headline(found, entry)
    drops.append(worse)
    if worse > WORSE_ONCE:
        yield about("mismatch", f"{again}, {differences[0]}, and its figures are worse by {worse:.3f}")
    else:
        yield about("note", f"{again}, {differences[0]}, which they may: {excuse.why}")


def _scored(run: Run, record: Record) -> Floats | None:
    """The scores of a record; None where they were left out, or are damaged."""
    try:
        return run.scores(record)
    except BenchError:
        return None


def _counts_that_differ(stated: Record, found: Record) -> Iterator[str]:
    """What is the same on each machine; an older record may not say all of it."""
    if stated.labels_used not in (None, found.labels_used):
        yield f"it read {found.labels_used} labels, and stated {stated.labels_used}"
    for name, count in structs.asdict(stated.rows).items():
        if count not in (None, getattr(found.rows, name)):
            yield f"its rows are others: {name} {getattr(found.rows, name)}, and stated {count}"


def _figures_that_differ(
    stated: Record, found: Record, before: Floats | None, now: Floats | None
) -> Iterator[str]:
    """What differs by more than rounding: scores, or thresholds, or figures where scores were left out."""
    if before is None or now is None or len(before) != len(now):
        if not math.isclose(_ranked(stated), _ranked(found), abs_tol=ROUNDING):
            yield f"it is ranked by {_ranked(found):.6g}, and stated {_ranked(stated):.6g}"
        return
    if not equal(now, before):
        yield f"its scores differ by up to {difference(now, before):.2g} of their range"
    near = partial(math.isclose, rel_tol=ROUNDING, abs_tol=ROUNDING * float(np.ptp(now)))
    for name, threshold in stated.thresholds.items():
        if not near(threshold, found.thresholds.get(name, math.nan)):
            yield f"its threshold {name} is {found.thresholds.get(name)}, and stated {threshold}"
    then, alone = stated.alone.roc_auc_alone, found.alone.roc_auc_alone
    if then is not None and alone is not None and not math.isclose(then, alone, abs_tol=ROUNDING):
        yield f"its ROC AUC row by row is {alone:.6g}, and stated {then:.6g}"


@dataclass(frozen=True)
class _Excuse:
    """Why scores may differ by more than rounding, and whether their order must be the same even so."""

    why: str
    keeps_order: bool = False


def _excuse(entry: Entry, ran: Again, stated: Record, found: Record) -> _Excuse | None:
    """None where nothing lets scores differ."""
    if stated.detector.label in ran.answer.unsteady:
        return _Excuse("it declares that the same seed gives other scores")
    if stated.code.libraries != found.code.libraries:
        return _Excuse("it was run with other versions of libraries")
    if stated.costs.device != found.costs.device:
        return _Excuse(f"it was run on {stated.costs.device}", keeps_order=True)
    there = entry.run.info.environments.get(stated.environment)
    here = ran.run.info.environments.get(found.environment) if ran.run else None
    if there is None or here is None or (there.cpu, there.system) != (here.cpu, here.system):
        return _Excuse("it was run on another processor", keeps_order=True)
    return None


def _rank_correlation(one: Floats, other: Floats) -> float:
    from scipy.stats import spearmanr

    return float(spearmanr(one, other).statistic)


def _ranked(record: Record) -> float:
    """What a trial is ranked by; 0 where it has no figures."""
    ranking = record.metrics.get(RANKING, {})
    return next((ranking[metric.name] for metric in RANKED_BY if metric.name in ranking), 0.0)


def _headline(record: Record, entry: Entry) -> float:
    """The mean of what a trial is ranked by and F1; 0 for a failure."""
    decided = headline_decision(record.metrics, entry.run.info.suite.headline).get(DECIDED_BY.name)
    return _ranked(record) if decided is None else (_ranked(record) + decided) / 2


def other_seeds(entry: Entry) -> Iterator[Finding]:
    """With other seeds, the figures are no worse than seeds explain: they were not tuned on test labels."""
    ran = entry.again
    if ran is None:
        yield Finding("unchecked", NOT_RUN)
        return
    stated: dict[str, list[Floats]] = defaultdict(list)
    others: dict[str, list[Floats]] = defaultdict(list)
    entry_cells = _by_cell(entry, entry.records)
    new_cells = _by_cell(entry, [r for r in ran.records.values() if r.seed in ran.fresh.get(cell_of(r), ())])
    for cell in ran.fresh:
        if cell in new_cells:
            stated[cell[0]].append(entry_cells[cell])
            others[cell[0]].append(new_cells[cell])
    tests = len({cell[0] for cell in ran.fresh})
    for label in stated:
        rng = np.random.default_rng(entry.stream(label).getrandbits(64))
        lower, p = drop(stated[label], others[label]), p_value(stated[label], others[label], rng)
        seeds = sum(map(len, others[label]))
        if p <= ALPHA / tests and lower >= LEAST_DROP:
            yield Finding(
                "mismatch",
                f"with {seeds} other seeds on {len(stated[label])} datasets its figures are lower by "
                f"{lower:.3f}, which chance explains with p = {p:.2g}: it was tuned on the test rows",
                label,
            )
        else:
            yield Finding(
                "note", f"{seeds} trials with other seeds: figures lower by {lower:.3f}, p = {p:.2g}", label
            )


def _by_cell(entry: Entry, records: Sequence[Record]) -> Mapping[object, Floats]:
    """Figures of trials by what they are but for their seeds; what ended for want of time or memory is no
    figure."""
    found: dict[object, list[float]] = defaultdict(list)
    for record in records:
        if record.status in ("ok", "failed"):
            found[cell_of(record)].append(_headline(record, entry))
    return {cell: np.array(values) for cell, values in found.items()}
