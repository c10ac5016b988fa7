"""All verbs, or one, as typer's and click's command line."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated, Any

import typer

from bench import __version__
from bench.cli._output import console
from bench.cli._overview import EPILOG, HELP, PROGRAM, VERBS

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
        name=PROGRAM,
        help=HELP,
        epilog=EPILOG,
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
