"""``new``: a plugin file to start from."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bench.cli._output import console


class Kind(StrEnum):
    detector = "detector"
    dataset = "dataset"


def command(
    kind: Annotated[Kind, typer.Argument(help="What to write.")],
    name: Annotated[str, typer.Argument(help="Its name, in snake_case.")],
    folder: Annotated[
        Path | None,
        typer.Option(help="Where to; ./detectors or ./datasets if there is one, else the current folder."),
    ] = None,
) -> None:
    """Write a small plugin that works, with comments, for you to change. No file is overwritten."""
    from bench import api
    from bench.plugins.registry import builtin_folders

    file = api.new(kind.value, name, folder=folder)
    target = file.parent
    # Plugins beside the built-in ones are found anyway.
    plugins = "" if target.resolve() in builtin_folders() else f" --plugins {target}"
    if kind is Kind.detector:
        steps = [f"check {name}{plugins}", f"run --suite quick --detectors {name},isolation_forest{plugins}"]
    else:
        steps = [
            f"list datasets{plugins}",
            f"run --datasets {name} --detectors isolation_forest,mahalanobis --seeds 3{plugins}",
        ]
    out = console()
    out.print(f"wrote {file}; next:", markup=False)
    for step in steps:
        out.print(f"  python -m bench {step}", markup=False)
