"""What the options that choose trials, data and plugins stand for."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.api._own_data import OwnData, words_of
from bench.api._parsing import parse_seeds, parse_share
from bench.api._together import check_together
from bench.errors import BenchError, BenchWarning

if TYPE_CHECKING:
    from bench.plans.plan import Plan
    from bench.plugins.registry import Registry
    from bench.tables import Dialect

DEFAULT_SUITE = "core"


@dataclass(frozen=True)
class Choice:
    """What the options that choose trials say."""

    suite: str | None = None
    every: bool = False
    detectors: Sequence[str] | None = None
    datasets: Sequence[str] | None = None
    regimes: Sequence[str] | None = None
    seeds: str | int | Iterable[int] | None = None
    own: OwnData | None = None
    share: str | None = None
    settings: str | None = None


def own_data(
    file: Path | None,
    label: str | None,
    normal: str | None,
    drop: Sequence[str] | None,
    time: str | None = None,
    series: str | None = None,
    dialect: Dialect | None = None,
) -> OwnData | None:
    """The person's own file, if one is given; BenchError for options that are about none."""
    words = [] if dialect is None else words_of(dialect)[:1]
    check_together(
        "data",
        {
            "data": file,
            "label": label,
            "normal": normal,
            "drop": drop,
            "time": time,
            "series": series,
            **{word.removeprefix("--"): True for word in words},
        },
    )
    return None if file is None else OwnData(file, label, normal, drop or (), time, series, dialect)


def load_plugins(plugins: Sequence[Path] | None, data_dir: Path | None = None) -> Registry:
    """The registry; plugin files that are broken are warned about and left out."""
    from bench.plugins.registry import load_registry

    use_data_dir(data_dir)
    registry = load_registry(plugins or ())
    for broken in registry.broken:
        warnings.warn(str(broken), BenchWarning, stacklevel=2)
    return registry


def use_data_dir(data_dir: Path | None) -> None:
    """Make a folder that was given the data folder, for this process and those that it starts."""
    if data_dir is not None:
        if not data_dir.is_dir():
            raise BenchError(f"--data-dir: {str(data_dir)!r} does not exist or is not a folder")
        os.environ["BENCH_DATA_DIR"] = str(data_dir.resolve())


def plan_of(choice: Choice, registry: Registry) -> Plan:
    """The plan that the options ask for."""
    from bench.plans.selection import Selection, make_plan
    from bench.plans.suite import load_suite
    from bench.spec import split_specs

    check_together(
        "run",
        {
            "all": choice.every,
            "suite": choice.suite,
            "detectors": choice.detectors,
            "datasets": choice.datasets,
            "share": choice.share,
            "data": choice.own,
        },
    )
    if not (choice.every or choice.suite or choice.detectors or choice.datasets or choice.own):
        raise BenchError(
            "say what to run: --all, --suite NAME, --detectors NAMES, --datasets NAMES or --data FILE "
            "(`list suites` and `list detectors` show what there is)"
        )

    def names(given: Sequence[str] | None) -> tuple[str, ...] | None:
        return tuple(name for text in given for name in split_specs(text)) if given else None

    selection = Selection(
        detectors=names(choice.detectors),
        datasets=names(choice.datasets),
        regimes=names(choice.regimes),
        seeds=None if choice.seeds is None else parse_seeds(choice.seeds),
        share=(1, 1) if choice.share is None else parse_share(choice.share),
        settings=choice.settings,
    )
    suite = choice.own.suite() if choice.own else load_suite(choice.suite or DEFAULT_SUITE)
    return make_plan(suite, registry, selection, every=choice.every)
