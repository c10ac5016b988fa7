"""The Ray engine gives the records of the local one, whatever happens to the machines."""

from __future__ import annotations

import os
import pickle
import shutil
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent

import numpy as np
import psutil
import pytest
from msgspec import structs

from bench.engine.local import LocalEngine
from bench.engine.schedule import Limits, TrialJob
from bench.errors import BenchError
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry

ray = pytest.importorskip("ray", reason="the package 'ray' is not installed: pip install -e '.[ray]'")

from bench.engine.ray import RayEngine  # noqa: E402
from bench.engine.ray_node import do_job  # noqa: E402

PLUGINS = '''
    import ctypes
    import os
    import threading
    from pathlib import Path

    from bench import Split, Stage, dataset, detector

    from ._neighbour import distances


    @dataset
    def small(rng):
        """Takes no time to make."""
        return Split.stratified(rng.normal(size=(100, 3)), [0] * 80 + [1] * 20, rng)


    class Centre(Stage):
        def fit(self, train):
            self.centre = train.X.mean(axis=0)


    @detector(cost=0.001)
    class Waits:
        """The first of all says on which node it is, and never ends."""
        def fit(self, train):
            folder = os.environ.get("WAITS_FOLDER")
            if folder and Path(folder).exists():
                own = Path(folder, f"of-{os.getpid()}")
                own.write_text(os.environ["RAY_RAYLET_PID"])
                try:
                    # Two may come at the same time; and whoever is killed here has said it all or nothing.
                    os.link(own, Path(folder, "first"))
                except FileExistsError:
                    return
                threading.Event().wait()
        def score(self, X):
            return X[:, 0]


    @detector
    class Central:
        """Uses a stage and a neighbouring file."""
        def stage(self):
            return Centre()
        def fit(self, train):
            self.centre = train.stage.centre
        def score(self, X):
            return distances(X, self.centre)


    @detector
    class Where:
        """Says where its file and the data lie, and how far it stands back for other processes."""
        def fit(self, train):
            raise ValueError(f"{__file__} {os.environ.get('BENCH_DATA_DIR')} nice={os.nice(0)}")
        def score(self, X):
            return X[:, 0]


    @detector
    class Exits:
        """Ends its process."""
        def fit(self, train):
            os._exit(7)
        def score(self, X):
            return X[:, 0]


    @detector
    class Hangs:
        """Waits in C code with the interpreter's lock held."""
        def fit(self, train):
            ctypes.PyDLL(None).sleep(3600)
        def score(self, X):
            return X[:, 0]


    @detector
    class Leaks:
        """Takes memory until it is stopped."""
        def fit(self, train):
            kept = []
            while True:
                kept.append(bytearray(b"x") * 2**24)
        def score(self, X):
            return X[:, 0]
'''
NEIGHBOUR = """
    def distances(X, centre):
        return ((X - centre) ** 2).sum(axis=1)
"""
HONEST = ("knn", "random_forest", "autoencoder:epochs=5", "central")


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plugins")
    (folder / "own.py").write_text(dedent(PLUGINS))
    (folder / "_neighbour.py").write_text(dedent(NEIGHBOUR))
    registry = load_registry([folder], installed=False)
    assert not registry.broken
    return registry


@pytest.fixture(scope="module")
def local(registry):
    """What the local engine makes of a detector that waits, and of honest ones."""
    return comparable(LocalEngine(registry, 2).run(plan_of(registry, ("waits", *HONEST))))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """Two nodes with a CPU each, besides the one that the tests belong to."""
    from ray.cluster_utils import Cluster

    os.environ["WAITS_FOLDER"] = str(tmp_path_factory.mktemp("told") / "waits")
    soon = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 500}
    cluster = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 0, "include_dashboard": False, "_system_config": soon},
    )
    for _ in range(2):
        cluster.add_node(num_cpus=1)
    yield cluster
    cluster.shutdown()
    del os.environ["WAITS_FOLDER"]


def plan_of(registry, detectors, seeds=(0, 1), datasets=("breast_cancer",)):
    selection = Selection(tuple(detectors), datasets, ("unsupervised", "supervised"), seeds)
    return make_plan(load_suite("quick"), registry, selection)


def comparable(outcomes):
    """Records and scores, without costs, which no two runs share."""
    found = {}
    for outcome in outcomes:
        record = {name: value for name, value in structs.asdict(outcome.record).items() if name != "costs"}
        found[outcome.record.key] = record, None if outcome.scores is None else outcome.scores.tolist()
    return found


def test_records_are_those_of_the_local_engine(registry, local):
    plan = plan_of(registry, ("waits", *HONEST))
    assert comparable(RayEngine(registry, jobs=2).run(plan)) == local
    assert {record["status"] for record, _ in local.values()} == {"ok"}
    assert not ray.is_initialized()


