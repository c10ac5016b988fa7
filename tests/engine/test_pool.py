"""A pool's processes: what each does next, and what is done apart from the rest."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import psutil
import pytest

from bench.engine.forking import ForkServer, fork_server, started_early
from bench.engine.judging import ATTEMPTS, Judging
from bench.engine.pool import WorkerPool
from bench.engine.process import QUICK
from bench.engine.tasks import Ended, Task
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


def test_a_worker_of_quick_tasks_has_the_next_one_before_it_is_done(monkeypatch):
    monkeypatch.setattr("bench.engine.process.QUICK", 100.0)
    asked, had = [], []

    def source():
        asked.append(len(had))
        return of("1") if len(asked) <= 5 else None

    for _, result in WorkerPool(1, prepare, ()).run(source):
        had.append(result)
    assert had == [1] * 5
    assert asked[:3] == [0, 1, 1]  # the third is asked for while the second is still to end
    monkeypatch.setattr("bench.engine.process.QUICK", 0.0)
    asked.clear(), had.clear()
    assert [result for _, result in WorkerPool(1, prepare, ()).run(source)] == [1] * 5
    assert QUICK < 1


@pytest.mark.parametrize("ends", [of("__import__('os')._exit(3)"), Task(leaves_a_thread, ())])
def test_what_a_worker_would_have_done_next_is_done_once_where_it_ends(ends, tmp_path, monkeypatch):
    monkeypatch.setattr("bench.engine.process.QUICK", 100.0)
    file = tmp_path / "noted"
    tasks = [Task(noted, (file, number)) for number in range(6)]
    tasks.insert(2, ends)
    found = results_of(tasks)
    assert [task for task, _ in found] == tasks
    assert file.read_text().split() == [str(number) for number in range(6)]
    pids = [result for task, result in found if task.function is noted]
    assert pids[0] == pids[1] != pids[2] == pids[5]


def test_the_timeout_of_the_next_task_begins_when_the_last_is_done(monkeypatch):
    monkeypatch.setattr("bench.engine.process.QUICK", 100.0)
    sleeps = [
        Task(time.sleep, (seconds,), timeout) for seconds, timeout in ((0, 60), (1.5, 60), (0, 1), (9, 1))
    ]
    found = [result for _, result in results_of(sleeps)]
    assert found == [None, None, None, ("timeout", "it ran longer than 1 s and was stopped")]


def test_a_large_next_task_keeps_nobody_from_seeing_that_the_last_one_hangs(monkeypatch):
    monkeypatch.setattr("bench.engine.process.QUICK", 100.0)
    large = Task(len, (bytes(10**7),))
    hangs = Task(time.sleep, (20,), 1)
    found = [result for _, result in results_of([of("1"), hangs, large, large, of("2")])]
    assert found == [1, ("timeout", "it ran longer than 1 s and was stopped"), 10**7, 10**7, 2]


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


def _waits(connection):
    connection.recv()


class FakeTrial:
    """As much of a trial as a failure's record needs."""


def test_scores_whose_process_is_ended_for_want_of_memory_are_sent_a_few_times(monkeypatch):
    monkeypatch.setattr("bench.engine.judging.outcome", lambda trial, ended: Outcome(ended))
    judging, killed = Judging(FakeTrial(), Outcome(None, scored=1)), Ended("out-of-memory", "it was killed")
    for tries in range(1, ATTEMPTS):
        judging = judging.settled(killed)
        assert judging.tries == tries
        assert judging.task.arguments == (1,)
    assert judging.settled(killed).record == killed
    failed = Ended("failed", "AttributeError: it has no scores")
    assert Judging(FakeTrial(), Outcome(None)).settled(failed).record == failed
