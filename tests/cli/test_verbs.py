from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

import bench
from bench.cli._app import command_line

MINE = '''
    from bench import detector

    @detector
    class FirstColumn:
        """How high the first column is."""
        def fit(self, train):
            pass
        def score(self, X):
            return X[:, 0]
'''
SMALL = ("--suite", "quick", "--datasets", "breast_cancer")


def records(tmp_path):
    files = sorted((tmp_path / "results" / "runs").glob("*/trials.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def test_a_detector_in_a_file_of_ones_own_is_on_the_next_leaderboard(cli, write_plugin, tmp_path):
    folder = write_plugin("mine", MINE)
    assert len((folder / "mine.py").read_text().strip().splitlines()) <= 15
    process = cli("run", *SMALL, "--detectors", "first_column,knn,isolation_forest", "--plugins", "plugins")
    assert process.returncode == 0, process.stderr
    assert "first_column" in process.stdout
    board = (tmp_path / "results" / "leaderboard.md").read_text()
    assert "first_column" in board
    assert {record["detector"]["name"] for record in records(tmp_path)} == {
        "first_column",
        "knn",
        "isolation_forest",
    }
    assert all(record["status"] == "ok" for record in records(tmp_path))


def test_what_has_finished_is_not_run_again(cli, tmp_path):
    command = ("run", *SMALL, "--detectors", "knn,lof")
    assert "2 trials to run" in cli(*command).stdout
    again = cli(*command)
    assert "0 trials to run, 2 of 2 trials finished before" in again.stdout
    assert len(records(tmp_path)) == 2
    wider = cli("run", *SMALL, "--detectors", "lof,ecod,knn")
    assert "1 trials to run, 2 of 3 trials finished before" in wider.stdout
    fresh = cli(*command, "--fresh")
    assert "2 trials to run" in fresh.stdout
    assert len(records(tmp_path)) == 5
    status = cli("status", *SMALL, "--detectors", "knn,lof,ecod,loda")
    assert "4 trials, 3 finished, 1 to run" in status.stdout
    assert "not run before" in status.stdout


def test_a_run_that_lost_all_its_records_is_reported(cli, tmp_path):
    cli("run", *SMALL, "--detectors", "knn")
    [stored] = (tmp_path / "results").glob("runs/*/trials.jsonl")
    stored.write_text("")
    found = cli("report")
    assert found.returncode == 0, found.stderr
    assert "0/" in (tmp_path / "results" / "leaderboard.md").read_text()


def test_a_detector_that_no_threshold_applies_to_is_ranked_and_reported(cli, write_plugin, tmp_path):
    write_plugin(
        "picky",
        """
        import numpy as np
        from bench import detector

        @detector
        class Picky:
            \'\'\'Wants all rows, and has no threshold of its own.\'\'\'
            most = 0

            def fit(self, train):
                if len(train.X) < Picky.most:
                    raise ValueError("too few rows")
                Picky.most = len(train.X)
                self.centre = train.X.mean(axis=0)
            def score(self, X):
                return np.abs(X - self.centre).sum(axis=1)
        """,
    )
    dataset = "blobs:normals=420,anomalies=36"
    run = cli(
        "run", "--suite", "quick", "--datasets", dataset, "--detectors", "picky", "--plugins", "plugins"
    )
    assert run.returncode == 0, run.stderr
    board = (tmp_path / "results" / "leaderboard.md").read_text()
    assert "No threshold policy applied to any trial." in board
    assert "1/1" in board
    assert cli("report").returncode == 0
    shown = cli("inspect", "picky", dataset, "--plugins", "plugins")
    assert shown.returncode == 2
    assert "too few rows" in shown.stderr
    assert len(shown.stderr.strip().splitlines()) == 1


def test_the_report_is_rebuilt_from_stored_runs_alone(cli, tmp_path):
    cli("run", *SMALL, "--detectors", "knn,constant_score")
    results = tmp_path / "results"
    files = {file.name: file.read_bytes() for file in results.iterdir() if file.is_file()}
    assert set(files) == {
        "leaderboard.md",
        "leaderboard.csv",
        "timing.md",
        "thresholds.md",
        "alerts.md",
        "statistics.md",
        "statistics.csv",
    }
    for name in files:
        (results / name).unlink()
    process = cli("report")
    assert process.returncode == 0, process.stderr
    assert {file.name: file.read_bytes() for file in results.iterdir() if file.is_file()} == files
    assert "constant scores" in files["leaderboard.md"].decode()


HEAVY = {"torch", "pyod", "pandas", "sklearn", "scipy"}


@pytest.mark.parametrize(
    ("words", "said", "heavy"),
    [
        (["--help"], "recommend", HEAVY | {"numpy", "typer"}),
        (["list", "detectors"], "knn", HEAVY | {"msgspec"}),
        (["list", "datasets"], "bumps", HEAVY),
        (["list", "suites"], "core", HEAVY),
        # Members with parameters are among its detectors.
        (["status", "--suite", "core"], "trials", HEAVY),
    ],
)
def test_listing_and_planning_load_no_numerical_library(bench_environment, tmp_path, words, said, heavy):
    script = (
        "import sys; from bench.cli import main; sys.argv = ['bench', *sys.argv[1:]]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        f"heavy = {heavy} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    process = subprocess.run(
        [sys.executable, "-c", script, *words],
        cwd=tmp_path, env=bench_environment, capture_output=True, text=True,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr
    assert said in process.stdout


@pytest.mark.parametrize(
    "script",
    [
        "from bench.cli import main; from bench.engine.forking import ForkServer\n"
        "def launch(self):\n"
        f"    heavy = {HEAVY | {'numpy', 'bench.report', 'bench.plans.plan'}}\n"
        "    raise SystemExit(sorted(heavy & set(sys.modules)) or 0)\n"
        "ForkServer.__init__ = launch\n"
        "sys.argv = ['bench', 'run', '--suite', 'quick', '--datasets', 'bumps', '--detectors', 'knn,lof']\n"
        "main()",
        "from types import SimpleNamespace; from bench.api._running import _tables_prepared\n"
        "interval = sys.getswitchinterval()\n"
        "with _tables_prepared(SimpleNamespace(detectors=['knn', 'lof'])): pass\n"
        "missing = {'pandas', 'bench.report', 'scipy.stats'} - sys.modules.keys()\n"
        "plan = SimpleNamespace(detectors=[])\n"
        "with _tables_prepared(plan):\n"
        "    with _tables_prepared(plan): pass\n"
        "sys.exit(sorted(missing) or int(sys.getswitchinterval() != interval))",
    ],
    ids=["first", "meanwhile"],
)
def test_a_run_s_processes_start_before_a_plan_is_made_and_the_tables_are_prepared_meanwhile(
    script, bench_environment, tmp_path
):
    process = subprocess.run(
        [sys.executable, "-c", f"import sys\n{script}"],
        cwd=tmp_path, env=bench_environment, capture_output=True, text=True,
    )  # fmt: skip
    assert process.returncode == 0, process.stderr


def test_the_list_shows_what_a_data_folder_holds(cli, tmp_path):
    import numpy as np

    (tmp_path / "data").mkdir()
    np.savez(tmp_path / "data" / "mine.npz", X=np.ones((3, 2)), y=np.zeros(3))
    assert "adbench:mine" in cli("list", "datasets", "--data-dir", "data").stdout
    assert "no data" in cli("list", "datasets").stdout


def test_a_detector_whose_package_is_missing_is_listed_with_the_mend(cli, write_plugin):
    write_plugin("needy", MINE.replace("@detector", "@detector(requires=('pywt_missing', 'no_such_thing'))"))
    process = cli("list", "detectors", "--plugins", "plugins")
    assert "pip install pywt_missing no_such_thing" in process.stdout
    run = cli("run", *SMALL, "--detectors", "first_column,knn", "--plugins", "plugins")
    assert run.returncode == 0, run.stderr
    assert "first_column is left out" in run.stdout


def test_features_are_listed_with_what_they_need(cli, write_plugin):
    text = '''
        from bench import features

        @features(modalities=("image",))
        def sides(X, shape):
            """Mean of each column of pixels."""
            return X.reshape(len(X), *shape).mean(axis=1)

        @features(requires=("no_such_thing",))
        def needy(X, shape):
            """Of a package that is not there."""
    '''
    write_plugin("mine", text)
    process = cli("list", "features", "--plugins", "plugins")
    lines = {line.split()[0]: " ".join(line.split()) for line in process.stdout.splitlines() if line.split()}
    assert lines["sides"] == "sides image yes Mean of each column of pixels."
    assert "pip install no_such_thing" in lines["needy"]
    assert "hog" in cli("list").stdout


def test_show_prints_parameters_and_source(cli):
    ours, library = cli("show", "autoencoder_difference_forest").stdout, cli("show", "one_class_svm").stdout
    assert "max_features" in ours
    assert "the article" in ours
    assert "labels" in ours
    assert "sklearn.svm.OneClassSVM" in library
    assert "Schölkopf" in library
    assert "kernel" in library
    assert "0.01 to 0.5, log" in library  # what --settings tries of nu


@pytest.mark.parametrize("verb", ["run", "report", "list", "show", "status"])
def test_help_is_there_for_each_verb(cli, verb):
    process = cli(verb, "--help")
    assert process.returncode == 0
    assert "Usage" in process.stdout


def test_each_option_of_run_is_in_a_panel():
    run = command_line().commands["run"]
    assert [option.name for option in run.params if option.rich_help_panel is None] == []
    assert "\n" not in run.help.split("\n\n")[1]


def test_version(cli):
    assert cli("--version").stdout == f"detector-bench {bench.__version__}\n"


def wait_for(condition, process):
    while not condition():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_stopped_run_loses_nothing_that_had_finished(cli, bench_environment, tmp_path, how):
    detectors = "random_score,knn,lof,ecod,loda,pca,isolation_forest"
    arguments = ("run", "--suite", "quick", "--regimes", "unsupervised", "--detectors", detectors)
    # A shell that runs the tests in the background has made them deaf to SIGINT, and so what they start.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(
        [sys.executable, "-m", "bench", *arguments],
        cwd=tmp_path, env=bench_environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    signal.signal(signal.SIGINT, before)

    def finished():
        return [line for file in (tmp_path / "results" / "runs").glob("*/trials.jsonl")
                for line in file.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]  # fmt: skip

    wait_for(lambda: len(finished()) >= 3, process)
    workers = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, how)
    _, stderr = process.communicate()
    if how == signal.SIGINT:
        assert process.returncode == 130
        assert "the same command goes on from there" in stderr
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert not alive
    before = len(finished())
    again = cli(*arguments)
    assert again.returncode == 0, again.stderr
    assert f"{before} of 21 trials finished before" in again.stdout
    keys = [record["key"] for record in records(tmp_path)]
    assert len(keys) == len(set(keys)) == 21


def test_a_spent_budget_leaves_a_run_that_goes_on(cli, tmp_path):
    command = ("run", *SMALL, "--detectors", "knn,lof")
    spent = cli(*command, "--budget", "0s")
    assert spent.returncode == 0, spent.stderr
    assert "the budget is spent: 2 trials are left" in spent.stdout
    assert "2 trials to run" in cli(*command, "--budget", "1h").stdout
    assert {record["status"] for record in records(tmp_path)} == {"ok"}


def test_a_timeout_is_remembered_until_it_is_to_be_retried(cli, write_plugin, tmp_path):
    write_plugin(
        "slow",
        '''
        import time
        from bench import detector

        @detector
        class Slow:
            """Slow."""
            def fit(self, train):
                time.sleep(3600)
            def score(self, X):
                return X[:, 0]
        ''',
    )
    command = ("run", *SMALL, "--detectors", "slow", "--plugins", "plugins", "--timeout", "0.5")
    assert "timeout: slow" in cli(*command).stdout
    cli(*command, "--seeds", "2")
    assert [record["status"] for record in records(tmp_path)] == ["timeout", "skipped"]
    cli(*command, "--retry")
    assert [record["status"] for record in records(tmp_path)] == ["timeout", "skipped", "timeout"]
