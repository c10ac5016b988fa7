"""A pool's processes: what each does next, and what is done apart from the rest."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from bench.engine.forking import ForkServer, fork_server, started_early
from bench.engine.judging import ATTEMPTS, Judging
from bench.engine.pool import MOST_APART, WorkerPool
from bench.engine.process import WorkerProcess
from bench.engine.tasks import Died, Ended, Task
from bench.errors import BenchError
from bench.trials.record import Outcome

PID = "__import__('os').getpid()"


def prepare():
    os.environ["PREPARED"] = "yes"


def noted(file, text):
    with Path(file).open("a") as opened:
        opened.write(f"{text}\n")
    return os.getpid()


def leaves_a_thread():
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    return os.getpid()


def results_of(tasks, jobs=1, apart=()):
    """What tasks return, in the order in which they end; those apart are added as the first ends."""
    waiting, found = list(tasks), []
    pool = WorkerPool(jobs, prepare, ())
    for task, result in pool.run(lambda: waiting.pop(0) if waiting else None):
        if not found:
            for each in apart:
                pool.add_apart(each)
        found.append((task, result))
    return found


def of(expression):
    return Task(eval, (expression,))


def quick(expression):
    return Task(eval, (expression,), quick=True)


def is_running(pid):
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_what_is_apart_is_done_in_one_process_of_its_own_that_nothing_has_prepared():
    state = f"({PID}, __import__('os').environ.get('PREPARED'))"
    further = f"{state} + ()"
    found = results_of([of(state) for _ in range(4)], jobs=2, apart=[of(further), of(further)])
    mine = {result for task, result in found if task == of(further)}
    others = {result for task, result in found if task == of(state)}
    assert len(found) == 6
    assert [said for _, said in mine] == [None]
    assert {said for _, said in others} == {"yes"}
    assert not {pid for pid, _ in mine} & {pid for pid, _ in others}


def test_what_is_apart_is_replaced_where_it_ends():
    apart = [of("__import__('os')._exit(3)"), of("1 + 1")]
    found = {task.arguments: result for task, result in results_of([of("7")], apart=apart)}
    assert found == {
        ("7",): 7,
        ("__import__('os')._exit(3)",): ("failed", "its process died (exit code 3)"),
        ("1 + 1",): 2,
    }


def test_a_worker_of_quick_tasks_has_the_next_one_before_it_is_done():
    asked, had = [], []

    def source():
        asked.append(len(had))
        return quick("1") if len(asked) <= 5 else None

    for _, result in WorkerPool(1, prepare, ()).run(source):
        had.append(result)
    assert had == [1] * 5
    assert asked[:3] == [0, 0, 1]  # the second is asked for before the first has ended


def test_what_may_take_long_waits_behind_nothing(monkeypatch):
    begun = []
    begin = WorkerProcess.begin

    def noting(worker, task):
        begun.append((task.quick, worker.task is not None))
        begin(worker, task)

    monkeypatch.setattr(WorkerProcess, "begin", noting)
    tasks = [*map(quick, "1234"), of("5"), *map(quick, "67"), of("8"), of("9"), quick("10")]
    assert sorted(result for _, result in results_of(tasks, jobs=2)) == list(range(1, 11))
    assert (False, True) not in begun
    assert (True, True) in begun


@pytest.mark.parametrize(
    "ends", [of("__import__('os')._exit(3)"), Task(leaves_a_thread, ())], ids=["dies", "leaves"]
)
def test_what_a_worker_would_have_done_next_is_done_once_where_it_ends(ends, tmp_path):
    file = tmp_path / "noted"
    tasks = [Task(noted, (file, number), quick=True) for number in range(6)]
    tasks.insert(2, replace(ends, quick=True))
    found = results_of(tasks)
    assert [task for task, _ in found] == tasks
    assert file.read_text().split() == [str(number) for number in range(6)]
    pids = [result for task, result in found if task.function is noted]
    assert pids[0] == pids[1] != pids[2] == pids[5]


def test_the_timeout_of_the_next_task_begins_when_the_last_is_done():
    times = ((0, 60), (1.5, 60), (0, 1), (9, 1))
    tasks = [Task(time.sleep, (most,), limit, quick=True) for most, limit in times]
    found = [result for _, result in results_of(tasks)]
    assert found == [None, None, None, ("timeout", "it ran longer than 1 s and was stopped")]


def test_a_large_next_task_keeps_nobody_from_seeing_that_the_last_one_hangs():
    large = Task(len, (bytes(10**7),), quick=True)
    hangs = Task(time.sleep, (20,), 1, quick=True)
    found = [result for _, result in results_of([quick("1"), hangs, large, large, quick("2")])]
    assert found == [1, ("timeout", "it ran longer than 1 s and was stopped"), 10**7, 10**7, 2]


def wait_for(file):
    for _ in range(1000):
        if file.exists():
            return
        time.sleep(0.02)
    raise TimeoutError


def test_a_large_task_keeps_nobody_from_going_on_while_its_worker_begins(tmp_path):
    waiting = [Task(len, (bytes(10**7),)) for _ in range(2)]
    second = tmp_path / "second"

    def source():
        if len(waiting) == 1:
            second.touch()  # what both workers need before they read
        return waiting.pop() if waiting else None

    pool = WorkerPool(2, wait_for, (second,))
    assert [result for _, result in pool.run(source)] == [10**7] * 2


def test_workers_wait_where_much_is_to_be_done_apart():
    asked = []

    def source():
        asked.append(len(pool._apart))
        return quick("1") if len(asked) <= 30 else None

    pool = WorkerPool(1, prepare, ())
    ended = []
    for task, _ in pool.run(source):
        ended.append(task)
        if task == quick("1"):
            pool.add_apart(of("__import__('time').sleep(0.02)"))
    assert len(ended) == 60
    assert max(asked) <= MOST_APART


def test_all_processes_are_gone_when_their_server_is_closed():
    server = fork_server(())
    started = [server.start(_waits) for _ in range(3)]
    assert all(is_running(each.pid) for each in started)
    server.close()
    assert not any(is_running(each.pid) for each in started)
    assert not server.folder.exists()


def test_a_server_that_was_started_early_is_the_next_that_is_asked_for():
    with started_early(("wave",)):
        first, second = fork_server(()), fork_server(())
        assert first is not second
        for server in (first, second):
            server.close()
    with started_early(()):
        pass  # nobody has asked, and it is gone
    later = fork_server(("wave",))
    later.close()
    assert isinstance(later, ForkServer)


def test_a_server_that_was_started_early_sees_the_environment_as_it_is_when_it_is_asked_for(monkeypatch):
    with started_early(()):
        monkeypatch.setenv("SAID_LATER", "yes")
        found = results_of(
            [of("(__import__('os').environ['SAID_LATER'], 'wave' in __import__('sys').modules)")]
        )
    assert [result for _, result in found] == [("yes", False)]


def test_what_starts_early_in_two_threads_leaves_the_environment_as_it_was():
    before = dict(os.environ)
    barrier = threading.Barrier(2)

    def start():
        barrier.wait()
        with started_early(()):
            fork_server(()).close()

    for _ in range(3):
        threads = [threading.Thread(target=start) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert dict(os.environ) == before


def test_nothing_starts_early_where_no_folder_can_be_written(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with started_early(()):
        pass
    with pytest.raises(BenchError, match="cannot write temporary files"):
        fork_server(())


def _waits(connection):
    connection.recv()


class FakeTrial:
    """As much of a trial as a failure's record needs."""


@pytest.mark.parametrize("status", ["out-of-memory", "failed"])
def test_scores_whose_process_ends_are_sent_a_few_times(status, monkeypatch):
    monkeypatch.setattr("bench.engine.judging.outcome", lambda trial, ended: Outcome(ended))
    judging, killed = Judging(FakeTrial(), Outcome(None, scored=1)), Died(status, "its process was killed")
    for tries in range(1, ATTEMPTS):
        judging = judging.settled(killed)
        assert judging.tries == tries
        assert judging.task.arguments == (1,)
    assert judging.settled(killed).record == killed
    failed = Ended("failed", "AttributeError: it has no scores")
    assert Judging(FakeTrial(), Outcome(None)).settled(failed).record == failed
