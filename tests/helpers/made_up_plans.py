"""A registry of made-up plugins, a suite over them, and plans of it."""

from __future__ import annotations

from dataclasses import replace

from bench.plans.selection import Selection, make_plan
from bench.plans.suite import Grid, Suite
from bench.plugins.metadata import DatasetPlugin, DetectorPlugin
from bench.plugins.registry import Registry

UNLABELLED = ("unsupervised", "one-class")


def a_detector(name, **options):
    given = {"regimes": UNLABELLED, "defaults": {"k": 1, "depth": 2}, "source": f"source of {name}"}
    return DetectorPlugin(name=name, doc=name, build=object, **{**given, **options})


def a_dataset(name, **options):
    given = {"defaults": {"size": 10, "noise": 0.0}, "source": f"source of {name}"}
    return DatasetPlugin(name=name, doc=name, make=object, **{**given, **options})


FILES = a_dataset(
    "files", defaults={"test": 0.3}, required="file", variants=lambda: [{"file": "a_1"}, {"file": "b_2"}]
)


NO_FILES = a_dataset("nofiles", required="file", variants=lambda: [], hint="give a folder")


PLUGINS = (
    a_detector("slow", cost=9),
    a_detector("fast", cost=0.1),
    a_detector("middle"),
    a_detector("labelled", regimes=("supervised",)),
    a_detector("curves_only", modalities=("curve",), cost=0.5),
    a_dataset("tables"),
    a_dataset("waves", modality="curve"),
    FILES,
    NO_FILES,
)


SUITE = Suite(
    name="mine",
    title="Mine",
    seeds=(0, 1),
    grids=(
        Grid(("tables:size=5", "tables"), ("unsupervised",)),
        Grid(("waves", "tables:size=7,noise=0.5"), ("one-class", "supervised"), 0.05),
    ),
    detectors=("slow", "fast"),
)


def registry_of(*plugins):
    registry = Registry()
    registry.add(plugins)
    assert not registry.broken
    return registry


REGISTRY = registry_of(*PLUGINS)


def plan_of(registry=REGISTRY, suite=SUITE, every=False, **selection):
    return make_plan(suite, registry, Selection(**selection), every=every)


def cells_of(plan):
    return [(cell.dataset.label, cell.regime, cell.contamination) for cell in plan.cells]


def detectors_of(plan):
    return {trial.detector.label for trial in plan}


def with_plugin(name, **changes):
    return registry_of(*(replace(p, **changes) if p.name == name else p for p in PLUGINS))
