"""``verify``: whether an entry is what it says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bench.cli import _options as options
from bench.cli._output import console, table

if TYPE_CHECKING:
    from bench.api._entries import Verified
    from bench.entries.entry import Finding

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
    from bench import api
    from bench.cli._progress import Terminal

    found = api.verify(
        archive, rerun=rerun, seed=seed, accept=accept, jobs=jobs, data_dir=data_dir, results=results,
        say=Terminal(),
    )  # fmt: skip
    out = console()
    _print(out, found)
    if found.verdict == "refused":
        raise typer.Exit(1)
    if found.taken is not None:
        out.print(f"taken into {found.taken}; `report` shows it", markup=False)


def _print(out: Any, judged: Verified) -> None:
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
    rows = [
        [label, str(judged.trials[label]), str(judged.again[label]), verdict]
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
