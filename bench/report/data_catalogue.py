"""The catalogue of datasets, as datasets/README.md holds it, from what each plugin declares."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from bench import escaping
from bench.analysis.cells import DASH
from bench.files import plain_name
from bench.modalities import MODALITIES
from bench.plans.suite import load_suite, suite_names
from bench.plugins.metadata import DatasetPlugin
from bench.report.markdown import table
from bench.spec import format_value, label
from bench.splits.corruption import CORRUPTIONS

EXPLANATION = """\
Made by `python -m bench list datasets --markdown` from what each plugin declares; the pictures are made by
`python -m bench list datasets --markdown --pictures datasets/pictures`. A variant is written as
`NAME:PARAMETER=VALUE,...`. *Optimum*: whether the best possible score, the likelihood ratio, is known; it
then stands on leaderboards as `bayes_optimal`, out of competition."""
PICTURES = "pictures"
OWN_LICENCE = "each table's own"
# What parameters that many families have mean, where a docstring says nothing of its own.
SHARED = {
    "normals": "normal rows to learn from, with those set apart for calibration",
    "anomalies": "anomalies to learn from, with those set apart for calibration",
    "test_normals": "normal test rows",
    "test_anomalies": "anomalous test rows",
    "noise": "standard deviation of Gaussian noise on each value",
    "test": "share of all rows that are for the test",
    "scaling": "none, or standard: zero mean and unit variance, by the training rows",
}
SET_APART = "share of the rows to learn from that is set apart for calibration"
SHARE_OF_ALL = "share of all rows that is set apart for calibration"
SEE_ABOVE = "described above"
# A longer text is easier to read there.
LONGEST = 170
_CODE = re.compile(r"``?(.+?)``?")
_SENTENCE_END = re.compile(r"(?<=\.)\s+|;\s+(?=``)")


def markdown(datasets: Iterable[DatasetPlugin]) -> str:
    """The catalogue; the same whatever packages are installed and data are at hand."""
    families = sorted(datasets, key=lambda plugin: (not is_drawn(plugin), plugin.name))
    parts = ["# Datasets", EXPLANATION, _overview(families)]
    for title, drawn in (("Drawn at random", True), ("Real data", False)):
        chosen = [plugin for plugin in families if is_drawn(plugin) == drawn]
        parts += [f"## {title}"] * bool(chosen)
        parts += [part for plugin in chosen for part in _section(plugin)]
    return "\n\n".join([*parts, *_corruptions(), *_sweeps()]) + "\n"


def is_drawn(plugin: DatasetPlugin) -> bool:
    """Whether rows, or the anomalous ranges of a series, are drawn at random, as many as are asked for."""
    return not {"test_normals", "ranges"}.isdisjoint(plugin.defaults)


def picture_of(plugin: DatasetPlugin) -> str | None:
    """The name of the family's picture; None for one whose data are not at hand everywhere."""
    return None if plugin.required else f"{plain_name(plugin.name)}.png"


def _overview(families: Iterable[DatasetPlugin]) -> str:
    rows = [
        [plugin.name, plugin.summary, plugin.modality, _optimum(plugin),
         "drawn" if is_drawn(plugin) else f"real, {plugin.licence or OWN_LICENCE}"]
        for plugin in sorted(families, key=lambda p: (not is_drawn(p), MODALITIES[p.modality].order, p.name))
    ]  # fmt: skip
    headers = ["dataset", "what it is", "modality", "optimum", "data"]
    return table(headers, [[_plain(cell) for cell in row] for row in rows], left=len(headers))


def _optimum(plugin: DatasetPlugin) -> str:
    if callable(plugin.optimum):
        return "for some parameters"
    return "known" if plugin.optimum else DASH


def _section(plugin: DatasetPlugin) -> list[str]:
    title, _, body = plugin.doc.strip().partition("\n")
    parts = [f"### {escaping.markdown(plugin.name)}", _marked(title), _marked(body.strip())]
    picture = picture_of(plugin)
    if picture:
        parts.append(f"![{escaping.markdown(_alternative(plugin))}]({PICTURES}/{picture})")
    return [part for part in (*parts, _parameters(plugin)) if part]


def _alternative(plugin: DatasetPlugin) -> str:
    """What the picture shows, for whoever cannot see it."""
    shown = MODALITIES[plugin.modality].catalogue.alternative
    common, titles = example_titles(plugin)
    together = f", with {common}" if common else ""
    apart = f", for {'; '.join(titles)}" if len(titles) > 1 else ""
    return f"{plugin.name}: {shown}{together}{apart}"


def example_titles(plugin: DatasetPlugin) -> tuple[str, list[str]]:
    """The parameters that all examples have in common, and those that set each apart from the others."""
    first, *others = plugin.examples
    common = {name: value for name, value in first.items() if all(each.get(name) == value for each in others)}
    apart = [{name: value for name, value in each.items() if name not in common} for each in plugin.examples]
    shared, *titles = (label("", each)[1:].replace(",", ", ") for each in (common, *apart))
    return shared, titles


def _parameters(plugin: DatasetPlugin) -> str:
    needed = [[plugin.required, "needed", meaning(plugin, plugin.required)]] if plugin.required else []
    rows = [[name, _default(value), meaning(plugin, name)] for name, value in plugin.defaults.items()]
    return table(["parameter", "default", "meaning"], [*needed, *rows], left=3) if needed + rows else ""


def _default(value: Any) -> str:
    return "none" if value is None or value == "" else format_value(value)


def meaning(plugin: DatasetPlugin, name: str) -> str:
    """What the docstring says that a parameter is, or what it means in all families."""
    sentences = _SENTENCE_END.split(" ".join(plugin.doc.split()))
    definition = re.compile(rf"``{name}``(?:: | is | are )(.+)")
    for said in filter(None, map(definition.match, sentences)):
        if len(said[1]) <= LONGEST:
            return _plain(said[1].rstrip("."))
    if name == "calibration":
        return SET_APART if is_drawn(plugin) else SHARE_OF_ALL
    return SHARED.get(name) or (SEE_ABOVE if f"``{name}" in plugin.doc else DASH)


def _corruptions() -> list[str]:
    rows = [
        [name, f"{corruption.low:g} to {corruption.high:g}", corruption.meaning,
         "kept" if corruption.keeps_optimum else "lost"]
        for name, corruption in CORRUPTIONS.items()
    ]  # fmt: skip
    headers = ["parameter", "values", "meaning", "optimum"]
    explanation = (
        "Every dataset has these parameters, too, as in `bumps:label_errors=0.1`. They are applied to the\n"
        "split, in this order, each with random numbers of its own."
    )
    return ["## Corruptions", explanation, table(headers, rows, left=len(headers))]


def _sweeps() -> list[str]:
    sweeps = [load_suite(name) for name in suite_names() if name.startswith("sweep-")]
    rows = [[suite.name, suite.title] for suite in sweeps]
    explanation = "Suites that vary one parameter, for `python -m bench run --suite NAME`."
    return ["## Sweeps", explanation, table(["suite", "what it varies"], rows, left=2)]


def _plain(text: str) -> str:
    """Text for a table's cell, where code can only stand in quotes."""
    return _CODE.sub(r"'\1'", text)


def _marked(text: str) -> str:
    """A docstring's text as Markdown."""
    pieces = _CODE.split(text)
    return "".join(f"`{piece}`" if i % 2 else piece.replace("*", r"\*").replace("<", "&lt;")
                   for i, piece in enumerate(pieces))  # fmt: skip
