"""Functions of `bench.api` about entries to a board: `submit` and `verify`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.api import _choosing as choosing
from bench.api import _parsing as parsing
from bench.api._parsing import File
from bench.api._watching import Say, watch_of
from bench.errors import BenchError

if TYPE_CHECKING:
    import pandas as pd

    from bench.entries.entry import Entry, Finding


def submit(
    name: str, *, out: File, plugins: File | Sequence[File] | None = None, results: File = "results"
) -> Path:
    """Make one archive of a run, for others to verify; returns the file.

    Parameters
    ----------
    name : str
        The run's name.
    out : str or path
        The archive to write.
    plugins : str, path or sequence of these, optional
        Folders with the plugins that it used.
    results : str or path
        The results folder.

    Raises
    ------
    BenchError
        Where there is no such run, or it cannot be an entry.
    """
    from bench.entries.submission import entry_of
    from bench.files import write_chosen
    from bench.runs.reading import find_run

    registry = choosing.load_plugins(parsing.folders_of(plugins))
    write_chosen(Path(out), entry_of(find_run(Path(results), name), registry))
    return Path(out)


@dataclass(frozen=True)
class Verified:
    """The verdict on an entry: "verified", "in part" or "refused".

    ``findings``: by the name of each check. ``detectors``: a verdict on each. ``trials``, ``again``: how many
    each has, and how many of these were run again. ``taken``: the folder of the run where it was accepted.
    """

    about: str
    verdict: str
    findings: dict[str, list[Finding]]
    detectors: dict[str, str]
    trials: Counter[str]
    again: Counter[str]
    taken: Path | None = None

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each detector: its trials, those that were run again, and the verdict."""
        import pandas as pd

        rows = [(name, self.trials[name], self.again[name], verdict) for name, verdict in
                self.detectors.items()]  # fmt: skip
        return pd.DataFrame(rows, columns=["detector", "trials", "run_again", "verdict"])


def verify(
    archive: File,
    *,
    rerun: str | float | None = None,
    seed: str = "",
    accept: bool = False,
    jobs: int | None = None,
    data_dir: File | None = None,
    results: File = "results",
    say: Say = None,
) -> Verified:
    """Check an entry that someone has sent.

    Parameters
    ----------
    archive : str or path
        An archive that `submit` has made.
    rerun : str or float, optional
        Which share of each detector's trials is run again, ``"5%"`` or 0.05: that runs the entry's code.
    seed : str
        Of the draw of trials, with the archive's hash.
    accept : bool
        Whether it is added to the results with the verdict, unless it is refused.
    jobs, data_dir, results
        As for `run`.
    say : callable, optional
        Called with a line on what is about to be done.

    Returns
    -------
    Verified
        With ``verdict``, ``findings``, and ``frame``, a row for each detector.

    Raises
    ------
    BenchError
        For what is no entry.
    """
    from bench.engine.machine import available_cores
    from bench.entries.accepting import accept as take
    from bench.entries.verdict import judge_entry, opened

    share = None if rerun is None else _share(str(rerun))
    if accept and share is None:
        raise BenchError("--accept takes an entry that was run again in part; add --rerun 5%")
    choosing.use_data_dir(parsing.path_of(data_dir))
    watch, registry = watch_of(say), choosing.load_plugins(None)
    with opened(Path(archive), registry, jobs or available_cores()) as entry:
        about = f"{archive}: {_about(entry)}"
        watch.say(about)
        judged = judge_entry(entry, share, seed, say=watch.say)
        taken = None
        if accept and judged.verdict != "refused":
            taken = take(judged, Path(results), Path(archive)).folder
        again = entry.again.sampled if entry.again else ()
        return Verified(
            about,
            judged.verdict,
            judged.findings,
            {label: str(verdict) for label, verdict in judged.detectors.items()},
            Counter(record.detector.label for record in entry.records),
            Counter(record.detector.label for record in again),
            taken,
        )


def _share(text: str) -> float:
    """``5%`` or ``0.05`` -> 0.05."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(%?)\s*", text)
    share = float(found[1]) / (100 if found[2] else 1) if found else 0.0
    if not 0 < share <= 1:
        raise BenchError(f"--rerun {text!r} is no share of the trials; write '5%', or '100%' for all")
    return share


def _about(entry: Entry) -> str:
    info = entry.run.info
    machines = {each.cpu for each in info.environments.values()}
    return (
        f"{len(entry.records):,} trials of {len(entry.detectors)} detectors, suite {info.suite.name}, "
        f"on {', '.join(sorted(machines))}; SHA-256 {entry.digest[:16]}"
    )
