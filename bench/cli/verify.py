"""``verify``: whether an entry is what it says."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.cli import _options as options
from bench.cli._output import console, table
from bench.errors import BenchError

if TYPE_CHECKING:
    from bench.entries.entry import Finding
    from bench.entries.verdict import Judged

# Findings of one check that are printed, on one detector and together; more are counted.
SHOWN, SHOWN_TOGETHER = 3, 20
WORDS = {"mismatch": "MISMATCH", "unchecked": "not checked", "note": "note"}


def command(
    archive: Annotated[Path, typer.Argument(metavar="ENTRY.zip", help="An archive that `submit` has made.")],
    rerun: Annotated[
        str | None,
        typer.Option(
            metavar="SHARE",
            help="Run this share of each detector's trials again, '5%', one at least: runs the entry's code.",
        ),
    ] = None,
    seed: Annotated[
        str, typer.Option(help="Of the draw of trials, with the archive's hash; a word that you keep.")
    ] = "",
    accept: Annotated[
        bool, typer.Option("--accept", help="Add it to --results with the verdict, unless it is refused.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Worker processes; as many as there are cores if left out."),
    ] = None,
    data_dir: options.DataDir = None,
    results: options.Results = Path("results"),
) -> None:
    """Check an entry that someone has sent; exit code 1 if anything in it is not as it says.

    Metrics and thresholds are made again from the scores, keys from the plan, labels and splits from the data
    where they are here; trials and seeds must be all that the suite has. No code of the entry runs, unless
    with --rerun: then a share of the trials is run again, and what is not built in is run with other seeds,
    too. Run it where code of a stranger may run.
    """
    from bench.engine.machine import available_cores
    from bench.entries.accepting import accept as take
    from bench.entries.verdict import judge_entry, opened

    share = None if rerun is None else _share(rerun)
    if accept and share is None:
        raise BenchError("--accept takes an entry that was run again in part; add --rerun 5%")
    options.use_data_dir(data_dir)
    registry = options.load_plugins(None)
    out = console()
    with opened(archive, registry, jobs or available_cores()) as entry:
        out.print(f"{archive}: {_about(entry)}", markup=False)
        judged = judge_entry(entry, share, seed, say=lambda text: out.print(text, markup=False))
        _print(out, judged)
        if judged.verdict == "refused":
            raise typer.Exit(1)
        if accept:
            run = take(judged, results, archive)
            out.print(f"taken into {run.folder}; `report` shows it", markup=False)


def _share(text: str) -> float:
    """``5%`` or ``0.05`` -> 0.05."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*(%?)\s*", text)
    share = float(found[1]) / (100 if found[2] else 1) if found else 0.0
    if not 0 < share <= 1:
        raise BenchError(f"--rerun {text!r} is no share of the trials; write '5%', or '100%' for all")
    return share


def _about(entry: Any) -> str:
    info = entry.run.info
    machines = {each.cpu for each in info.environments.values()}
    return (
        f"{len(entry.records):,} trials of {len(entry.detectors)} detectors, suite {info.suite.name}, "
        f"on {', '.join(sorted(machines))}; SHA-256 {entry.digest[:16]}"
    )


def _print(out: Any, judged: Judged) -> None:
    """A line for each check and finding, then the verdict on each detector, and on all."""
    from bench.entries.checks import CHECKS

    rows = [
        [name, _word(found), " ".join((CHECKS[name].__doc__ or "").split())]
        for name, found in judged.findings.items()
    ]
    out.print()
    out.print(table(["check", "", "what must hold"], rows))
    out.print()
    for name, found in judged.findings.items():
        _print_findings(out, name, found)
    trials = Counter(record.detector.label for record in judged.entry.records)
    again = Counter(r.detector.label for r in judged.entry.again.sampled) if judged.entry.again else {}
    rows = [
        [label, str(trials[label]), str(again.get(label, 0)), verdict]
        for label, verdict in judged.detectors.items()
    ]
    out.print(table(["detector", "trials", "run again", "verdict"], rows, right=(1, 2)))
    out.print()
    out.print(f"verdict: {judged.verdict}", markup=False)


def _word(found: list[Finding]) -> str:
    kinds = {each.kind for each in found}
    return "MISMATCH" if "mismatch" in kinds else "in part" if "unchecked" in kinds else "ok"


def _print_findings(out: Any, name: str, found: list[Finding]) -> None:
    """The findings of a check, mismatches first: a few about each detector, and not too many together."""
    seen: Counter[tuple[str, str | None]] = Counter()
    shown = 0
    for each in sorted(found, key=lambda each: list(WORDS).index(each.kind)):
        seen[each.kind, each.detector] += 1
        if seen[each.kind, each.detector] <= SHOWN and shown < SHOWN_TOGETHER:
            shown += 1
            about = f"{each.detector}: " if each.detector else ""
            out.print(f"{WORDS[each.kind]} ({name}) {about}{each.what}", markup=False)
    if shown < len(found):
        out.print(f"and {len(found) - shown} more ({name})", markup=False)
    if found:
        out.print()
