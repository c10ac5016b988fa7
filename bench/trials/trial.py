"""The unit of work, a trial, and the hashes that name it."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, structs

from bench.plugins.contract import Regime

# Detector, variant and regime by the names that reports use, and the code: a trial but for its seed.
Combination = tuple[str, str, str, str]
# What the train-quantile policy is told: a fraction of the rows, or "known".
Contamination = Annotated[float, Meta(ge=0, lt=1)] | Literal["known"]

# Raised when the harness itself starts to run trials in a way that gives other results.
PROTOCOL = 4


class Named(Struct, frozen=True, dict=True):
    """A detector or a dataset as a record names it; ``label`` leaves default parameters out."""

    name: str
    label: str
    params: dict[str, Any]

    @cached_property
    def canonical(self) -> str:
        """Name and parameters as text, the same in whatever order the parameters were given."""
        return canonical([self.name, self.params])


class Code(Struct, frozen=True, dict=True):
    """What besides parameters and seed decides a trial's result: hashes of the plugin files and of the
    data, and the versions of the libraries.
    """

    detector: str
    dataset: str
    data: str
    libraries: dict[str, str]

    @cached_property
    def canonical(self) -> str:
        """The code as text."""
        return canonical(structs.asdict(self))


class Trial(Struct, frozen=True):
    """What is to be run."""

    detector: Named
    dataset: Named
    seed: int
    regime: Regime
    contamination: Contamination
    code: Code

    @property
    def combination(self) -> Combination:
        """The trial but for its seed."""
        return self.detector.label, self.dataset.label, self.regime, self.code.canonical

    # The parts of the two hashes are put together by hand: a plan of a million trials asks for each.
    @property
    def question(self) -> str:
        """A hash of what is asked, the same before and after a change of the code that answers it."""
        return _hash(self._asked)

    @property
    def key(self) -> str:
        """A hash of everything that decides the result."""
        return _hash(f"[{PROTOCOL},{self._asked},{self.code.canonical}]")

    @property
    def _asked(self) -> str:
        return (
            f'[{self.detector.canonical},{self.dataset.canonical},{self.seed},"{self.regime}",'
            f'"{self.contamination}"]'
        )


# Made once: json.dumps would make one for each text.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))


def canonical(value: Any) -> str:
    """JSON without spaces, with sorted keys."""
    return _ENCODER.encode(value)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
