"""Judging trials in a process of its own, which never loads a plugin.

A plugin's code can change whatever is in its process, by design or by a careless library: one that replaced a
metric would give all trials after it another figure. So scores leave the worker as they are, and become
thresholds and metrics in a process of the pool that loads no plugin file. Nobody waits for it: the workers
are at their next trials.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bench.engine.schedule import outcome
from bench.engine.tasks import Died, Ended, Task
from bench.evaluation.judging import Judgement, judge
from bench.trials.record import Outcome
from bench.trials.trial import Trial

# How often scores are sent to a process that does not survive them.
ATTEMPTS = 5


@dataclass(frozen=True)
class Judging:
    """The outcome of a trial whose scores are judged, and how often they have been sent in vain."""

    trial: Trial
    found: Outcome
    tries: int = 0

    @property
    def task(self) -> Task:
        """What is to be done apart from plugins."""
        return Task(judge, (self.found.scored,))

    def settled(self, result: Judgement | Ended) -> Outcome | Judging:
        """The outcome with thresholds and metrics, or that says why there are none; or what to try again."""
        if not isinstance(result, Ended):
            return self.found.judged(result)
        if isinstance(result, Died) and self.tries + 1 < ATTEMPTS:  # the system may have ended it
            return replace(self, tries=self.tries + 1)
        return outcome(self.trial, result)
