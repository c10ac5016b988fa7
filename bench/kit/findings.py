"""What checks find: how a detector breaks its contract, a verdict on each check, a report on all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from bench.errors import ContractError

if TYPE_CHECKING:
    from bench.splits.arrays import Floats

Verdict = Literal["ok", "FAIL", "declared", "-"]

# Scores may differ by rounding: by this share of their spread, and of themselves.
ROUNDING = 1e-6


class NotMeant(Exception):  # noqa: N818
    """Why a check is not meant for a detector."""


class Finding(NamedTuple):
    """What a check found. "declared": the contract is not kept, as a flaw says; "-": it was not checked."""

    verdict: Verdict
    reason: str = ""


@dataclass(frozen=True)
class Report:
    """What became of a detector: a finding for each check, in the order of the checks.

    ``seconds`` is None where its process did not come to the end.
    """

    detector: str
    findings: Mapping[str, Finding]
    seconds: float | None = None

    @property
    def failures(self) -> dict[str, str]:
        """The reasons, by check."""
        return {name: found.reason for name, found in self.findings.items() if found.verdict == "FAIL"}


def equal(one: Floats, other: Floats, rounding: float = ROUNDING) -> bool:
    """Whether two arrays of scores are equal but for rounding."""
    return np.allclose(one, other, rtol=rounding, atol=rounding * float(np.ptp(one)))


def require_equal(one: Floats, other: Floats, otherwise: str, rounding: float = ROUNDING) -> None:
    """Raise ContractError, with the text ``otherwise``, unless two arrays of scores are `equal`."""
    if not equal(one, other, rounding):
        worst = float(np.abs(one - other).max() / (np.ptp(one) or 1))
        raise ContractError(f"{otherwise} (by up to {worst:.2g} of their spread)")
