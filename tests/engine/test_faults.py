"""Nothing that a detector does can stop a run, change another's record or leave a process behind."""

from __future__ import annotations

from textwrap import dedent

import psutil
import pytest
from msgspec import structs

from bench.engine.local import LocalEngine
from bench.engine.schedule import Limits
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry

FAULTS = '''
    import contextlib
    import ctypes
    import os
    import signal
    import sys
    import time

    from bench import detector


    class Base:
        def fit(self, train):
            self.fault()

        def score(self, X):
            return X[:, 0]


    @detector
    class HangsInC(Base):
        """Waits in C code with the interpreter's lock held."""
        def fault(self):
            ctypes.PyDLL(None).sleep(3600)


    @detector
    class IgnoresSigterm(Base):
        """Cannot be asked to end."""
        def fault(self):
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            while True:
                time.sleep(1)


    @detector
    class Leaks(Base):
        """Takes memory until it is stopped."""
        def fault(self):
            kept = []
            while True:
                kept.append(bytearray(b"x") * 2**27)


    @detector
    class Segfaults(Base):
        """Reads from address nought."""
        def fault(self):
            ctypes.string_at(0)


    @detector
    class Exits(Base):
        """Ends its process."""
        def fault(self):
            os._exit(3)


    @detector
    class Forks(Base):
        """Leaves a child that comes back, and one that stays; once, as a child comes to its own fits."""
        forked = False
        def fault(self):
            if Forks.forked:
                return
            Forks.forked = True
            if os.fork() == 0:
                return
            if os.fork() == 0:
                time.sleep(3600)


    @detector
    class ClosesStdout(Base):
        """Closes the standard output, the object and the descriptor."""
        def fault(self):
            sys.stdout.close()
            with contextlib.suppress(OSError):  # the warm-up has closed it before
                os.close(1)


    @detector
    class ClosesEverything(Base):
        """Closes every descriptor, the worker's own among them."""
        def fault(self):
            os.closerange(0, 256)
'''
EXPECTED = {
    "hangs_in_c": ("timeout", "it ran longer than 10 s and was stopped"),
    "ignores_sigterm": ("timeout", "it ran longer than 10 s and was stopped"),
    "leaks": ("out-of-memory", "its process grew beyond 1200 MiB and was stopped"),
    "segfaults": ("failed", "its process died (SIGSEGV)"),
    "exits": ("failed", "its process died (exit code 3)"),
    "forks": ("ok", ""),
    "closes_stdout": ("ok", ""),
    "closes_everything": ("failed", "its process died"),
}
HONEST = ("knn", "isolation_forest", "loda", "random_score")
# A variable that the processes of a run inherit.
MARK = "BENCH_TEST_OF_FAULTS"
LIMITS = Limits(timeout=10, memory=1200 * 2**20)


def outcomes(registry, detectors):
    selection = Selection(tuple(detectors), ("breast_cancer",), ("unsupervised",), (0,))
    plan = make_plan(load_suite("quick"), registry, selection)
    found = {o.record.detector.name: o for o in LocalEngine(registry, 2, LIMITS).run(plan)}
    assert len(found) == len(plan)
    return found


def comparable(outcome):
    record = {name: value for name, value in structs.asdict(outcome.record).items() if name != "costs"}
    return record, None if outcome.scores is None else outcome.scores.tolist()


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A run with the faults, one without, and the processes that are left."""
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "faults.py").write_text(dedent(FAULTS))
    registry = load_registry([folder], installed=False)
    assert not registry.broken
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(MARK, str(folder))  # other tests may start processes at the same time
        with_faults = outcomes(registry, (*EXPECTED, *HONEST))
    ours = [process for process in psutil.process_iter() if _mark(process) == str(folder)]
    return with_faults, outcomes(registry, HONEST), ours


def _mark(process):
    try:
        return process.environ().get(MARK)
    except psutil.Error:
        return None


def _command(process):
    try:
        return process.cmdline() if process.status() != psutil.STATUS_ZOMBIE else []
    except psutil.Error:
        return []


@pytest.mark.parametrize("name", EXPECTED)
def test_a_fault_is_a_record(runs, name):
    record = runs[0][name].record
    status, reason = EXPECTED[name]
    assert record.status == status, record.reason
    assert reason in record.reason


@pytest.mark.parametrize("name", HONEST)
def test_the_records_of_others_are_those_of_a_run_without_faults(runs, name):
    with_faults, without, _ = runs
    assert comparable(with_faults[name]) == comparable(without[name])
    assert with_faults[name].record.status == "ok"


def test_no_process_is_left_behind(runs):
    spawned = [process for process in runs[2] if "resource_tracker" not in " ".join(_command(process))]
    assert spawned == []


def test_what_a_killed_worker_leaves_behind_is_removed_without_a_word(cli, write_plugin):
    folder = write_plugin(
        "locks",
        '''
        import multiprocessing

        from bench import detector

        kept = []


        @detector
        class Locks:
            """Holds a semaphore of the system when its worker ends."""
            def fit(self, train):
                kept.append(multiprocessing.get_context("spawn").Lock())

            def score(self, X):
                return X[:, 0]
        ''',
    )
    words = ("--suite", "quick", "--datasets", "bumps", "--detectors", "locks", "--plugins", str(folder))
    done = cli("run", *words, "--jobs", "1")
    assert done.returncode == 0, done.stderr
    assert "leaked" not in done.stderr
