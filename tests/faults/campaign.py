"""What the fault campaigns share: commands that are watched, and what is counted of them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

import psutil

ROOT = Path(__file__).parents[2]
TRACEBACK = "Traceback (most recent call last)"
# A variable that every process of a campaign inherits.
MARK = "BENCH_FAULT_CAMPAIGN"
# Seconds after which a command is said to hang. None takes a tenth of that on a quiet machine.
HANG = 300.0
# Seconds that what a killed run leaves has to be gone.
PATIENCE = 30.0


@dataclass
class Campaign:
    """A row of the table, and a line for each thing that went wrong."""

    name: str
    cases: int = 0
    lost: int = 0
    tracebacks: int = 0
    hangs: int = 0
    folders: int = 0
    processes: int = 0
    notes: list[str] = field(default_factory=list)
    skipped: str = ""

    @property
    def failed(self) -> bool:
        return any((self.lost, self.tracebacks, self.hangs, self.folders, self.processes))

    def lose(self, case: str, what: str) -> None:
        """Note records that are not there, that are there twice, or that say something else."""
        self.lost += 1
        self.notes.append(f"{self.name}: {case}: {what}")

    def check_words(self, case: str, done: Done, codes: tuple[int, ...] = (0, 2)) -> None:
        """Note a traceback, a hang, or an exit code that a command has no reason for."""
        if done.hung:
            self.hangs += 1
            self.notes.append(f"{self.name}: {case}: it did not end")
        elif TRACEBACK in done.words or done.code not in codes:
            self.tracebacks += 1
            said = done.words.strip()[-400:]
            self.notes.append(f"{self.name}: {case}: exit code {done.code}: {said}")


@dataclass(frozen=True)
class Done:
    """How a command ended: its exit code and all that it said."""

    code: int
    words: str
    hung: bool


@dataclass
class Place:
    """A folder for a campaign, with temporary files of its own."""

    folder: Path
    environment: dict[str, str]

    def start(self, *arguments: str, **options: object) -> subprocess.Popen[bytes]:
        """Begin ``python -m bench`` there; what it says goes into a file."""
        with (self.folder / "words").open("wb") as words:
            return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
                [sys.executable, "-m", "bench", *arguments],
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                start_new_session=True,
                **options,
            )

    def finish(self, process: subprocess.Popen[bytes], seconds: float = HANG) -> Done:
        """Wait for a command; one that does not end is killed."""
        hung = False
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            hung = True
            process.kill()
            process.wait()
        words = (self.folder / "words").read_text(errors="replace")
        return Done(process.returncode, words, hung)

    def bench(self, *arguments: str, **options: object) -> Done:
        """Run ``python -m bench`` there to its end."""
        return self.finish(self.start(*arguments, **options))

    def processes(self) -> list[psutil.Process]:
        """Those that belong to this place and are running."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                ours = process.environ().get(MARK) == str(self.folder)
                if ours and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def temporary(self) -> list[str]:
        """The names of what is left of temporary files."""
        return sorted(each.name for each in Path(self.environment["TMPDIR"]).iterdir())

    def check_clean(self, campaign: Campaign, case: str) -> None:
        """Count what is left, once it has had time to end; then end it, so that no case spoils the next."""
        deadline = time.monotonic() + PATIENCE
        while (self.processes() or self.temporary()) and time.monotonic() < deadline:
            time.sleep(0.2)
        processes, files = self.processes(), self.temporary()
        for process in processes:
            with contextlib.suppress(psutil.Error):
                campaign.notes.append(f"{campaign.name}: {case}: left running: {process.cmdline()}"[:300])
                process.kill()
        for name in files:
            campaign.notes.append(f"{campaign.name}: {case}: left in the temporary folder: {name}")
            shutil.rmtree(Path(self.environment["TMPDIR"]) / name, ignore_errors=True)
        campaign.processes += len(processes)
        campaign.folders += len(files)

    def plugin(self, name: str, text: str) -> str:
        """Write a plugin file; returns the folder for ``--plugins``."""
        folder = self.folder / "plugins"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.py").write_text(dedent(text), encoding="utf-8")
        return str(folder)

    def records(self) -> list[dict[str, object]]:
        """All records of all runs; a last line that is cut off is none yet."""
        found: list[dict[str, object]] = []
        for file in sorted(self.folder.glob("results/runs/*/trials.jsonl")):
            lines = file.read_bytes().splitlines(keepends=True)
            found += [json.loads(line) for line in lines if line.endswith(b"\n")]
        return found


@contextlib.contextmanager
def place() -> Iterator[Place]:
    """A new folder for a campaign."""
    with tempfile.TemporaryDirectory(prefix="bench-faults-") as name:
        folder = Path(name)
        (folder / "tmp").mkdir()
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": str(folder / "tmp"),
            "BENCH_CACHE_DIR": str(folder / "cache"),
            "COLUMNS": "200",
            MARK: str(folder),
        }
        yield Place(folder, environment)


def twice(keys: list[str]) -> list[str]:
    """The keys that are there more than once."""
    return [key for key, count in Counter(keys).items() if count > 1]