def test_a_node_that_is_lost_costs_no_record(registry, local, cluster):
    folder = Path(os.environ["WAITS_FOLDER"])
    folder.mkdir()
    ended = threading.Event()

    def remove_the_node_that_waits():
        while not (folder / "first").exists():
            if ended.wait(0.1):
                raise AssertionError("no trial has said where it waits")
        raylet = int((folder / "first").read_text())
        [node] = [node for node in cluster.worker_nodes if raylet in pids(node)]
        cluster.remove_node(node, allow_graceful=False)

    plan = plan_of(registry, ("waits", *HONEST))
    engine = RayEngine(registry, Limits(timeout=120), address=cluster.address)  # lest the wait has no end
    with ThreadPoolExecutor(1) as thread:
        removed = thread.submit(remove_the_node_that_waits)
        try:
            found = comparable(engine.run(plan))
        finally:
            ended.set()
    removed.result()
    assert len(cluster.worker_nodes) == 1
    assert found == local


def pids(node):
    return [info.process.pid for infos in node.all_processes.values() for info in infos]


def test_faults_are_recorded_as_by_the_local_engine_and_nothing_is_left(registry, cluster):
    plan = plan_of(registry, ("where", "exits", "hangs", "leaks"), seeds=(0,), datasets=("small",))
    engine = RayEngine(registry, Limits(timeout=5, memory=700 * 2**20), address=cluster.address)
    records = {outcome.record.detector.name: outcome.record for outcome in engine.run(plan)}
    found = {name: (record.status, record.reason) for name, record in records.items()}
    where = found.pop("where")
    assert found == {
        "exits": ("failed", "its process died (exit code 7)"),
        "hangs": ("timeout", "it ran longer than 5 s and was stopped"),
        "leaks": ("out-of-memory", "its process grew beyond 700 MiB and was stopped"),
    }
    # The plugin folder reached the node as a copy: nothing was read where it lies on this machine.
    assert where[0] == "failed"
    assert "/own.py" in where[1]
    assert str(registry.folders[0]) not in where[1]
    assert f"nice={os.nice(0)} " in where[1]  # a trial's seconds do not depend on the engine


def test_the_data_folder_reaches_the_nodes(registry, cluster, tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    np.savez(tmp_path / "mine.npz", X=rng.normal(size=(200, 3)), y=np.arange(200) % 10 == 0)
    (tmp_path / ".gitignore").write_text("*.npz")
    monkeypatch.setenv("BENCH_DATA_DIR", str(tmp_path))
    plan = plan_of(registry, ("knn", "where"), seeds=(0,), datasets=("adbench:mine",))
    outcomes = RayEngine(registry, address=cluster.address).run(plan)  # in the order in which they end
    records = {outcome.record.detector.name: outcome.record for outcome in outcomes}
    assert records["knn"].status == "ok"
    assert "/data nice=" in records["where"].reason
    assert str(tmp_path) not in records["where"].reason


def test_what_waits_in_a_queue_does_not_begin_once_the_budget_is_spent(registry):
    trial = next(iter(plan_of(registry, ("knn",))))
    assert do_job(TrialJob(trial), None, "cpu", Limits(), latest=0) is None


def test_nothing_is_left_running_when_the_iterator_is_closed(registry, cluster):
    before = {process.pid for process in psutil.process_iter()}
    outcomes = RayEngine(registry, address=cluster.address).run(plan_of(registry, ("knn", "hangs")))
    next(outcomes)
    outcomes.close()
    left = [process for process in psutil.process_iter() if process.pid not in before]
    _, alive = psutil.wait_procs([p for p in left if is_at_work(p)], timeout=30)
    assert alive == []


def is_at_work(process):
    try:
        return "multiprocessing.spawn" in " ".join(process.cmdline())
    except psutil.Error:
        return False


def test_nothing_is_started_where_nothing_is_to_be_run(registry, monkeypatch):
    monkeypatch.setattr(ray, "init", lambda **_: pytest.fail("Ray was started"))
    assert list(RayEngine(registry).run(plan_of(registry, HONEST), [])) == []


def test_what_no_node_can_run_is_said_at_once(registry, cluster):
    engine = RayEngine(registry, threads=1000, address=cluster.address)
    with pytest.raises(BenchError, match="no node of the Ray cluster has 1000 CPUs"):
        next(engine.run(plan_of(registry, ("knn",))))
    assert not ray.is_initialized()


def test_an_address_where_nobody_answers_is_said_at_once(registry):
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(BenchError, match=f"cannot use Ray at '{address}': .*refused"):
        next(RayEngine(registry, address=address).run(plan_of(registry, ("knn",))))


def test_other_versions_on_a_node_end_the_run(registry, cluster, monkeypatch):
    monkeypatch.setattr("bench.plans.plan._versions", lambda _: {"numpy": "0.1"})
    with pytest.raises(BenchError, match=r"a node of the Ray cluster has numpy .*, not 0\.1"):
        list(RayEngine(registry, address=cluster.address).run(plan_of(registry, ("knn",))))


def test_a_stage_fitted_on_one_node_is_read_on_another_with_other_paths(registry, tmp_path):
    here, there = registry.folders[0], tmp_path / "elsewhere"
    shutil.copytree(here, there)
    fit = (
        "import pickle, sys; from bench.plugins.registry import load_registry; from pathlib import Path; "
        "stage = load_registry([Path(sys.argv[1])], installed=False).detectors['central'].build().stage(); "
        "stage.centre = 5; sys.stdout.buffer.write(pickle.dumps(stage))"
    )
    run = subprocess.run([sys.executable, "-c", fit, str(there)], capture_output=True, check=True)
    assert pickle.loads(run.stdout).centre == 5
