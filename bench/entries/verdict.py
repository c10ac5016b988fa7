"""The verdict on an entry: what each check found, and what that means for each detector."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from bench.entries.again import choose_again, run_again
from bench.entries.checks import CHECKS, Check
from bench.entries.entry import Entry, Finding
from bench.entries.opening import digest_of, unpack_entry
from bench.plugins.registry import Registry
from bench.runs.reading import Run

# "verified": all was checked, and is as stated. "in part": what was checked is. "refused": something is not.
Verdict = Literal["verified", "in part", "refused"]


@dataclass(frozen=True)
class Judged:
    """An entry with what each check found, by the check's name."""

    entry: Entry
    findings: dict[str, list[Finding]]

    @property
    def verdict(self) -> Verdict:
        return _verdict([each for found in self.findings.values() for each in found])

    @property
    def detectors(self) -> dict[str, Verdict]:
        """The verdict on each detector, by its label: findings on all of the entry are about each."""
        return {
            label: _verdict(
                [each for found in self.findings.values() for each in found if each.detector in (None, label)]
            )
            for label in self.entry.detectors
        }


def _verdict(findings: list[Finding]) -> Verdict:
    kinds = {finding.kind for finding in findings}
    return "refused" if "mismatch" in kinds else "in part" if "unchecked" in kinds else "verified"


@contextmanager
def opened(archive: Path, registry: Registry, jobs: int) -> Iterator[Entry]:
    """An entry, unpacked into a temporary folder that goes when the block ends. Raises BenchError."""
    with TemporaryDirectory(prefix="bench-entry-") as folder:
        manifest = unpack_entry(archive, Path(folder))
        run = Run(Path(folder))
        assert run.info  # raises where it cannot be read
        yield Entry(digest_of(archive), run, manifest, registry, jobs)


def judge_entry(
    entry: Entry, share: float | None, salt: str, *, say: Callable[[str], object] = lambda _: None
) -> Judged:
    """Make all checks. ``share`` of each detector's trials is run again; None runs no code of the entry.

    ``say`` is told what is about to be done.
    """
    if share is not None:
        again, asked = choose_again(entry, share, salt)
        files = sorted({f"plugins/{file}" for file in entry.manifest.plugins.values()})
        code = f", with code of the entry: {', '.join(files)}" if files else ""
        fresh = len(asked) - len(again.sampled)
        say(f"running {len(again.sampled)} trials again, and {fresh} with other seeds{code}")
        entry.again = run_again(entry, again, asked)
    return Judged(entry, {name: _made(check, entry) for name, check in CHECKS.items()})


def _made(check: Check, entry: Entry) -> list[Finding]:
    """What a check finds, each thing once."""
    found: dict[Finding, None] = {}
    try:
        for finding in check(entry):
            found[finding] = None
    except Exception as error:  # an entry may say anything, and no check be prepared for it
        found[Finding("unchecked", f"the check broke off: {type(error).__name__}: {error}"[:300])] = None
    return list(found)
