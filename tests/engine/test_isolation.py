"""A trial changes nothing for those that come after it in its worker."""

from __future__ import annotations

from textwrap import dedent

import pytest

from bench.engine.local import LocalEngine
from bench.engine.schedule import Limits
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry

# Each changes something that is not its own, in fit(), and is followed by `honest` in the same worker.
CHEATS = '''
    import os
    import random
    import signal
    import sys
    import threading
    import time
    import warnings

    import numpy as np

    from bench import detector


    class Base:
        def fit(self, train):
            self.change()

        def score(self, X):
            return X[:, 0]


    @detector
    class ZHonest(Base):
        """Says what it finds."""
        def change(self):
            pass
'''


def records(write_plugin, body, detectors=("*cheat*", "z_honest"), limits=None):
    """The records of detectors in one worker, by detector; what ``body`` defines comes first."""
    registry = load_registry([write_plugin("cheats", CHEATS + body)], installed=False)
    assert not registry.broken
    selection = Selection(tuple(detectors), ("breast_cancer",), ("unsupervised",), (0,))
    plan = make_plan(load_suite("quick"), registry, selection)
    found = [outcome.record for outcome in LocalEngine(registry, 1, limits or Limits()).run(plan)]
    assert found[-1].detector.name.startswith("z"), "it is to be the last"
    return {record.detector.name: record for record in found}


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    """The honest detector's metrics where nobody cheats."""
    folder = tmp_path_factory.mktemp("honest")

    def write(name, text):
        (folder / f"{name}.py").write_text(dedent(text))
        return folder

    return records(write, "", ("z_honest",))["z_honest"]


FLATTER = '''
    @detector
    class Cheat(Base):
        """Makes every figure 1."""
        def change(self):
            import bench.evaluation.judging
            import bench.evaluation.metrics
            import bench.evaluation.policies
            import bench.trials.runner

            def one(*_, **__):
                return {"ranking": {"roc_auc": 1.0}, "native": {"f1": 1.0}}

            for metric in bench.evaluation.metrics.METRICS.values():
                object.__setattr__(metric, "function", lambda _: 1.0)
            for policy in bench.evaluation.policies.POLICIES.values():
                object.__setattr__(policy, "function", lambda: 0.5)
            bench.evaluation.metrics.evaluate = bench.evaluation.judging.evaluate = one
            bench.evaluation.judging.thresholds = lambda _: {}
            bench.evaluation.judging.judge.__code__ = (lambda scored: ({}, {})).__code__
'''


def test_a_detector_that_replaces_the_metrics_changes_no_figure(write_plugin, honest):
    found = records(write_plugin, FLATTER)
    assert found["z_honest"].metrics == honest.metrics
    assert found["z_honest"].thresholds == honest.thresholds
    assert found["cheat"].metrics in ({}, honest.metrics)  # its scores are those of the honest one


REPLACED = {
    "perf_counter": "time.perf_counter = lambda: 0.0",
    "len": "import builtins; builtins.len = lambda x: 7",
    "Split.X_test": "import bench.splits.split as s; s.Split.X_test = None",
    "outputs.checked_scores": (
        "import bench.plugins.outputs as o; o.checked_scores.__code__ = (lambda *given: 0).__code__"
    ),
    "CORRUPTIONS.label_errors": ("import bench.splits.corruption as c; del c.CORRUPTIONS['label_errors']"),
}


def test_a_detector_that_replaces_what_all_use_fails_and_its_worker_is_replaced(write_plugin, honest):
    body = "".join(
        f'''
    @detector
    class Cheat{number}(Base):
        """Replaces {name}."""
        def change(self):
            {change}
'''
        for number, (name, change) in enumerate(REPLACED.items())
    )
    found = records(write_plugin, body)
    for number, name in enumerate(REPLACED):
        record = found[f"cheat{number}"]
        assert record.status == "failed", name
        assert record.reason.startswith("it replaced ")
        assert record.reason.endswith(f".{name}, which all trials use")
    assert found["z_honest"].metrics == honest.metrics


SETTINGS = {
    "folder": "os.chdir('/')",
    "environment": "os.environ['BENCH_DEVICE'] = 'cuda'; del os.environ['PATH']",
    "alarm": "signal.setitimer(signal.ITIMER_REAL, 3600)",
    "warnings": "warnings.simplefilter('error'); np.seterr(all='raise')",
    "dtype": "import torch; torch.set_default_dtype(torch.float64); torch.set_grad_enabled(False)",
    "sklearn": "import sklearn; sklearn.set_config(transform_output='pandas', assume_finite=True)",
    "bits": "np.random.set_bit_generator(np.random.PCG64(1))",
    "recursion": "sys.setrecursionlimit(200)",
    "files": "import tempfile; tempfile.tempdir = '/nowhere'",
    "temporary": "import shutil; shutil.rmtree(os.environ['TMPDIR'])",
}
# Says, as its threshold, how many of the settings are not as in a new process.
PROBE = """
    @detector
    class ZzProbe(Base):
        \"\"\"Says what it finds.\"\"\"
        def change(self):
            import tempfile

            import sklearn
            import torch

            off = [
                os.getcwd() == "/", "PATH" not in os.environ, os.environ.get("BENCH_DEVICE") == "cuda",
                torch.get_default_dtype() != torch.float32, not torch.is_grad_enabled(),
                sklearn.get_config()["assume_finite"], sys.getrecursionlimit() == 200,
                np.random.get_bit_generator().__class__.__name__ != "MT19937",
                tempfile.gettempdir() == "/nowhere", not os.path.isdir(tempfile.gettempdir()),
                signal.getitimer(signal.ITIMER_REAL) != (0.0, 0.0),
            ]
            self.threshold = float(sum(off))
"""


def test_what_a_detector_sets_in_its_process_is_put_back_after_its_trial(write_plugin):
    body = PROBE + "".join(
        f'''
    @detector
    class {name.title()}Cheat(Base):
        """Sets something."""
        def change(self):
            {change}
'''
        for name, change in SETTINGS.items()
    )
    found = records(write_plugin, body, ("*cheat*", "zz_probe"))
    # What is put back is nobody's failure, and it is one worker.
    assert not [
        record.reason
        for record in found.values()
        if "process" in record.reason or "replaced" in record.reason
    ]
    assert found["zz_probe"].thresholds["native"] == 0
