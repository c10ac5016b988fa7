"""The page of commands, from the command line itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench.cli._app import command_line

PROGRAM = "python -m bench"


def page() -> Iterator[str]:
    """The lines of the page."""
    root = command_line()
    context = root.make_context(PROGRAM, [], resilient_parsing=True)
    yield f"# Commands\n\n{root.help}\n"
    yield f"`detector-bench` is the same as `{PROGRAM}`. {root.epilog}\n"
    for name, verb in root.commands.items():
        yield from section(verb, name, context)


def section(verb: Any, name: str, parent: Any, level: int = 2) -> Iterator[str]:
    """The section of a verb, and those of the verbs below it."""
    context = verb.make_context(f"{PROGRAM} {name}", [], parent=parent, resilient_parsing=True)
    yield f"{'#' * level} {name}\n"
    yield f"```text\n{PROGRAM} {name} {' '.join(verb.collect_usage_pieces(context))}\n```\n"
    yield f"{verb.help}\n"
    yield f"```{{program}} {PROGRAM} {name}\n```\n"
    for panel, parameters in panels(verb.params).items():
        yield f"**{panel}**\n"
        for parameter in parameters:
            usage, meaning = parameter.get_help_record(context)
            yield f":::{{option}} {usage.replace(' / ', ', ')}\n{meaning}\n:::\n"
    for below, found in getattr(verb, "commands", {}).items():
        yield from section(found, f"{name} {below}", context, level + 1)


def panels(parameters: list[Any]) -> dict[str, list[Any]]:
    """Parameters by the heading that ``--help`` shows them under."""
    found: dict[str, list[Any]] = {}
    for each in parameters:
        usual = "Arguments" if each.param_type_name == "argument" else "Options"
        found.setdefault(each.rich_help_panel or usual, []).append(each)
    return found
