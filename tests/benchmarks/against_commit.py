"""What the command line costs in whole processes, now and at an older commit, in turn on one machine.

python tests/benchmarks/against_commit.py COMMIT [--new COMMIT] [--turns 5] [--only NAME ...]

Both commits are cloned into a temporary folder and run by this interpreter. Each line is run once before it
counts, so that what is compiled is there. The line adbench needs ADBench's files: set BENCH_DATA_DIR. Prints
a Markdown table; how far it is goes to the standard error.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests/helpers")]

from trivial_plugins import TRIVIAL  # noqa: E402

TRIALS, SEEDS = 200, 20
TRIVIAL_RUN = ("run", "--suite", "quick", "--datasets", "cloud", "--detectors", "mean_distance",
               "--regimes", "unsupervised", "--plugins", "plugins", "--jobs", "2")  # fmt: skip
AUTOENCODERS = ("run", "--suite", "quick", "--datasets", "bumps:normals=500,anomalies=50", "--detectors",
                "autoencoder", "--regimes", "unsupervised", "--seeds", str(SEEDS), "--jobs", "2")  # fmt: skip
NEW_RUN = ("run", "--suite", "core", "--datasets", "bumps:normals=500,anomalies=50", "--detectors",
           "mean_distance", "--regimes", "unsupervised", "--plugins", "plugins")  # fmt: skip
CORE = ("run", "--suite", "core", "--datasets", "bumps:normals=500,anomalies=50", "--seeds", "1", "--all",
        "--jobs", "2")  # fmt: skip
ADBENCH = ("run", "--suite", "adbench", "--datasets", "adbench:6_cardio,rows=1000",
           "--datasets", "adbench:45_wine,rows=1000", "--seeds", "1", "--all", "--jobs", "2")  # fmt: skip
# From linux/prctl.h: what a process leaves behind becomes a child of this one, which so learns its cost.
PR_SET_CHILD_SUBREAPER = 36
# Seconds for which what a process has left behind may take to end.
PATIENCE = 20.0


class Cost(NamedTuple):
    """Of a command: wall seconds, CPU seconds of all processes, and MiB of the largest of them."""

    wall: float
    cpu: float
    memory: float


class CannotRunError(Exception):
    """A commit does not know a command, or fails at it."""


@dataclass
class Side:
    """A commit, with a folder of its own to work in."""

    code: Path
    folder: Path
    turns: int = field(default=0, init=False)

    def run(self, *arguments: str) -> Cost:
        """Run the command line; CannotRunError with its last line where it does not end with 0."""
        own = {"PYTHONPATH": str(self.code), "BENCH_CACHE_DIR": str(self.folder / "cache"), "COLUMNS": "200"}
        environment = {**os.environ, **own, "OMP_NUM_THREADS": "1"}
        # A user's Python keeps what it compiles.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        with tempfile.TemporaryFile() as said:
            start = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, "-m", "bench", *arguments],
                cwd=self.folder, env=environment, stdout=subprocess.DEVNULL, stderr=said,
            )  # fmt: skip
            _, status, used = os.wait4(process.pid, 0)
            wall = time.perf_counter() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            every = [used, *_left_behind()]
            if process.returncode:
                said.seek(0)
                lines = said.read().decode(errors="replace").strip().splitlines() or [""]
                raise CannotRunError(f"exit code {process.returncode}: {lines[-1][:200]}")
        cpu = sum(each.ru_utime + each.ru_stime for each in every)
        return Cost(wall, cpu, max(each.ru_maxrss for each in every) / 2**10)

    def trivial_trials(self) -> Cost:
        """200 trials that cost nothing, into a folder of their own."""
        return self.run(*TRIVIAL_RUN, "--seeds", str(TRIALS), "--results", self._new_folder())

    def autoencoders(self) -> Cost:
        """The article's autoencoder with 20 seeds."""
        return self.run(*AUTOENCODERS, "--results", self._new_folder())

    def core(self) -> Cost:
        """All detectors on one of the suite's datasets."""
        return self.run(*CORE, "--results", self._new_folder())

    def adbench(self) -> Cost:
        """All detectors on two of the suite's tables, under all regimes."""
        return self.run(*ADBENCH, "--results", self._new_folder())

    def report_again(self) -> Cost:
        """The committed runs of the older commit, of which the tables are there."""
        shutil.rmtree(self.folder / "committed/runs/added", ignore_errors=True)
        self.run("report", "--results", "committed")
        return self.run("report", "--results", "committed")

    def report_added(self) -> Cost:
        """The same after one more run: a trial of another detector in the suite core."""
        self.report_again()
        added = self._new_folder()  # of further seeds each time: what was reported once is kept
        self.run(*NEW_RUN, "--seeds", str(self.turns), "--results", added, "--name", "added")
        shutil.copytree(self.folder / added / "runs/added", self.folder / "committed/runs/added")
        return self.run("report", "--results", "committed")

    def _new_folder(self) -> str:
        self.turns += 1
        return f"results-{self.turns}"


LINES: dict[str, tuple[str, Callable[[Side], Cost]]] = {
    "help": ("--help", lambda side: side.run("--help")),
    "list": ("list detectors", lambda side: side.run("list", "detectors")),
    "status": (
        "status --suite core, with the older commit's runs",
        lambda side: side.run("status", "--suite", "core", "--results", "committed"),
    ),
    "trials": (f"run: {TRIALS} trivial trials, two workers", Side.trivial_trials),
    "report": ("report of the older commit's runs, nothing changed", Side.report_again),
    "report-added": ("report after one more run", Side.report_added),
    "autoencoders": (f"run: autoencoder, {SEEDS} seeds, two workers", Side.autoencoders),
    "core": ("run: all detectors, a dataset of core, one seed, two workers", Side.core),
    "adbench": ("run: all detectors, two tables of adbench, one seed, two workers", Side.adbench),
}


