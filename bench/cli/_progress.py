"""What is shown while a run goes on: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench.cli._output import console, table
from bench.evaluation.metrics import DECIDED_BY
from bench.evaluation.policies import headline_decision
from bench.trials.record import Record

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

# Seconds between two plain lines, so that a log of hours stays readable.
LINE_INTERVAL = 5.0
# Lines of the terminal that the progress bar and the table's frame need.
RESERVED_LINES = 5

Seen = Callable[[Record], None]


@dataclass
class Tally:
    """What has become of a detector's trials so far in one regime."""

    planned: int
    statuses: Counter[str] = field(default_factory=Counter)
    f1s: list[float] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def f1(self) -> float | None:
        """The mean over those that had a threshold."""
        return sum(self.f1s) / len(self.f1s) if self.f1s else None

    def add(self, record: Record, headline: str) -> None:
        self.statuses[record.status] += 1
        if record.status == "ok":
            decision = headline_decision(record.metrics, headline)
            self.f1s += [decision[DECIDED_BY.name]] * bool(decision)
            self.seconds += record.costs.total_seconds or 0.0


@contextlib.contextmanager
def progress(pending: Counter[tuple[str, str]], headline: str) -> Iterator[Seen]:
    """Give a function to call with each record; shows where the run stands until the block ends.

    pending: the number of trials to come, by detector and regime.
    """
    out = console()
    with _live(out, pending, headline) if out.is_terminal else _lines(out, pending.total()) as seen:
        yield seen


@contextlib.contextmanager
def _lines(out: Console, total: int) -> Iterator[Seen]:
    start = last = time.monotonic()
    done = 0

    def seen(record: Record) -> None:
        nonlocal done, last
        done += 1
        now = time.monotonic()
        if record.status not in ("ok", "skipped"):
            where = f"{record.detector.label} on {record.dataset.label}, {record.regime}"
            out.print(f"{record.status}: {where}, seed {record.seed}: {record.reason}", markup=False)
        if now - last >= LINE_INTERVAL or done == total:
            last = now
            left = (now - start) / done * (total - done)
            out.print(f"{done} of {total} trials, about {_duration(left)} left", markup=False)

    yield seen


@contextlib.contextmanager
def _live(out: Console, pending: Counter[tuple[str, str]], headline: str) -> Iterator[Seen]:
    from rich.console import Group
    from rich.live import Live
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    tallies = {pair: Tally(count) for pair, count in pending.items()}
    bar = Progress(
        TextColumn("trials"), BarColumn(None), MofNCompleteColumn(), TextColumn("time left"),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=out, expand=True,
    )  # fmt: skip
    task = bar.add_task("", total=pending.total())

    def view() -> Group:
        return Group(_standings(tallies, max(3, out.height - RESERVED_LINES)), bar)

    with Live(get_renderable=view, console=out, refresh_per_second=4) as live:

        def seen(record: Record) -> None:
            tallies[record.detector.label, record.regime].add(record, headline)
            bar.advance(task)

        yield seen
        live.refresh()


def _standings(tallies: dict[tuple[str, str], Tally], lines: int) -> Table:
    """The detectors that have a number, by F1 so far; as many as there are lines."""
    begun = [(pair, tally) for pair, tally in tallies.items() if tally.statuses]
    begun.sort(key=lambda item: (-(item[1].f1 if item[1].f1 is not None else -1.0), item[0]))
    shown = begun if len(begun) <= lines else begun[: lines - 1]
    rows = [
        [
            detector,
            regime,
            "" if tally.f1 is None else f"{tally.f1:.2f}",
            f"{tally.statuses.total()}/{tally.planned}",
            ", ".join(
                f"{count} {status}" for status, count in sorted(tally.statuses.items()) if status != "ok"
            ),
            f"{tally.seconds:.1f}",
        ]
        for (detector, regime), tally in shown
    ]
    if len(shown) < len(begun):
        rows.append([f"and {len(begun) - len(shown)} more", "", "", "", "", ""])
    return table(["detector", "regime", "F1 so far", "trials", "not ok", "seconds"], rows, right=(2, 3, 5))


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@contextlib.contextmanager
def steps(out: Console, total: int) -> Iterator[Callable[[str, int], None]]:
    """Give a function to call with what is being done and how many steps are done since; a bar on a terminal,
    a line every few seconds elsewhere.
    """
    if out.is_terminal:
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        text = TextColumn("{task.description}", markup=False)
        with Progress(text, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=out) as bar:
            task = bar.add_task("", total=total)
            yield lambda what, more: bar.update(task, description=what, advance=more)
        return
    last, done = time.monotonic(), 0

    def step(what: str, more: int) -> None:
        nonlocal last, done
        done += more
        if time.monotonic() - last >= LINE_INTERVAL:
            last = time.monotonic()
            out.print(f"{done} of {total}: {what}", markup=False)

    yield step


@contextlib.contextmanager
def rows_so_far(out: Console) -> Iterator[Callable[[int], None]]:
    """Give a function to call with the number of rows that are done; a line that grows on a terminal, a line
    every few seconds elsewhere.
    """
    if out.is_terminal:
        with out.status("reading") as status:
            yield lambda rows: status.update(f"{rows:,} rows scored")
        return
    last = time.monotonic()

    def seen(rows: int) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_INTERVAL:
            last = time.monotonic()
            out.print(f"{rows:,} rows scored", markup=False)

    yield seen
