"""What is told of work that takes long, while it goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.data.publishers import Item
    from bench.plans.work import Work
    from bench.trials.record import Record

# Seconds between two lines, so that a log of hours stays readable.
LINE_INTERVAL = 5.0


class Watch:
    """Calls ``say`` with lines about how far work is; nothing is said without one."""

    def __init__(self, say: Callable[[str], object] | None = None) -> None:
        self._say = say

    def say(self, text: str) -> None:
        """Say a line."""
        if self._say is not None:
            self._say(text)

    @contextmanager
    def trials(self, work: Work) -> Iterator[Callable[[Record], None]]:
        """Give a function to call with the record of each trial that ends."""
        start = last = time.monotonic()
        done, total = 0, work.pending

        def seen(record: Record) -> None:
            nonlocal done, last
            done += 1
            now = time.monotonic()
            if record.status not in ("ok", "skipped"):
                where = f"{record.detector.label} on {record.dataset.label}, {record.regime}"
                self.say(f"{record.status}: {where}, seed {record.seed}: {record.reason}")
            if now - last >= LINE_INTERVAL or done == total:
                last = now
                left = (now - start) / done * (total - done)
                self.say(f"{done} of {total} trials, about {_duration(left)} left")

        yield seen

    @contextmanager
    def steps(self, total: int) -> Iterator[Callable[[str, int], None]]:
        """Give a function to call with what is being done and how many steps are done since."""
        last, done = time.monotonic(), 0

        def step(what: str, more: int) -> None:
            nonlocal last, done
            done += more
            if time.monotonic() - last >= LINE_INTERVAL:
                last = time.monotonic()
                self.say(f"{done} of {total}: {what}")

        yield step

    @contextmanager
    def rows(self, done: str = "scored") -> Iterator[Callable[[int], None]]:
        """Give a function to call with the number of rows that are done. done: what has become of them."""
        last = time.monotonic()

        def seen(rows: int) -> None:
            nonlocal last
            if time.monotonic() - last >= LINE_INTERVAL:
                last = time.monotonic()
                self.say(f"{rows:,} rows {done}")

        yield seen

    @contextmanager
    def downloads(
        self, items: Sequence[Item]
    ) -> Iterator[tuple[Callable[[Item], Callable[[int], None]], Callable[[Item], None]]]:
        """Give what to call with each data set that is begun, for a function to call with the bytes so far,
        and what to call with each that is done.
        """
        count = 0

        def done(item: Item) -> None:
            nonlocal count
            count += 1
            size = f" ({size_text(item.size)})" if item.size else ""
            self.say(f"{count}/{len(items)} {item.label}{size}")

        yield lambda _: lambda _: None, done


def size_text(size: int) -> str:
    """A number of bytes with its unit."""
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{size / 1e3:.1f} kB"


Say = Watch | Callable[[str], object] | None


def watch_of(say: Say) -> Watch:
    """A watch that says lines by a function, or the watch that is given."""
    return say if isinstance(say, Watch) else Watch(say)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
