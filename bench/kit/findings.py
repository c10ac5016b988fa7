"""Results of checks: the verdict of each, a detector's report on all of them, and comparing scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

from bench.errors import ContractError
from bench.evaluation.rounding import ROUNDING, difference, equal

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

Verdict = Literal["ok", "FAIL", "declared", "-"]


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


def require_equal(one: Floats, other: Floats, otherwise: str, rounding: float = ROUNDING) -> None:
    """Raise ContractError, with the text ``otherwise``, unless two arrays of scores are `equal`."""
    if not equal(one, other, rounding):
        raise ContractError(f"{otherwise} (by up to {difference(one, other):.2g} of their spread)")
