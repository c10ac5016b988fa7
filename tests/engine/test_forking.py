"""Workers are forked from a process that has imported what they need, and only that."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from bench.engine.pool import WorkerPool
from bench.engine.preloading import OPTIMISERS, PACKAGES, libraries_of
from bench.engine.tasks import Task
from bench.trials.environment import THREAD_VARIABLES


def answers(*expressions, libraries=()):
    """What expressions are worth in a worker, and the pool's folder."""
    tasks = [Task(eval, (expression,)) for expression in expressions]
    pool = WorkerPool(1, int, (), libraries=libraries)
    folder = pool.folder
    return [result for _, result in pool.run(lambda: tasks.pop(0) if tasks else None)], folder


def test_a_worker_has_what_was_imported_before():
    loaded = "'wave' in __import__('sys').modules"
    assert answers(loaded)[0] == [False]
    assert answers(loaded, libraries=("wave",))[0] == [True]


@pytest.mark.parametrize("content", ["import os; os._exit(3)", "raise SystemExit", "1 / 0"])
def test_a_library_that_cannot_be_imported_stops_no_worker(content, tmp_path, monkeypatch):
    (tmp_path / "ends_its_process.py").write_text(content)
    monkeypatch.syspath_prepend(tmp_path)
    assert answers("1 + 1", libraries=("ends_its_process",))[0] == [2]


def test_a_worker_goes_on_after_one_that_killed_the_process_it_came_from():
    kill = "__import__('os').kill(__import__('os').getppid(), 9)"
    [first, second], _ = answers(f"{kill} or __import__('os')._exit(1)", "1 + 1")
    assert first == ("out-of-memory", "its process was killed, as the system does when memory runs out")
    assert second == 2


def test_what_starts_workers_may_be_killed_several_times():
    kill = "__import__('os').kill(__import__('os').getppid(), 9) or __import__('os')._exit(1)"
    found, _ = answers(kill, "1", kill, "2", kill, "3")
    assert [result for result in found if isinstance(result, int)] == [1, 2, 3]
    assert {status for status, _ in found[::2]} == {"out-of-memory"}


def test_a_process_ends_that_leaves_its_pool_open():
    code = (
        "from bench.engine.pool import WorkerPool; from bench.engine.tasks import Task; "
        "results = WorkerPool(1, int, ()).run(lambda: Task(eval, ('1',))); print(next(results)[1])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.strip() == "1", done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found by /proc there")
def test_a_worker_and_what_it_forks_are_marked_with_its_own_folder():
    seen = "open(f'/proc/{__import__(\"os\").getpid()}/environ', 'rb').read()"
    [environment], folder = answers(seen)
    marks = [line for line in environment.split(b"\0") if line.startswith(b"BENCH_WORKER=")]
    assert marks == [b"BENCH_WORKER=" + os.fsencode(folder / "000001")]


def test_importing_the_libraries_starts_no_thread():
    # A process with threads must not be forked: a lock that one of them holds is never released. pyarrow's
    # allocator prepares its own thread for forks.
    names = [each for package, further in PACKAGES.items() for each in (package, *further)] + [OPTIMISERS]
    code = (
        "import os; from bench.engine.fork_server import import_all; "
        f"import_all({names!r}); "
        "names = [open(f'/proc/self/task/{task}/comm').read() for task in os.listdir('/proc/self/task')]; "
        "print(sum('jemalloc' not in name for name in names))"
    )
    environment = {**os.environ, **dict.fromkeys(THREAD_VARIABLES, "1")}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == "1", done.stderr


def test_what_is_imported_is_what_the_detectors_need(registry):
    def needed(*names):
        return libraries_of(registry.detectors[name] for name in names)

    assert needed("random_score") == ()
    assert "sklearn.mixture" in needed("gaussian_mixture")
    assert not any(name.startswith("torch") for name in needed("knn"))  # on a CPU it is PyOD's
    assert {"pyod.models.deep_svdd", "torch", OPTIMISERS} <= set(needed("deep_svdd"))
    assert OPTIMISERS in needed("autoencoder_difference_forest")
    assert "torch" not in needed("ocsvm", "suod", "xgbod")
    assert "torch" in needed("dif")
    assert OPTIMISERS not in needed("dif", "xgboost")  # neither trains with torch


def test_a_script_that_starts_workers_as_it_is_imported_is_told_how_to_be_written(tmp_path):
    """Each process that is started runs the script once more."""
    (tmp_path / "rows.csv").write_text("a,b\n" + "".join(f"{i % 7},{i % 5}\n" for i in range(60)))
    script = tmp_path / "script.py"
    script.write_text(f"from bench import api\napi.recommend({str(tmp_path / 'rows.csv')!r}, budget=20)\n")
    ended = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "call this below `if __name__ == '__main__':`" in ended.stderr.splitlines()[-1]


LIBRARIES = "filelock jinja2 matplotlib pandas rich scipy sklearn torch typer"


@pytest.mark.parametrize(
    ("modules", "spared"),
    [
        ("bench.engine.forking, bench.engine.worker", LIBRARIES),
        ("bench.engine.forking", f"{LIBRARIES} numpy psutil bench.trials bench.plugins"),
        ("bench.engine.custodian", f"{LIBRARIES} numpy psutil"),
    ],
)
def test_a_run_s_processes_import_nothing_that_they_do_not_need(modules, spared):
    code = (
        f"import sys, {modules}; found = {set(spared.split())} & sys.modules.keys(); assert not found, found"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
