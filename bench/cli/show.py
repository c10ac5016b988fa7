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

    from bench.plans.settings import space_of
    from bench.plugins.contract import FLAWS
    from bench.plugins.registry import missing_packages, parameter_defaults
    from bench.spec import Spec, format_value

    registry = options.load_plugins(plugins)
    plugin, _ = registry.detector(Spec.parse(name))
    missing = missing_packages(plugin)
    facts = [
        ("regimes", ", ".join(plugin.regimes)),
        ("modalities", ", ".join(plugin.modalities)),
        ("reads", ", ".join(["training rows", *sorted(plugin.declared)])),
        ("deterministic", "yes" if plugin.deterministic else "no: its seed matters"),
        ("available", f"no: pip install {' '.join(missing)}" if missing else "yes"),
        ("flaws", "; ".join(FLAWS[flaw] for flaw in plugin.flaws) or "none known"),
        ("class", plugin.import_path or "in the plugin's file"),
        ("file", plugin.path),
    ]
    out = console()
    out.print(Text(plugin.name, style="bold"))
    out.print(Text(plugin.doc))
    out.print()
    out.print(table(["", ""], facts))
    out.print()
    defaults = parameter_defaults(plugin)
    # A class registered by its import path has its own defaults; the registration may change some.
    changed = plugin.defaults if plugin.import_path else {}
    space = space_of(plugin)
    rows = [
        [key, format_value(value), "*" if key in changed else "", str(space.get(key, ""))]
        for key, value in defaults.items()
    ]
    if rows:
        out.print(table(["parameter", "default", "", "--settings tries"], rows))
        if changed:
            out.print("* differs from the library's own default")
        first = rows[0]
        out.print(Text(f"Set one with: --detectors '{plugin.name}:{first[0]}={first[1]}'"))
    else:
        out.print("It has no parameters.")
