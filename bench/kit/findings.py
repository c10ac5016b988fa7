"""Results of checks: the verdict of each, a detector's report on all of them, and comparing scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from bench.errors import ContractError

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

Verdict = Literal["ok", "FAIL", "declared", "-"]

# Scores may differ by rounding: by this fraction of their range, and of each score.
ROUNDING = 1e-6


class Finding(NamedTuple):
    """The result of a check.

    "declared": the contract is not kept, which the detector declares as a flaw; "-": the check does not apply
    to the detector. ``reason``: why the verdict is not "ok".
    """

    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True)
class Report:
    """A detector's finding for each check, in the order of the checks.

    ``seconds``: how long the checks took; None where the detector's process did not finish.
    """

    detector: str
    findings: Mapping[str, Finding]
    seconds: float | None = None

    @property
    def failures(self) -> dict[str, str]:
        """The reason of each check that failed, by the check's name."""
        return {name: found.reason for name, found in self.findings.items() if found.verdict == "FAIL"}


def equal(one: Floats, other: Floats, rounding: float = ROUNDING) -> bool:
    """Whether two arrays of scores, shape (n,), are equal but for rounding.

    rounding: the tolerance, as a fraction of the range of ``one`` and of each score.
    """
    return np.allclose(one, other, rtol=rounding, atol=rounding * float(np.ptp(one)))


def require_equal(one: Floats, other: Floats, otherwise: str, rounding: float = ROUNDING) -> None:
    """Raise ContractError, with the text ``otherwise``, unless two arrays of scores are `equal`."""
    if not equal(one, other, rounding):
        worst = float(np.abs(one - other).max() / (np.ptp(one) or 1))
        raise ContractError(f"{otherwise} (by up to {worst:.2g} of their spread)")