def _left_behind() -> Iterator[object]:
    """What the processes used that a command has left to this one, as each ends."""
    deadline = time.monotonic() + PATIENCE
    with suppress(ChildProcessError):  # there are none
        while time.monotonic() < deadline:
            pid, _, used = os.wait4(-1, os.WNOHANG)
            if pid:
                yield used
            else:
                time.sleep(0.01)


def measure(name: str, old: Side, new: Side, turns: int) -> dict[str, list[Cost] | str]:
    """The costs of a line at both commits, in turn, after one run of each; why where one cannot run it."""
    _, line = LINES[name]
    found: dict[str, list[Cost] | str] = {"old": [], "new": []}
    for turn in range(turns + 1):
        for word, side in (("old", old), ("new", new)):
            costs = found[word]
            if isinstance(costs, list):
                try:
                    cost = line(side)
                except CannotRunError as error:
                    found[word] = str(error)
                    continue
                costs += [cost] if turn else []
                print(f"{name} {turn}/{turns} {word}: {cost.wall:.2f} s, {cost.cpu:.2f} s of CPU, "
                      f"{cost.memory:.0f} MiB", file=sys.stderr)  # fmt: skip
    return found


def row(name: str, found: dict[str, list[Cost] | str]) -> list[str]:
    """A row of the table: medians of both, and the median ratio of old to new, for each figure."""
    from bench.analysis.cells import significant

    cells = [LINES[name][0]]
    for figure in Cost._fields:
        values = [
            [getattr(cost, figure) for cost in costs] if isinstance(costs, list) else []
            for costs in found.values()
        ]
        cells += [str(significant(median(each) if each else None)) for each in values]
        ratios = [then / now for then, now in zip(*values, strict=False)]
        cells.append(str(significant(median(ratios) if ratios else None)))
    said = [f"{word}: {costs}" for word, costs in found.items() if isinstance(costs, str)]
    return [*cells, "; ".join(said)]


def per_trial(found: dict[str, list[Cost] | str]) -> str:
    """What a trivial trial takes of the whole process."""
    parts = []
    for word, costs in found.items():
        if isinstance(costs, list):
            wall, cpu = (1e3 * median(getattr(c, name) for c in costs) / TRIALS for name in ("wall", "cpu"))
            parts.append(f"{word} {wall:.1f} ms, {cpu:.1f} ms of CPU")
    return f"Overhead of a trivial trial, the whole process over {TRIALS}: {'; '.join(parts)}."


def make_side(commit: str, older: str, folder: Path) -> Side:
    """A clean clone at ``commit`` beside a folder with the runs that ``older`` has, and the plugin file."""
    code, work = folder / "code", folder / "work"
    for arguments in (["clone", "--quiet", "--shared", "--no-checkout", str(ROOT), str(code)],
                      ["-C", str(code), "checkout", "--quiet", "--detach", commit]):  # fmt: skip
        subprocess.run(["git", *arguments], check=True)
    (work / "plugins").mkdir(parents=True)
    (work / "plugins/trivial.py").write_text(TRIVIAL, encoding="utf-8")
    (work / "committed").mkdir()
    archive = subprocess.run(
        ["git", "-C", str(code), "archive", older, "results/runs"], check=True, capture_output=True
    )
    subprocess.run(
        ["tar", "-x", "--strip-components=1", "-C", str(work / "committed")], check=True, input=archive.stdout
    )
    return Side(code, work)


def resolved(commit: str) -> str:
    """The full name of a commit; ends the program where there is none."""
    command = ["git", "-C", str(ROOT), "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}"]
    found = subprocess.run(command, capture_output=True, text=True)
    if found.returncode:
        sys.exit(f"error: {commit!r} is not a commit of this repository; `git log` shows what there is")
    return found.stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("commit", help="the older commit")
    parser.add_argument("--new", default="HEAD", help="the newer one; HEAD unless another is named")
    parser.add_argument("--turns", type=int, default=5, help="how often each line counts")
    parser.add_argument("--only", nargs="+", choices=LINES, default=list(LINES), help="these lines alone")
    parser.add_argument("--skip", nargs="+", choices=LINES, default=[], help="not these lines")
    asked = parser.parse_args()
    commits = resolved(asked.commit), resolved(asked.new)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the folder goes, too
    with tempfile.TemporaryDirectory(prefix="bench-against-") as folder:
        old, new = (
            make_side(commit, commits[0], Path(folder, word))
            for word, commit in zip(("old", "new"), commits, strict=True)
        )
        found = {name: measure(name, old, new, asked.turns) for name in asked.only if name not in asked.skip}
    # Not before: a process is measured as no smaller than the one that it comes from.
    from bench.report.markdown import table

    headers = [
        "",
        *(f"{figure} {what}" for figure in ("wall s", "CPU s", "MiB") for what in ("old", "new", "×")),
    ]
    print(
        f"Old: {commits[0][:12]}, new: {commits[1][:12]}, {asked.turns} turns, {os.cpu_count()} cores. "
        "Medians; × is the median of the old figure over the new one in the same turn; CPU seconds are of "
        "all processes, MiB of the largest.\n"
    )
    print(table([*headers, "could not be run"], [row(name, each) for name, each in found.items()]))
    if "trials" in found:
        print("\n" + per_trial(found["trials"]))


if __name__ == "__main__":
    main()
