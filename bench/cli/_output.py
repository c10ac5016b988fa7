"""What the command line prints: plain tables and one-line messages."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from bench import escaping
from bench.errors import BenchWarning

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions
    from rich.segment import Segment
    from rich.table import Table

    from bench.analysis.cells import Row

_default_showwarning = warnings.showwarning
# Where nobody reads on a screen, lines are not wrapped: a pipe is for grep.
PIPE_WIDTH = 1000
# Between two columns of a table.
GAP = 2


def console(*, stderr: bool = False) -> Console:
    """A rich console that wraps to the terminal, and not at all into a pipe, and prints texts as they are."""
    as_it_is: dict[str, Any] = {"stderr": stderr, "highlight": False, "markup": False, "emoji": False}
    found = _plain_console()(**as_it_is)
    return found if found.is_terminal else _plain_console()(**as_it_is, width=PIPE_WIDTH)


@cache
def _plain_console() -> type[Console]:
    """A rich console on which text from anywhere is text: no markup, no emoji, no escape code but rich's."""
    from rich.console import Console

    class PlainConsole(Console):
        def render(self, renderable: Any, options: Any = None) -> Iterable[Any]:
            for segment in super().render(renderable, options):
                yield segment if segment.control else segment._replace(text=escaping.terminal(segment.text))

    return PlainConsole


def table(headers: Sequence[str], rows: Iterable[Row], *, right: Iterable[int] = ()) -> Columns:
    """A table to print on a `console`; ``right`` are the columns set flush right."""
    texts = [[escaping.terminal(str(cell)) for cell in row] for row in rows]
    return Columns(headers, texts, frozenset(right))


@dataclass(frozen=True)
class Columns:
    """Texts in columns. Where all fit side by side they are just padded, since rich's own table takes a
    hundred times as long; elsewhere that folds them.
    """

    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: frozenset[int]

    def __rich_console__(self, out: Console, options: ConsoleOptions) -> Iterator[Segment | Table]:
        from rich.cells import cell_len
        from rich.segment import Segment

        lines = [self.headers, *self.rows]
        widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
        is_wide = sum(widths) + GAP * (len(widths) - 1) > options.max_width
        if is_wide or any("\n" in cell for line in lines for cell in line):
            yield self._folded()
            return
        for i, line in enumerate(lines):
            spaces = [" " * (width - cell_len(cell)) for width, cell in zip(widths, line, strict=True)]
            cells = [
                space + cell if j in self.right else cell + space
                for j, (cell, space) in enumerate(zip(line, spaces, strict=True))
            ]
            yield Segment((" " * GAP).join(cells).rstrip(), None if i else out.get_style("table.header"))
            yield Segment.line()

    def _folded(self) -> Table:
        from rich.table import Table
        from rich.text import Text

        built = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0))
        for i, header in enumerate(self.headers):
            last = i == len(self.headers) - 1
            built.add_column(
                header, justify="right" if i in self.right else "left", no_wrap=not last, overflow="fold"
            )
        for row in self.rows:
            built.add_row(*map(Text, row))
        return built


def say_error(text: str) -> None:
    print(f"error: {escaping.terminal(text)}", file=sys.stderr)


def say_note(text: str) -> None:
    """What a person may want to know of a run, beside what it is asked for."""
    print(escaping.terminal(text), file=sys.stderr)


def say_warning(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
    """Print our own warnings as one line, others as Python does."""
    if issubclass(category, BenchWarning):
        print(f"warning: {escaping.terminal(str(message))}", file=sys.stderr)
    else:
        _default_showwarning(escaping.terminal(str(message)), category, *where, **more)
