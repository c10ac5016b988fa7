"""``--help``: what verbs there are, as typer prints it, but without the time that its import takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.panel import Panel
    from rich.text import Text

PROGRAM = "python -m bench"
HELP = """A benchmark harness for anomaly detectors.

Start with `run --suite quick`, look around with `list detectors`, and run everything with `run --all`."""
EPILOG = "Add --debug to any command to see the traceback behind an error."
OPTIONS = {"--version": "Print the version.", "--help": "Show this message and exit."}
# The verbs by their panel, each with the first sentence of its help; each is a module here, that of `list` is
# ``list_``.
VERBS = {
    "Run": {
        "run": "Run detectors on datasets and show the leaderboard.",
        "status": "Say what `run` with the same options would run, and why; runs nothing.",
        "report": "Write the tables and the page in the results folder anew from the runs stored there.",
        "time": "Time detectors on a grid of rows and features, and write timing-grid.md and "
        "timing-grid.csv.",
        "reproduce": "Run the protocol of a published table, and print its figures beside ours with a "
        "verdict.",
    },
    "Your own files": {
        "recommend": "Recommend a detector for your own table, and score its rows with it.",
        "fit": "Fit a detector to your own table and save it with all that it takes to score other files.",
        "score": "Score all rows of another file by a model that was saved, and say how the file has "
        "drifted.",
        "mcp": "Serve the Model Context Protocol on standard input and output, for an agent that works "
        "with your files.",
    },
    "Look closer": {
        "rank": "Say where a detector stands: its place, whom it beats and who beats it, and on which "
        "kinds of data.",
        "compare": "Compare two runs trial by trial: F1, ROC AUC, seconds (fitting and scoring) and memory.",
        "inspect": "Draw how a detector's scores part a dataset's classes, and which rows it missed.",
        "thresholds": "Judge stored runs by the threshold methods of pythresh, without running a detector "
        "again.",
        "export": "Write leaderboards as LaTeX tables, or all trials as one table for other programs.",
        "pack": "Compress the files of a finished run, to commit or to keep it.",
        "merge": "Make one run of parts that were run apart, such as by `run --share 1/8` on eight machines.",
    },
    "Entries": {
        "submit": "Make one archive of a run, for others to verify.",
        "verify": "Check an entry that someone has sent; exit code 1 if anything in it is not as it says.",
    },
    "Detectors and data": {
        "list": "List detectors, features, datasets or suites, with one line on each.",
        "show": "Show a detector: what it is, where it comes from, its parameters and what it needs.",
        "new": "Write a small plugin that works, with comments, for you to change. No file is overwritten.",
        "check": "Check detectors against their contract on small made-up data; exit code 1 if any fails.",
        "data": "Real data: what there is, fetching it, and what is wrong with it.",
    },
}


def print_overview() -> None:
    """Print all verbs on the standard output, and what they do."""
    from rich.console import Console
    from rich.padding import Padding
    from rich.text import Text

    usage = Text.assemble(("Usage: ", "yellow"), f"{PROGRAM} [OPTIONS] COMMAND [ARGS]...", style="bold")
    first, rest = HELP.split("\n\n")
    # What stands between an option and its kind are typer's columns for what these have not.
    options = ((name, "", "", "", Text("<bool>", "bold yellow"), text) for name, text in OPTIONS.items())
    out = Console(highlight=False)
    out.print(Padding(usage, 1))
    out.print(Padding(Text.assemble(first, "\n\n", (rest, "dim")), (0, 1, 1, 1)))
    out.print(_panel("Options", options))
    width = max(len(verb) for verbs in VERBS.values() for verb in verbs)
    for name, verbs in VERBS.items():
        out.print(_panel(name, verbs.items(), width))
    out.print(Padding(EPILOG, 1))


def _panel(title: str, rows: Iterable[Sequence[str | Text]], width: int | None = None) -> Panel:
    """Names, ``width`` columns of the terminal wide, with what is said of each."""
    from rich.panel import Panel
    from rich.table import Table

    table = Table(box=None, show_header=False, expand=width is not None, pad_edge=False, padding=(0, 1))
    table.add_column(style="bold cyan", no_wrap=True, width=width)
    if width is not None:
        table.add_column(ratio=1)
    for row in rows:
        table.add_row(*row)
    return Panel(table, border_style="dim", title=title, title_align="left")
