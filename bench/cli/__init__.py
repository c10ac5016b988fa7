"""The command line: one small module per verb, which imports the heavy parts only when it runs."""

from __future__ import annotations

import sys
import warnings

import typer

from bench.cli.check import command as check
from bench.cli.compare import command as compare
from bench.cli.data import app as data
from bench.cli.export import command as export
from bench.cli.inspect import command as inspect
from bench.cli.list_ import command as list_
from bench.cli.new import command as new
from bench.cli.output import say_error, say_warning
from bench.cli.pack import command as pack
from bench.cli.rank import command as rank
from bench.cli.recommend import command as recommend
from bench.cli.report import command as report
from bench.cli.reproduce import command as reproduce
from bench.cli.run import command as run
from bench.cli.show import command as show
from bench.cli.status import command as status
from bench.cli.thresholds import command as thresholds
from bench.cli.time import command as time
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
for verb, command in (
    ("run", run), ("report", report), ("list", list_), ("show", show), ("status", status), ("time", time),
    ("check", check), ("new", new), ("recommend", recommend), ("reproduce", reproduce),
    ("inspect", inspect), ("compare", compare), ("rank", rank), ("thresholds", thresholds),
    ("pack", pack), ("export", export),
):  # fmt: skip
    app.command(verb)(command)
app.add_typer(data, name="data")


def main() -> None:
    """Run the command line; an error that a person can mend is one line, with exit code 2."""
    debug = "--debug" in sys.argv
    sys.argv = [argument for argument in sys.argv if argument != "--debug"]
    with warnings.catch_warnings():
        warnings.showwarning = say_warning
        warnings.simplefilter("always", BenchWarning)
        try:
            app()
        except BenchError as error:
            if debug:
                raise
            say_error(str(error))
            sys.exit(2)
