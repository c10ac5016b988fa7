"""The command line: one small module per verb, which imports the heavy parts only when it runs."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer

from bench import __version__
from bench.cli._output import console, say_error, say_warning
from bench.errors import BenchError, BenchWarning

# The verbs by their panel of ``--help``; each is a module here, that of `list` is ``list_``.
VERBS = {
    "Run": ("run", "status", "report", "time", "reproduce"),
    "Your own files": ("recommend", "fit", "score", "mcp"),
    "Look closer": ("rank", "compare", "inspect", "thresholds", "export", "pack", "merge"),
    "Entries": ("submit", "verify"),
    "Detectors and data": ("list", "show", "new", "check", "data"),
}
# Verbs of which each part is a verb.
GROUPS = ("data",)


def _print_version(wanted: bool) -> None:
    if wanted:
        console().print(f"detector-bench {__version__}", markup=False)
        raise typer.Exit


def _options_of(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


def make_app(only: str | None = None) -> typer.Typer:
    """The command line as typer's: all verbs, or one that waits for no other's module."""
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
    app.callback()(_options_of)
    for panel, verbs in VERBS.items():
        for verb in verbs:
            if only in (None, verb):
                module = import_module(f"bench.cli.{'list_' if verb == 'list' else verb}")
                if verb in GROUPS:
                    app.add_typer(module.app, name=verb, rich_help_panel=panel)
                else:
                    app.command(verb, rich_help_panel=panel)(module.command)
    return app


def command_line(only: str | None = None) -> Any:
    """The command line as click's; paragraphs of help are filled, and the many options of ``run`` sorted."""
    root = typer.main.get_command(make_app(only))
    _fill_help(root)
    if "run" in root.commands:  # type: ignore[attr-defined]
        from bench.cli.run import PANELS

        panels = {name: panel for panel, names in PANELS.items() for name in names}
        for parameter in root.commands["run"].params:  # type: ignore[attr-defined]
            parameter.rich_help_panel = panels.get(parameter.name, parameter.rich_help_panel)
    return root


def _fill_help(command: Any) -> None:
    """Join the lines of each paragraph: how wide they were in the source is no matter of the terminal's."""
    paragraphs = (command.help or "").split("\n\n")
    command.help = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
    for verb in getattr(command, "commands", {}).values():
        _fill_help(verb)


def _verb(arguments: Sequence[str]) -> str | None:
    """The verb that a command line begins with; None where it does not begin with one."""
    first = arguments[0] if arguments else None
    return first if any(first in verbs for verbs in VERBS.values()) else None


def main() -> None:
    """Run the command line; an error that a person can mend is one line, with exit code 2."""
    debug = "--debug" in sys.argv
    sys.argv = [argument for argument in sys.argv if argument != "--debug"]
    with warnings.catch_warnings():
        warnings.showwarning = say_warning
        warnings.simplefilter("always", BenchWarning)
        try:
            command_line(_verb(sys.argv[1:]))()
        except BenchError as error:
            if debug:
                raise
            say_error(str(error))
            sys.exit(2)
