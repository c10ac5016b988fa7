"""A disk that is full: one sentence, exit code 2, and no detector is blamed."""

from __future__ import annotations

import resource
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from faults.campaign import Campaign, Place, place
from faults.kills import DETECTORS

WORDS = ("run", "--suite", "quick", "--detectors", "plain", "--detectors", "staged",
         "--datasets", "breast_cancer", "--regimes", "unsupervised",
         "--seeds", "8", "--jobs", "2")  # fmt: skip
# Kibibytes of a file of results at which no more goes into it, and of a file system that is that small.
SIZES = (0, 1, 4, 16)


def full_disk(cases: int = 12) -> Campaign:
    """Files that may not grow, a small disk for the results, and one for temporary files."""
    campaign = Campaign("full disk")
    attempts: list[tuple[str, Callable[[Campaign, str, int], bool]]] = [
        ("a file may not grow", _limited),
        ("a small disk", _small_results),
        ("a small temporary disk", _small_temporary),
    ]
    for size in SIZES:
        for name, attempt in attempts:
            if campaign.cases < cases:
                case = f"{name}, {size} KiB"
                if attempt(campaign, case, size):
                    campaign.cases += 1
                else:
                    campaign.skipped = "small disks: none can be mounted here"
    return campaign


def _limited(campaign: Campaign, case: str, kibibytes: int) -> bool:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (kibibytes * 1024, kibibytes * 1024))

    with place() as here:
        words = (*WORDS, "--plugins", here.plugin("slow", DETECTORS))
        # What it says goes to a pipe, which may grow.
        done = subprocess.run(
            [*_command(), *words], cwd=here.folder, env=here.environment, preexec_fn=limit,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        _check(campaign, case, here, done.returncode, done.stdout)
    return True


def _small_results(campaign: Campaign, case: str, kibibytes: int) -> bool:
    with place() as here:
        return _on_small_disk(campaign, case, here, here.folder / "results", kibibytes)


def _small_temporary(campaign: Campaign, case: str, kibibytes: int) -> bool:
    with place() as here:
        return _on_small_disk(campaign, case, here, here.folder / "tmp", kibibytes)


def _on_small_disk(campaign: Campaign, case: str, here: Place, folder: Path, kibibytes: int) -> bool:
    folder.mkdir(exist_ok=True)
    size = f"size={16 + kibibytes}k"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        return False
    try:
        done = here.bench(*WORDS, "--plugins", here.plugin("slow", DETECTORS))
        _check(campaign, case, here, done.code, done.words)
    finally:
        subprocess.run(["umount", "-l", str(folder)], capture_output=True)
    return True


def _check(campaign: Campaign, case: str, here: Place, code: int, words: str) -> None:
    """The end is right if no trial has failed and the exit code is 2, or 0 where there was room."""
    if "Traceback (most recent call last)" in words or code not in (0, 2):
        campaign.tracebacks += 1
        campaign.notes.append(f"{campaign.name}: {case}: exit code {code}: {words.strip()[-300:]}")
    for record in here.records():
        if record["status"] != "ok":
            campaign.lose(case, f"a detector is blamed: {record['reason']}")
    here.check_clean(campaign, case)


def _command() -> list[str]:
    import sys

    return [sys.executable, "-m", "bench"]
