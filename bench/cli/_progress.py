"""What is shown while a run goes on: a live table on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

from bench.api._watching import LINE_INTERVAL, Watch
from bench.cli._output import console, say_error, table

if TYPE_CHECKING:
    from rich.console import Console

    from bench.cli._output import Columns
    from bench.data.publishers import Item
    from bench.plans.work import Work
    from bench.trials.record import Record

# The exit code of a program that Ctrl-C has ended, by the shells' convention.
INTERRUPTED = 130
# Lines of the terminal that the progress bar and the table's frame need.
RESERVED_LINES = 5

Seen = Callable[["Record"], None]


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
        # Not before: whoever shows how far something is can be made before what takes time to import.
        from bench.evaluation.metrics import DECIDED_BY
        from bench.evaluation.policies import headline_decision

        self.statuses[record.status] += 1
        if record.status == "ok":
            decision = headline_decision(record.metrics, headline)
            self.f1s += [decision[DECIDED_BY.name]] * bool(decision)
            self.seconds += record.costs.total_seconds or 0.0


class Terminal(Watch):
    """Prints lines; on a terminal, shows what is under way until it is done."""

    def __init__(self) -> None:
        super().__init__(lambda text: console().print(text, markup=False))

    @contextlib.contextmanager
    def trials(self, work: Work) -> Iterator[Seen]:
        """As of `Watch`; an interruption ends the program with one sentence."""
        out = console()
        shown = _live(out, work) if out.is_terminal else super().trials(work)
        try:
            with shown as seen:
                yield seen
        except KeyboardInterrupt:
            say_error("stopped; what had finished is stored, and the same command goes on from there")
            raise typer.Exit(INTERRUPTED) from None

    @contextlib.contextmanager
    def steps(self, total: int) -> Iterator[Callable[[str, int], None]]:
        """As of `Watch`; a bar."""
        out = console()
        with _bar(out, total) if out.is_terminal else super().steps(total) as step:
            yield step

    @contextlib.contextmanager
    def rows(self, done: str = "scored") -> Iterator[Callable[[int], None]]:
        """As of `Watch`; a line that grows, where errors go."""
        with rows_so_far(console(stderr=True), done) as seen:
            yield seen

    @contextlib.contextmanager
    def downloads(
        self, items: Sequence[Item]
    ) -> Iterator[tuple[Callable[[Item], Callable[[int], None]], Callable[[Item], None]]]:
        """As of `Watch`; a bar for each that is under way."""
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

        out = console()
        columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
        with (
            super().downloads(items) as (_, said),
            Progress(*columns, console=out, disable=not out.is_terminal) as bars,
        ):

            def seen(item: Item) -> Callable[[int], None]:
                task = bars.add_task(item.label, total=item.size or None)
                return lambda size: bars.update(task, completed=size)

            def done(item: Item) -> None:
                for task in bars.task_ids:
                    bars.remove_task(task)
                said(item)

            yield seen, done


@contextlib.contextmanager
def _bar(out: Console, total: int) -> Iterator[Callable[[str, int], None]]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    text = TextColumn("{task.description}", markup=False)
    with Progress(text, BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=out) as bar:
        task = bar.add_task("", total=total)
        yield lambda what, more: bar.update(task, description=what, advance=more)


@contextlib.contextmanager
def _live(out: Console, work: Work) -> Iterator[Seen]:
    from rich.console import Group
    from rich.live import Live
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    tallies = {pair: Tally(count) for pair, count in work.by_detector.items()}
    bar = Progress(
        TextColumn("trials"), BarColumn(None), MofNCompleteColumn(), TextColumn("time left"),
        TimeRemainingColumn(elapsed_when_finished=True),
        console=out, expand=True,
    )  # fmt: skip
    task = bar.add_task("", total=work.pending)

    def view() -> Group:
        return Group(_standings(tallies, max(3, out.height - RESERVED_LINES)), bar)

    with Live(get_renderable=view, console=out, refresh_per_second=4) as live:

        def seen(record: Record) -> None:
            tallies[record.detector.label, record.regime].add(record, work.plan.suite.headline)
            bar.advance(task)

        yield seen
        live.refresh()


def _standings(tallies: dict[tuple[str, str], Tally], lines: int) -> Columns:
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


@contextlib.contextmanager
def rows_so_far(out: Console, done: str = "scored") -> Iterator[Callable[[int], None]]:
    """Give a function to call with the number of rows that are done; a line that grows on a terminal, a line
    every few seconds elsewhere. done: what has become of them.
    """
    if out.is_terminal:
        with out.status("reading") as status:
            yield lambda rows: status.update(f"{rows:,} rows {done}")
        return
    last = time.monotonic()

    def seen(rows: int) -> None:
        nonlocal last
        if time.monotonic() - last >= LINE_INTERVAL:
            last = time.monotonic()
            out.print(f"{rows:,} rows {done}", markup=False)

    yield seen
