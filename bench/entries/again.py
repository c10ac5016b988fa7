"""Running a part of an entry again, in a process of its own that is told no secret of this one."""

from __future__ import annotations

import math
import os
import random
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec

from bench.entries.asking import ANSWER, QUESTION, RUN, Answer, Asked, Question
from bench.entries.entry import Entry
from bench.entries.tuning import ALPHA, seeds_needed
from bench.errors import BenchError
from bench.files import write_file
from bench.plugins.contract import Regime
from bench.runs.current import Place, place_of
from bench.runs.reading import Run
from bench.trials.environment import THREAD_VARIABLES
from bench.trials.record import Record
from bench.trials.trial import Contamination

# A trial may take so many times as long as it says it took, and at least and most so many seconds.
PATIENCE, LEAST_SECONDS, MOST_SECONDS = 10, 60.0, 3600.0
# On so many datasets, if the entry has as many, a detector is run with seeds that are not the suite's.
DATASETS = 6
# Seeds of no suite: whole numbers between these.
FRESH_SEEDS = range(2**20, 2**31)
# What a process needs of its environment; what else there is, such as a token, is no business of a plugin.
VARIABLES = (
    "PATH", "HOME", "LANG", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "VIRTUAL_ENV", "LD_LIBRARY_PATH",
    "XDG_CACHE_HOME", "BENCH_DATA_DIR", "BENCH_CACHE_DIR", "CUDA_VISIBLE_DEVICES", *THREAD_VARIABLES,
)  # fmt: skip

MOST_THREADS = 64
# Bytes of what the process says at its end.
MOST_SAID = 10_000

# Detector, dataset, regime and contamination: a trial but for its seed.
CellKey = tuple[str, str, Regime, Contamination]


@dataclass
class Again:
    """What came of running a part of an entry again.

    share: of each detector's trials. sampled: the records of the entry whose trials ran again. fresh: what
    ran with other seeds than the suite's, and with which. run: where the new records are. answer: what is
    known of the detectors. records: the new ones.
    """

    share: float
    sampled: list[Record]
    fresh: dict[CellKey, list[int]]
    run: Run | None = None
    answer: Answer = field(default_factory=Answer)
    records: dict[Place, Record] = field(default_factory=dict)

    @property
    def sources(self) -> dict[str, str]:
        """The hash of each detector's code, by its label, with the plugins of the entry."""
        return self.answer.sources


def choose_again(entry: Entry, share: float, salt: str) -> tuple[Again, list[Asked]]:
    """Which trials are to be run again, and with which other seeds; drawn by the archive's hash and a salt.

    Of each detector that share of the trials that ended, one at least. Only on data that are here, or that
    come with the entry. With other seeds runs what the sender may have chosen: what is neither built in, with
    default parameters, nor named by the suite.
    """
    stream = entry.stream(salt)
    by_detector: dict[str, list[Record]] = defaultdict(list)
    for record in entry.records:
        if record.status in ("ok", "failed") and _may_run(entry, record):
            by_detector[record.detector.label].append(record)
    given = {*entry.registry.detectors, *(named.label for _, named in entry.suite_detectors)}
    chosen = [label for label in by_detector if label not in given]
    again = Again(share, [], {})
    for label, records in by_detector.items():
        again.sampled += stream.sample(records, max(1, math.ceil(share * len(records))))
        if label in chosen:
            again.fresh |= _fresh(records, share, ALPHA / len(chosen), stream)
    asked = [_asked(cell_of(record), record.seed) for record in again.sampled]
    asked += [_asked(cell, seed) for cell, seeds in again.fresh.items() for seed in seeds]
    return again, asked


def _may_run(entry: Entry, record: Record) -> bool:
    return record.dataset.label in entry.known_datasets or record.dataset.name not in entry.registry.datasets


def cell_of(record: Record) -> CellKey:
    """A trial but for its seed."""
    return record.detector.label, record.dataset.label, record.regime, record.contamination


def _asked(cell: CellKey, seed: int) -> Asked:
    detector, dataset, regime, contamination = cell
    return Asked(detector, dataset, regime, seed, contamination)


def _fresh(
    records: Sequence[Record], share: float, alpha: float, stream: random.Random
) -> dict[CellKey, list[int]]:
    """Cells of a detector, and other seeds for each."""
    seeds = Counter(map(cell_of, records))
    count = min(len(seeds), max(DATASETS, math.ceil(share * len(seeds))))
    cells = stream.sample(list(seeds), count)
    others = seeds_needed([seeds[cell] for cell in cells], alpha)
    return {cell: stream.sample(FRESH_SEEDS, others) for cell in cells}


def run_again(entry: Entry, again: Again, asked: Sequence[Asked]) -> Again:
    """Run what was chosen, in a process of its own; returns it with what came of it.

    Raises BenchError where that process breaks down.
    """
    folder = entry.run.folder
    sampled = [record.costs.total_seconds or 0.0 for record in again.sampled]
    threads = [each.threads_per_trial for each in entry.run.info.environments.values()]
    question = Question(
        trials=list(asked),
        jobs=entry.jobs,
        threads=min(max(1, *threads, 1), MOST_THREADS),
        timeout=min(max(LEAST_SECONDS, PATIENCE * max(sampled, default=0.0)), MOST_SECONDS),
    )
    write_file(folder, QUESTION, msgspec.json.encode(question))
    _run_apart(folder, LEAST_SECONDS + len(asked) * question.timeout)
    try:
        answer = msgspec.json.decode((folder / ANSWER).read_bytes(), type=Answer)
    except (OSError, msgspec.MsgspecError, ValueError) as error:
        raise BenchError(f"the process that ran trials of the entry again left no answer: {error}") from None
    run = Run(folder / "runs" / RUN)
    return replace(
        again,
        answer=answer,
        run=run,
        records={place_of(record): record for record in run.records()} if run.folder.exists() else {},
    )


def _run_apart(folder: Path, limit: float) -> None:
    """Start the process and wait until it ends."""
    path = os.pathsep.join(str(Path(each).resolve()) for each in sys.path if each)
    environment = {name: os.environ[name] for name in VARIABLES if name in os.environ}
    try:
        process = subprocess.run(
            (sys.executable, "-P", "-m", "bench.entries.rerunning", str(folder)),
            cwd=folder,
            env={**environment, "PYTHONPATH": path},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            timeout=limit,
        )
    except subprocess.TimeoutExpired:
        raise BenchError(f"running trials of the entry again took more than {limit:.0f} s") from None
    if process.returncode != 0:
        last = process.stderr[-MOST_SAID:].decode("utf-8", "replace").strip().splitlines() or ["no word"]
        raise BenchError(f"the process that runs trials of the entry again broke down: {last[-1]}")
