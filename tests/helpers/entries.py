"""Entries for tests: honest ones, made as `submit` makes them, and what a cheat would make of them."""

from __future__ import annotations

import json
import random
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import msgspec
import numpy as np
import pytest

from bench.entries.again import Again, run_again
from bench.entries.entry import Entry
from bench.entries.submission import entry_of
from bench.entries.verdict import judge_entry, opened
from bench.evaluation.entries import Scored
from bench.evaluation.metrics import evaluate
from bench.evaluation.policies import thresholds
from bench.evaluation.ranges import Layout
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.registry import load_registry
from bench.runs.reading import Run
from bench.runs.writing import RunWriter
from bench.trials.environment import describe
from bench.trials.record import Record
from bench.trials.runner import TrialRunner
from bench.trials.trial import Trial

# Scores rows along a direction that is drawn by the seed: honest, and no good. With the seeds of the suite it
# is not lucky: one that is (p = 0.001 comes once in a thousand) is refused, rightly.
LEAN = '''
    import numpy as np
    from bench import detector

    @detector(family="linear")
    class Lean:
        """Distance along a random direction."""

        def fit(self, train):
            draw = np.random.default_rng([5, train.seed])
            self.direction = draw.normal(size=train.X.shape[1])
            self.threshold = float(np.quantile(train.X @ self.direction, 0.9))

        def score(self, X):
            return X @ self.direction
'''


def write_plugin(folder, text, name="lean"):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.py").write_text(dedent(text), encoding="utf-8")
    return folder


def make_run(results, *, plugins=None, name="mine", suite="quick", **selection):
    """A run of a suite in this process; returns it with the registry."""
    registry = load_registry([plugins] if plugins else [], installed=False)
    selection = {"detectors": ("knn", "hbos"), "regimes": ("unsupervised",), **selection}
    plan = make_plan(load_suite(suite), registry, Selection(**selection))
    runner = TrialRunner(registry)
    with RunWriter(results, plan, describe("0", 1), name) as writer:
        for trial in plan:
            writer.write(runner.run(trial))
    return writer.run, registry


def make_entry(file, run, registry):
    """The archive of a run, as a file."""
    file.write_bytes(entry_of(run, registry))
    return file


# What came of running trials again, by which trials and with what code; the folders of their runs.
_RAN: dict[tuple[object, ...], Again] = {}
_FOLDERS = TemporaryDirectory(prefix="bench-tests-entries-")


def _run_once(entry, again, asked):
    """As `run_again`, but that variants of one entry share what the same trials gave."""
    plugins = {file.name: file.read_bytes() for file in (entry.run.folder / "plugins").glob("*.py")}
    key = (str(asked), str(plugins))
    if key not in _RAN:
        ran = run_again(entry, again, asked)
        kept = Path(_FOLDERS.name) / str(len(_RAN))
        if ran.run.folder.exists():
            shutil.copytree(ran.run.folder, kept)
        _RAN[key] = replace(ran, run=Run(kept))
    ran = _RAN[key]
    return replace(again, run=ran.run, answer=ran.answer, records=ran.records)


def judged(file, *, rerun=None, salt="", share=True):
    """What `verify` finds of an entry.

    Which trials run again is drawn by the salt alone, so that chance, which comes of the archive's time
    stamps, makes no test fail. ``share``: with what is run again for other variants of the same entry.
    """
    with pytest.MonkeyPatch.context() as patch, opened(file, load_registry(installed=False), 1) as entry:
        patch.setattr(Entry, "stream", lambda _, salt: random.Random(salt))
        if share:
            patch.setattr("bench.entries.verdict.run_again", _run_once)
        return judge_entry(entry, rerun, salt)


def mismatches(found):
    """The names of the checks that found one."""
    return [
        name for name, findings in found.findings.items() if any(each.kind == "mismatch" for each in findings)
    ]


def said(found, check):
    """What a check found, as one text."""
    return "\n".join(each.what for each in found.findings[check])


class Opened:
    """The parts of an archive, to be changed and written again."""

    def __init__(self, file: Path) -> None:
        with zipfile.ZipFile(file) as archive:
            self.members = {name: archive.read(name) for name in archive.namelist()}
        self.records = [json.loads(line) for line in self.members["trials.jsonl"].splitlines()]
        self.info = json.loads(self.members["run.json"])
        self.scores = np.frombuffer(self.members["scores.f64"], "<f8").copy()
        self.labels = np.frombuffer(self.members["labels.i8"], "i1").copy()

    def of(self, record):
        """Where a record's scores and labels are."""
        at, y_at = record["scores"], record["labels"]
        first = at["offset"] // 8
        return slice(first, first + at["count"]), slice(y_at["offset"], y_at["offset"] + y_at["count"])

    def judge_again(self, record):
        """Give a record the metrics that follow from its scores and labels, as an honest harness would."""
        scores, y = (
            values[at] for values, at in zip((self.scores, self.labels), self.of(record), strict=True)
        )
        layout = record.get("layout") and msgspec.convert(record["layout"], Layout)
        record["thresholds"] |= thresholds(Scored(test_scores=scores, test_labels=y))
        record["metrics"] = evaluate(scores, y, record["thresholds"], layout)

    def give_keys(self):
        """Give each record the key of its trial."""
        for record in self.records:
            typed = msgspec.convert(record, Record)
            trial = Trial(
                typed.detector, typed.dataset, typed.seed, typed.regime, typed.contamination, typed.code
            )
            record["key"], record["question"] = trial.key, trial.question

    def write(self, file: Path) -> Path:
        self.members |= {
            "trials.jsonl": "".join(json.dumps(record) + "\n" for record in self.records).encode(),
            "run.json": json.dumps(self.info).encode(),
            "scores.f64": self.scores.tobytes(),
            "labels.i8": self.labels.tobytes(),
        }
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.members.items():
                archive.writestr(name, content)
        return file
