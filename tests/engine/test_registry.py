from __future__ import annotations

import sys
from types import ModuleType

import pytest

from bench.engine import registry as engines
from bench.engine.local import LocalEngine
from bench.engine.registry import ENGINES, EngineEntry, EngineOptions, describe_engines, make_engine
from bench.engine.schedule import Limits
from bench.errors import BenchError


@pytest.fixture
def options(registry):
    return EngineOptions(registry, Limits(timeout=3), threads=2, device="cpu")


def test_the_local_engine_has_a_worker_for_each_core_and_a_share_of_the_memory(options, monkeypatch):
    monkeypatch.setattr("bench.engine.local.available_cores", lambda: 8)
    engine = make_engine("local", options)
    assert (engine.jobs, engine.threads, engine.limits.timeout) == (4, 2, 3)
    assert engine.limits.memory > 0


def test_an_engine_that_is_added_can_be_chosen_and_is_in_the_help(options, monkeypatch):
    module = ModuleType("made_up_engine")

    class MadeUpEngine(LocalEngine):
        pass

    module.MadeUpEngine = MadeUpEngine
    monkeypatch.setitem(sys.modules, "made_up_engine", module)
    monkeypatch.setitem(ENGINES, "made-up", EngineEntry("made-up", "nowhere", "made_up_engine:MadeUpEngine"))
    assert isinstance(make_engine("made-up", options), MadeUpEngine)
    assert describe_engines().endswith("made-up (nowhere)")


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("locl", {}, "unknown engine 'locl'; did you mean 'local'"),
        ("local", {"address": "auto"}, "--address is that of a cluster; add --engine ray"),
        ("local", {"device": "tpu"}, "unknown device 'tpu'"),
        ("ray", {"device": "tpu"}, "unknown device 'tpu'"),
        ("ray", {"address": "auto", "jobs": 2}, "a Ray cluster runs as many trials as it has CPUs for"),
    ],
)
def test_what_an_engine_cannot_do_is_said(options, monkeypatch, name, changes, message):
    monkeypatch.setattr(engines, "check_installed", lambda *_, **__: None)
    with pytest.raises(BenchError, match=message):
        make_engine(name, EngineOptions(**{**vars(options), **changes}))


def test_a_missing_package_is_said_with_the_way_to_get_it(options, monkeypatch):
    monkeypatch.setattr("bench.errors.find_spec", lambda name: None)
    with pytest.raises(BenchError, match=r"'ray'; install it with: pip install 'detector-bench\[ray\]'"):
        make_engine("ray", options)
