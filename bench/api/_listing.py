"""Functions of `bench.api` about plugins: `list`, `show` and `new`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from bench.api import _choosing as choosing
from bench.api import _parsing as parsing
from bench.api._parsing import File
from bench.errors import unknown
from bench.plugins.contract import short_modalities, short_regimes

if TYPE_CHECKING:
    import pandas as pd

    from bench.plugins.metadata import Plugin
    from bench.plugins.registry import Registry

Kind = Literal["detectors", "features", "datasets", "suites"]


class Listing(NamedTuple):
    """The names of columns, and a row of text for each of what is listed."""

    headers: list[str]
    rows: list[list[str]]

    @property
    def frame(self) -> pd.DataFrame:
        """The same as a data frame."""
        import pandas as pd

        return pd.DataFrame(self.rows, columns=self.headers)


def list_(
    kind: Kind, *, plugins: File | Sequence[File] | None = None, data_dir: File | None = None
) -> pd.DataFrame:
    """What there is to run.

    Parameters
    ----------
    kind : str
        "detectors", "features", "datasets" or "suites".
    plugins, data_dir
        Folders of your own.

    Returns
    -------
    pandas.DataFrame
        A row for each; of detectors, what ``regimes`` and ``modalities`` each takes, by their first letters,
        and whether it is ``available``, or else the command that makes it so.

    Raises
    ------
    BenchError
        For an unknown kind.
    """
    if kind not in LISTINGS:
        raise unknown("kind", kind, LISTINGS)
    registry = choosing.load_plugins(parsing.folders_of(plugins), parsing.path_of(data_dir))
    return LISTINGS[kind](registry).frame


def _detectors(registry: Registry) -> Listing:
    rows = [
        [
            name,
            plugin.family,
            short_regimes(plugin.regimes),
            short_modalities(plugin.modalities),
            ", ".join(plugin.flaws),
            _availability(plugin),
            plugin.summary,
        ]
        for name, plugin in sorted(registry.detectors.items())
    ]
    headers = ["detector", "family", "regimes", "modalities", "flaws", "available", "what it is"]
    return Listing(headers, rows)


def _features(registry: Registry) -> Listing:
    rows = [
        [name, ", ".join(plugin.modalities), _availability(plugin), plugin.summary]
        for name, plugin in sorted(registry.features.items())
    ]
    return Listing(["features", "modalities", "available", "what it is"], rows)


def _datasets(registry: Registry) -> Listing:
    rows = []
    for name, plugin in sorted(registry.datasets.items()):
        files = [str(params[plugin.required]) for params in plugin.variants()] if plugin.required else []
        usable = "no data" if plugin.required and not files else _availability(plugin)
        optimum = "some" if callable(plugin.optimum) else "yes" if plugin.optimum else ""
        rows.append([name, plugin.modality, optimum, usable, plugin.summary])
        rows += [[f"{name}:{file}", plugin.modality, optimum, "yes", ""] for file in files]
    return Listing(["dataset", "modality", "optimum", "available", "what it is"], rows)


def _suites(_: Registry) -> Listing:
    from bench.plans.suite import load_suite, suite_names

    suites = [load_suite(name) for name in suite_names()]
    rows = [[s.name, str(len(s.seeds)), "" if s.hours is None else f"{s.hours:g}", s.title] for s in suites]
    return Listing(["suite", "seeds", "hours", "what it is"], rows)


def _availability(plugin: Plugin) -> str:
    from bench.plugins.registry import missing_packages

    missing = missing_packages(plugin)
    return f"pip install {' '.join(missing)}" if missing else "yes"


LISTINGS: dict[str, Callable[[Registry], Listing]] = {
    "detectors": _detectors,
    "features": _features,
    "datasets": _datasets,
    "suites": _suites,
}


@dataclass(frozen=True)
class Shown:
    """A detector: its ``facts`` by what they are about, and a row of ``values`` for each parameter.

    ``is_changed``: whether some default differs from that of the library that has the detector.
    """

    name: str
    doc: str
    facts: dict[str, str]
    values: list[list[str]]
    is_changed: bool

    @property
    def parameters(self) -> pd.DataFrame:
        """A row for each parameter: its default, "*" where it is not the library's, and what is tried."""
        import pandas as pd

        return pd.DataFrame(self.values, columns=["parameter", "default", "changed", "tried"])


def show(name: str, *, plugins: File | Sequence[File] | None = None) -> Shown:
    """What a detector is, where it comes from, its parameters and what it needs.

    Parameters
    ----------
    name : str
        The detector's name.
    plugins : str, path or sequence of these, optional
        Folders with detectors of your own.

    Returns
    -------
    Shown
        With ``doc``, ``facts``, and ``parameters``, a data frame.

    Raises
    ------
    BenchError
        For an unknown name.
    """
    from bench.plans.settings import space_of
    from bench.plugins.contract import FLAWS
    from bench.plugins.registry import missing_packages, parameter_defaults
    from bench.spec import Spec, format_value

    plugin, _ = choosing.load_plugins(parsing.folders_of(plugins)).detector(Spec.parse(name))
    missing = missing_packages(plugin)
    facts = {
        "regimes": ", ".join(plugin.regimes),
        "modalities": ", ".join(plugin.modalities),
        "reads": ", ".join(["training rows", *sorted(plugin.declared)]),
        "also takes": "\n".join(each.described for each in plugin.offered) or "nothing of the harness",
        "deterministic": "yes" if plugin.deterministic else "no: its seed matters",
        "available": f"no: pip install {' '.join(missing)}" if missing else "yes",
        "flaws": "; ".join(FLAWS[flaw] for flaw in plugin.flaws) or "none known",
        "class": plugin.import_path or "in the plugin's file",
        "file": plugin.path,
    }
    # A class registered by its import path has its own defaults; the registration may change some.
    changed = plugin.defaults if plugin.import_path else {}
    space = space_of(plugin)
    values = [
        [key, format_value(value), "*" if key in changed else "", str(space.get(key, ""))]
        for key, value in parameter_defaults(plugin).items()
    ]
    return Shown(plugin.name, plugin.doc, facts, values, bool(changed))


def new(kind: Literal["detector", "dataset"], name: str, *, folder: File | None = None) -> Path:
    """Write a small plugin that works, with comments, for you to change; returns the file.

    Parameters
    ----------
    kind : str
        "detector" or "dataset".
    name : str
        Its name, in snake_case.
    folder : str or path, optional
        Where to; ./detectors or ./datasets if there is one, else the current folder.

    Raises
    ------
    BenchError
        For a name that cannot be one or is taken; no file is overwritten.
    """
    from bench.kit.new import default_folder, write_plugin

    if kind not in ("detector", "dataset"):
        raise unknown("kind", kind, ("detector", "dataset"))
    return write_plugin(kind, name, default_folder(kind) if folder is None else Path(folder))
