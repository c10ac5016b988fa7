"""`bench.api.check`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.api import _choosing as choosing
from bench.api import _parsing as parsing
from bench.api._parsing import File, Texts
from bench.api._watching import Say, watch_of
from bench.errors import BenchError

if TYPE_CHECKING:
    import pandas as pd

    from bench.kit.findings import Report


@dataclass(frozen=True)
class Checked:
    """A report on each detector, in alphabetical order.

    ``missing``: of those that were not checked, the packages that they need.
    """

    reports: Sequence[Report]
    missing: Mapping[str, Sequence[str]]

    @property
    def failures(self) -> dict[str, dict[str, str]]:
        """The reason of each check that failed, by detector."""
        return {report.detector: report.failures for report in self.reports if report.failures}

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each detector and check: the verdict ("ok", "FAIL", "declared" or "-") and its reason."""
        import pandas as pd

        rows = [(report.detector, name, found.verdict, found.reason) for report in self.reports for
                name, found in report.findings.items()]  # fmt: skip
        return pd.DataFrame(rows, columns=["detector", "check", "verdict", "reason"])


def check(
    names: Texts = (),
    *,
    all: bool = False,
    plugins: File | Sequence[File] | None = None,
    jobs: int | None = None,
    timeout: str | float = "120s",
    say: Say = None,
) -> Checked:
    """Check detectors against their contract on small made-up data.

    Parameters
    ----------
    names : str or sequence of str
        Detectors or patterns: ``"knn,lof"``, ``"auto*"``, ``"knn:n_neighbors=3"``.
    all : bool
        Every registered detector.
    plugins : str, path or sequence of these, optional
        Folders with detectors of your own.
    jobs : int, optional
        Worker processes; as many as there are cores if left out.
    timeout : str or float
        Time for a detector; ten times that for a slow one.
    say : callable, optional
        Called with a line on each detector.

    Returns
    -------
    Checked
        With ``failures``, and ``frame``, a row for each detector and check.

    Raises
    ------
    BenchError
        For an unknown name, or none.
    """
    from bench.engine.machine import available_cores
    from bench.kit.checking import check_all
    from bench.plans.selection import choose_detectors
    from bench.plugins.registry import missing_packages
    from bench.spec import split_specs

    wanted = ["*"] if all else [name for text in parsing.texts_of(names) or () for name in split_specs(text)]
    if not wanted:
        raise BenchError("say what to check: NAMES or --all (`list detectors` shows what there is)")
    watch, seconds = watch_of(say), parsing.parse_duration(timeout)
    registry = choosing.load_plugins(parsing.folders_of(plugins))
    chosen, missing = [], {}
    for plugin, named in choose_detectors(wanted, registry):
        if needed := missing_packages(plugin):
            missing[named.label] = tuple(needed)
            watch.say(f"{named.label}: not installed: pip install {' '.join(needed)}")
        else:
            chosen.append(named)
    reports: list[Report] = []
    running = check_all(chosen, registry, jobs=jobs or available_cores(), timeout=seconds or None)
    with closing(running):
        for report in running:
            reports.append(report)
            watch.say(f"{len(reports)}/{len(chosen)} {_line(report)}")
    return Checked(sorted(reports, key=lambda report: report.detector), missing)


def _line(report: Report) -> str:
    verdict = f"FAIL: {', '.join(report.failures)}" if report.failures else "ok"
    seconds = "" if report.seconds is None else f" ({report.seconds:.1f} s)"
    return f"{report.detector}{seconds}: {verdict}"
