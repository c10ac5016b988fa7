"""The process that runs trials of an entry: the only one that loads plugin files which came with it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

import bench
from bench.engine.local import LocalEngine
from bench.engine.machine import fair_memory
from bench.engine.schedule import Limits
from bench.entries.archive import PLUGINS
from bench.entries.asking import ANSWER, QUESTION, RUN, Answer, Asked, Question
from bench.errors import BenchError
from bench.files import write_file
from bench.plans.plan import Cell, Plan, trial_code
from bench.plans.selection import choose_datasets, choose_detectors
from bench.plans.suite import Suite
from bench.plugins.metadata import DatasetPlugin, DetectorPlugin
from bench.plugins.registry import Registry, load_registry, missing_packages
from bench.runs.writing import RunWriter
from bench.trials.environment import describe
from bench.trials.trial import Contamination, Named, Trial

Detectors = dict[str, tuple[DetectorPlugin, Named]]
Datasets = dict[str, tuple[DatasetPlugin, Named, str]]
# By the dataset, the regime and the contamination that is assumed.
Cells = dict[tuple[str, str, Contamination], Cell]


def serve(folder: Path) -> None:
    """Run what is asked in a folder: the entry lies there, and the run is written there."""
    question = msgspec.json.decode((folder / QUESTION).read_bytes(), type=Question)
    plugins = folder / PLUGINS
    registry = load_registry([plugins] if plugins.is_dir() else [])
    unavailable: dict[str, str] = {str(broken.where): broken.why for broken in registry.broken}
    detectors = _detectors(question, registry, unavailable)
    datasets = _datasets(question, registry, unavailable)
    answer = Answer(
        sources={label: plugin.source for label, (plugin, _) in detectors.items()},
        modalities={label: plugin.modalities for label, (plugin, _) in detectors.items()},
        unsteady=[label for label, (plugin, _) in detectors.items() if "seed" in plugin.flaws],
        unavailable=unavailable,
    )
    write_file(folder, ANSWER, msgspec.json.encode(answer))
    cells = _cells(question.trials, datasets)
    trials = list(_trials(question.trials, detectors, cells))
    if trials:
        plan = Plan(Suite(RUN, RUN, (), ()), tuple(detectors.values()), tuple(cells.values()), ())
        _run(plan, trials, question, registry, folder)


def _detectors(question: Question, registry: Registry, unavailable: dict[str, str]) -> Detectors:
    found: Detectors = {}
    for label in dict.fromkeys(asked.detector for asked in question.trials):
        try:
            [chosen] = choose_detectors([label], registry)
        except Exception as error:  # someone else's class may raise anything
            unavailable[label] = str(error)
            continue
        missing = missing_packages(chosen[0])
        if missing:
            unavailable[label] = f"it needs {', '.join(missing)}"
        else:
            found[label] = chosen
    return found


def _datasets(question: Question, registry: Registry, unavailable: dict[str, str]) -> Datasets:
    found: Datasets = {}
    for label in dict.fromkeys(asked.dataset for asked in question.trials):
        try:
            [(plugin, named)] = choose_datasets([label], registry)
            found[label] = plugin, named, plugin.fingerprint(**plugin.own(named.params))
        except Exception as error:
            unavailable[label] = str(error)
    return found


def _cells(asked: list[Asked], datasets: Datasets) -> Cells:
    found: Cells = {}
    for each in asked:
        if each.dataset in datasets:
            cell = Cell(*datasets[each.dataset], each.regime, each.contamination)
            found[each.dataset, each.regime, each.contamination] = cell
    return found


def _trials(asked: list[Asked], detectors: Detectors, cells: Cells) -> Iterator[Trial]:
    for each in asked:
        cell = cells.get((each.dataset, each.regime, each.contamination))
        if cell is not None and each.detector in detectors:
            plugin, named = detectors[each.detector]
            code = trial_code(plugin, cell)
            yield Trial(named, cell.dataset, each.seed, cell.regime, cell.contamination, code)


def _run(plan: Plan, trials: list[Trial], question: Question, registry: Registry, folder: Path) -> None:
    limits = Limits(timeout=question.timeout, memory=fair_memory(question.jobs))
    engine = LocalEngine(registry, question.jobs, limits, question.threads)
    with (
        RunWriter(folder, plan, describe(bench.__version__, question.threads), RUN) as writer,
        closing(engine.run(plan, trials)) as outcomes,
    ):
        for outcome in outcomes:
            writer.write(outcome)


if __name__ == "__main__":
    try:
        serve(Path(sys.argv[1]))
    except BenchError as error:
        sys.exit(str(error))
