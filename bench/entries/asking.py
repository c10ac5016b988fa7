"""What the process that runs trials of an entry is asked, and what it answers besides records."""

from __future__ import annotations

from msgspec import Struct

from bench.plugins.contract import Regime
from bench.trials.record import Count
from bench.trials.trial import Contamination

# Files in the folder that the two processes share, and the run below it.
QUESTION, ANSWER, RUN = "question.json", "answer.json", "again"


class Asked(Struct, frozen=True):
    """A trial by the names that records use."""

    detector: str
    dataset: str
    regime: Regime
    seed: Count
    contamination: Contamination


class Question(Struct, frozen=True):
    """Trials to run, with so many processes and threads, and for so many seconds each."""

    trials: list[Asked]
    jobs: int
    threads: int
    timeout: float


class Answer(Struct, frozen=True):
    """What is known of the detectors by their labels, with the plugins of the entry loaded.

    sources: the hash of the code of each. modalities: the kinds of rows that each is for. unsteady: those
    that declare the flaw "seed". unavailable: labels of what cannot be run here, and why.
    """

    sources: dict[str, str] = {}
    modalities: dict[str, tuple[str, ...]] = {}
    unsteady: list[str] = []
    unavailable: dict[str, str] = {}
