"""``mcp``: a server for agents."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from bench.cli._output import console


def command(
    folder: Annotated[Path, typer.Option(help="The folder whose files may be asked about, and no others.")],
) -> None:
    """Serve the Model Context Protocol on standard input and output, for an agent that works with your files.

    Its tools read and recommend: what detectors there are, leaderboards of stored runs, how a file's columns
    are read, which detector suits it, what is wrong with its labels, and its scores by a saved model. Nothing
    is written in the folder, and nothing outside of it is read.
    """
    from bench.errors import check_installed

    check_installed("mcp", "an MCP server", extra="mcp")

    from bench.mcp.server import make_server

    server = make_server(folder)
    if sys.stdin.isatty():  # a person has started it, and would see nothing at all
        console(stderr=True).print(
            f"serving {folder} on standard input and output, for a program that speaks the Model Context "
            "Protocol; Ctrl-C ends it"
        )
    server.run("stdio")
