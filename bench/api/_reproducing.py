"""`bench.api.reproduce`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bench.api import _choosing as choosing
from bench.api import _parsing as parsing
from bench.api._parsing import File, Texts
from bench.api._watching import Say, watch_of
from bench.errors import BenchError, unknown

if TYPE_CHECKING:
    import pandas as pd

    from bench.plans.plan import Plan
    from bench.report.reproduction import Comparison, PublishedFigure
    from bench.report.studies import Published

T = TypeVar("T")


@dataclass(frozen=True)
class Reproduced:
    """The published figures that were asked for beside ours, and the files that were written.

    ``metric``: the one that the table is about; None for all.
    """

    compared: Sequence[Comparison]
    metric: str | None
    files: Sequence[Path]

    @property
    def is_open(self) -> bool:
        """Whether a figure is neither reproduced, within the spread nor explained."""
        return any(each.is_open for each in self.compared)

    @property
    def frame(self) -> pd.DataFrame:
        """A row for each figure: what was published, ours, their difference and a verdict with its reason."""
        import pandas as pd

        return pd.DataFrame(
            {
                **each.published._asdict(),
                "ours": each.ours,
                "seeds": each.seeds,
                "difference": each.difference,
                "verdict": each.verdict,
                "reason": each.reason,
            }
            for each in self.compared
        )


def reproduce(
    suite: str,
    *,
    detectors: Texts | None = None,
    datasets: Texts | None = None,
    seeds: str | int | Iterable[int] | None = None,
    published: File | None = None,
    jobs: int | None = None,
    data_dir: File | None = None,
    results: File = "results",
    name: str | None = None,
    retry: bool = False,
    say: Say = None,
) -> Reproduced:
    """Run the protocol of a published table, and compare its figures with ours.

    Parameters
    ----------
    suite : str
        A suite with published figures, such as "dte-one-class".
    detectors, datasets : str or sequence of str, optional
        Only these of the suite's and of the table's.
    seeds, jobs, data_dir, results, name, retry
        As for `run`.
    published : str or path, optional
        The published figures, instead of those that come along.
    say : callable, optional
        Called with each line about how far it is.

    Returns
    -------
    Reproduced
        With ``frame``, a row for each figure.

    Raises
    ------
    BenchError
        For what is unknown, and a table that cannot be read.
    """
    from bench.analysis.results import load_suite_results
    from bench.api._running import run_plan
    from bench.engine.registry import EngineOptions, make_engine
    from bench.engine.schedule import Limits
    from bench.files import write_files
    from bench.plans.selection import Selection, make_plan
    from bench.plans.suite import load_suite
    from bench.report.studies import published_suites
    from bench.runs.writing import check_name, check_writable

    watch, folder = watch_of(say), Path(results)
    suites = published_suites()
    if suite not in suites:
        raise unknown("suite with a published table", suite, suites)
    table_of = suites[suite]
    figures = table_of.read(suite, parsing.path_of(published))
    if name is not None:
        check_name(name)
    registry = choosing.load_plugins(None, parsing.path_of(data_dir))
    selection = Selection(seeds=None if seeds is None else parsing.parse_seeds(seeds))
    plan = make_plan(load_suite(suite), registry, selection)
    plan = _restricted(plan, table_of, figures, parsing.texts_of(detectors), parsing.texts_of(datasets))
    limits = Limits(timeout=plan.suite.timeout)
    engine = make_engine("local", EngineOptions(registry, limits, jobs, device="cpu"))
    check_writable(folder)
    run_plan(plan, registry, engine, folder, watch, name=name, retry=retry)
    found = next((each for each in load_suite_results(folder) if each.name == suite), None)
    if found is None:
        raise BenchError(
            f"the trials of {suite} were run by other suites; repeat them with --results in another folder"
        )
    asked = {text for _, named in plan.detectors for text in (named.name, named.label)}
    names = {table_of.dataset(cell.dataset.label) for cell in plan.cells} if table_of.dataset else None
    shown = [
        each
        for each in table_of.compare(found, figures)
        if each.published.detector in asked and (names is None or each.published.dataset in names)
    ]
    written = write_files(table_of.texts(found, figures), folder)
    return Reproduced(shown, table_of.metric, written)


def _restricted(
    plan: Plan,
    published: Published,
    figures: Sequence[PublishedFigure],
    detectors: Sequence[str] | None,
    datasets: Sequence[str] | None,
) -> Plan:
    """The plan for the datasets of the table, and of those and the detectors the ones that are asked for.

    Names are those of the table. Raises BenchError for a name that fits none.
    """
    dataset = published.dataset or (lambda label: label)
    cells = plan.cells
    if published.dataset:
        known = {figure.dataset for figure in figures}
        cells = tuple(cell for cell in cells if dataset(cell.dataset.label) in known)
        if not cells:
            raise BenchError(
                "none of the data files is in the published table; it has: " + ", ".join(sorted(known))
            )
    return replace(
        plan,
        detectors=tuple(
            _matching("detector of the suite", detectors, plan.detectors, lambda pair: pair[1].name)
        ),
        cells=tuple(_matching("dataset", datasets, cells, lambda cell: dataset(cell.dataset.label))),
    )


def _matching(
    kind: str, patterns: Sequence[str] | None, items: Sequence[T], name: Callable[[T], str]
) -> list[T]:
    """The items whose name a pattern fits, or all; BenchError for a pattern that fits none."""
    if not patterns:
        return list(items)
    found: list[T] = []
    for pattern in (part.strip() for text in patterns for part in text.split(",")):
        fitting = [item for item in items if fnmatchcase(name(item), pattern.lower())]
        if not fitting:
            raise unknown(kind, pattern, {name(item) for item in items})
        found += fitting
    return [item for item in items if item in found]
