from __future__ import annotations

import pytest

from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.runs.writing import RunWriter
from bench.trials.environment import Environment
from bench.trials.record import Outcome, Record

MINE = '''
    from bench import detector

    @detector
    class Mine:
        """How far a row is from the mean, {sign} one."""
        def fit(self, train):
            self.mean = train.X.mean(axis=0)
        def score(self, X):
            return {sign}((X - self.mean) ** 2).sum(axis=1)
'''


def rows(process, name):
    return [line.split() for line in process.stdout.splitlines() if line.startswith(name)]


def test_a_detector_that_has_become_worse_ends_with_code_1(cli, write_plugin):
    run = ("run", "--suite", "quick", "--datasets", "breast_cancer", "--detectors", "mine,knn",
           "--seeds", "8", "--jobs", "1", "--plugins", "plugins", "--fresh")  # fmt: skip
    write_plugin("mine", MINE.format(sign=""))
    assert cli(*run, "--name", "before").returncode == 0
    write_plugin("mine", MINE.format(sign="-"))
    assert cli(*run, "--name", "after").returncode == 0
    process = cli("compare", "before", "after", "--fail-on", "worse")
    assert process.returncode == 1, process.stderr
    assert "changed: mine: its file changed" in process.stdout
    [mine], [knn] = rows(process, "mine"), rows(process, "knn")
    assert mine[:4] == ["mine", "unsupervised", "breast_cancer", "8"]
    assert "▼" in mine
    assert knn[4:6] == ["identical", "identical"]
    rank = cli("rank", "knn", "--metric", "roc_auc", "--plugins", "plugins")
    assert rank.returncode == 0, rank.stderr
    assert "breast_cancer, over 8 seeds: place 1 of 2, mean rank 1.0" in rank.stdout
    assert "significantly better than 1 detector: mine" in rank.stdout
    assert rows(rank, "modality") == [["modality", "table", "1", "1.0", "of", "2", "100", "%", "knn"]]


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("compare", "befor", "before"), "unknown run 'befor'; did you mean 'before'?"),
        (("compare", "before", "before", "--alpha", "5"), "--alpha 5 is not a chance"),
        (("compare", "before", "other"), "have no trial in common"),
        (("rank", "knm"), "unknown detector with results 'knm'; did you mean 'knn'?"),
        (("rank", "knn", "--suite", "cor"), "unknown suite with results 'cor'; there are: quick"),
        (("rank", "knn", "--metric", "f2"), "unknown metric 'f2'; did you mean 'f1'?"),
        (("rank", "knn", "--alpha", "0"), "--alpha 0 is not a chance"),
    ],
)
def test_what_cannot_be_compared_is_named(cli, tmp_path, registry, command, message):
    for name, detector in (("before", "knn"), ("other", "lof")):
        selection = Selection((detector,), ("digits",), ("unsupervised",), (0,))
        plan = make_plan(load_suite("quick"), registry, selection)
        with RunWriter(tmp_path / "results", plan, Environment(), name) as writer:
            for trial in plan:
                writer.write(Outcome(Record.of(trial, "ok")))
    process = cli(*command)
    assert process.returncode == 2
    assert message in process.stderr
    assert "Traceback" not in process.stderr
