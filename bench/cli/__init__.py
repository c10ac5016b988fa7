"""The command line: one small module per verb, which imports the heavy parts only when it runs."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from typing import Annotated, Any

import typer

from bench import __version__
from bench.cli._output import console, say_error, say_warning
from bench.cli.check import command as check
from bench.cli.compare import command as compare
from bench.cli.data import app as data
from bench.cli.export import command as export
from bench.cli.fit import command as fit
from bench.cli.inspect import command as inspect
from bench.cli.list_ import command as list_
from bench.cli.merge import command as merge
from bench.cli.new import command as new
from bench.cli.pack import command as pack
from bench.cli.rank import command as rank
from bench.cli.recommend import command as recommend
from bench.cli.report import command as report
from bench.cli.reproduce import command as reproduce
from bench.cli.run import PANELS as RUN_PANELS
from bench.cli.run import command as run
from bench.cli.score import command as score
from bench.cli.show import command as show
from bench.cli.status import command as status
from bench.cli.submit import command as submit
from bench.cli.thresholds import command as thresholds
from bench.cli.time import command as time
from bench.cli.verify import command as verify
from bench.errors import BenchError, BenchWarning

app = typer.Typer(
    name="python -m bench",
    help=(
        "A benchmark harness for anomaly detectors.\n\n"
        "Start with `run --suite quick`, look around with `list detectors`, and run everything with "
        "`run --all`."
    ),
    epilog="Add --debug to any command to see the traceback behind an error.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
VERBS: dict[str, dict[str, Callable[..., None]]] = {
    "Run": {"run": run, "status": status, "report": report, "time": time, "reproduce": reproduce},
    "Your own files": {"recommend": recommend, "fit": fit, "score": score},
    "Look closer": {
        "rank": rank, "compare": compare, "inspect": inspect, "thresholds": thresholds, "export": export,
        "pack": pack, "merge": merge,
    },
    "Entries": {"submit": submit, "verify": verify},
    "Detectors and data": {"list": list_, "show": show, "new": new, "check": check},
}  # fmt: skip
for panel, verbs in VERBS.items():
    for verb, command in verbs.items():
        app.command(verb, rich_help_panel=panel)(command)
app.add_typer(data, name="data", rich_help_panel="Detectors and data")


def _print_version(wanted: bool) -> None:
    if wanted:
        console().print(f"detector-bench {__version__}", markup=False)
        raise typer.Exit


@app.callback()
def _options_of(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def command_line() -> Any:
    """The command line as click's; paragraphs of help are filled, and the many options of ``run`` sorted."""
    root = typer.main.get_command(app)
    _fill_help(root)
    panels = {name: panel for panel, names in RUN_PANELS.items() for name in names}
    for parameter in root.commands["run"].params:  # type: ignore[attr-defined]
        parameter.rich_help_panel = panels.get(parameter.name)
    return root


def _fill_help(command: Any) -> None:
    """Join the lines of each paragraph: how wide they were in the source is no matter of the terminal's."""
    paragraphs = (command.help or "").split("\n\n")
    command.help = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    for verb in getattr(command, "commands", {}).values():
        _fill_help(verb)


def main() -> None:
    """Run the command line; an error that a person can mend is one line, with exit code 2."""
    debug = "--debug" in sys.argv
    sys.argv = [argument for argument in sys.argv if argument != "--debug"]
    with warnings.catch_warnings():
        warnings.showwarning = say_warning
        warnings.simplefilter("always", BenchWarning)
        try:
            command_line()()
        except BenchError as error:
            if debug:
                raise
            say_error(str(error))
            sys.exit(2)
