"""``show``: everything about one detector."""

from __future__ import annotations

from typing import Annotated

import typer

from bench.cli import _options as options
from bench.cli._output import console, table


def command(
    name: Annotated[str, typer.Argument(help="The detector's name, as `list detectors` gives it.")],
    plugins: options.Plugins = None,
) -> None:
    """Show a detector: what it is, where it comes from, its parameters and what it needs."""
    from rich.text import Text

    from bench import api

    found = api.show(name, plugins=plugins)
    out = console()
    out.print(Text(found.name, style="bold"))
    out.print(Text(found.doc))
    out.print()
    out.print(table(["", ""], list(found.facts.items())))
    out.print()
    if not found.values:
        out.print("It has no parameters.")
        return
    out.print(table(["parameter", "default", "", "--settings tries"], found.values))
    if found.is_changed:
        out.print("* differs from the library's own default")
    first = found.values[0]
    out.print(Text(f"Set one with: --detectors '{found.name}:{first[0]}={first[1]}'"))
