"""The catalogue of detectors: a table for each family, as detectors/README.md holds it."""

from __future__ import annotations

from collections.abc import Iterable

from bench.analysis.cells import DASH
from bench.plugins.contract import FAMILIES, FLAWS, short_modalities, short_regimes
from bench.plugins.metadata import DetectorPlugin
from bench.plugins.registry import on_pypi
from bench.report.markdown import table

# What the package itself depends on; more than this is worth a word.
CORE = {"numpy", "pandas", "pyod", "scipy", "sklearn", "torch"}
EXPLANATION = """\
Made by `python -m bench list detectors --markdown` from what each plugin declares. *Regimes*: u unsupervised,
o one-class, f semi-supervised (few labels), s supervised; a detector with † also learns from labelled
calibration rows. *Complexity* is that of fitting n rows of d columns. *Needs* are packages beyond the base.
A *slow* detector takes more than 20 seconds for a trial on 2000 × 256 values."""
OTHER = "other"


def markdown(detectors: Iterable[DetectorPlugin]) -> str:
    """The catalogue; the same whatever packages are installed."""
    families: dict[str, list[DetectorPlugin]] = {}
    for plugin in sorted(detectors, key=lambda plugin: plugin.name):
        families.setdefault(plugin.family or OTHER, []).append(plugin)
    parts = ["# Detectors", EXPLANATION]
    for family in (*FAMILIES, OTHER):
        if family in families:
            meaning = FAMILIES.get(family, "of no stated family")
            parts += [f"## {family}: {meaning}", _family_table(families[family])]
    flaws = "\n".join(f"- *{flaw}*: {meaning}." for flaw, meaning in FLAWS.items())
    return "\n\n".join([*parts, "## Flaws", flaws]) + "\n"


def _family_table(plugins: Iterable[DetectorPlugin]) -> str:
    headers = ["detector", "what it is", "regimes", "modalities", "complexity", "needs", "flaws"]
    return table(headers, map(_row, plugins), left=len(headers))


def _row(plugin: DetectorPlugin) -> list[str]:
    needs = [on_pypi(name) for name in plugin.requires if name.partition(".")[0] not in CORE]
    return [
        plugin.name + (" †" if plugin.calibration else ""),
        plugin.summary,
        short_regimes(plugin.regimes),
        short_modalities(plugin.modalities),
        (plugin.complexity or DASH) + (", slow" if plugin.slow else ""),
        ", ".join(needs) or DASH,
        ", ".join(plugin.flaws) or DASH,
    ]
