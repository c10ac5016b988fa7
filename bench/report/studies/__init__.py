"""Tables that answer one question each.

A study is one module of this package, with an entry named ``STUDY``; nothing else needs to name it. Modules
whose names begin with an underscore hold what several studies share.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from bench.analysis.results import SuiteResults
from bench.report.reproduction import Comparison, PublishedFigure


@dataclass(frozen=True)
class Published:
    """Published figures that a study repeats; `reproduce` prints them beside ours.

    read: the figures of one of the study's suites, from the file that comes along or from the one given
    (BenchError for a file that cannot be read). compare: those figures whose trials are planned, beside ours.
    texts: as `Study.texts`, with figures as ``read`` gives them. dataset: what the table calls a dataset, by
    its label in our plans; None where all figures are about one dataset. metric: what `reproduce` prints the
    figures of; all of them if None.
    """

    read: Callable[[str, Path | None], list[PublishedFigure]]
    compare: Callable[[SuiteResults, Sequence[PublishedFigure]], list[Comparison]]
    texts: Callable[[SuiteResults, Sequence[PublishedFigure]], Mapping[str, str]]
    dataset: Callable[[str], str] | None = None
    metric: str | None = None


@dataclass(frozen=True)
class Study:
    """A question that the results of a suite answer, in files of its own.

    suites: the names of the suites that it is about, or None for any of which there is something to say.
    texts: from the results of one of them, the texts of its files by their names; none where there are too
    few results to say anything.
    """

    suites: tuple[str, ...] | None
    texts: Callable[[SuiteResults], Mapping[str, str]]
    published: Published | None = None


def find_studies() -> list[Study]:
    """Every study, in the order of the modules' names."""
    names = sorted(each.name for each in pkgutil.iter_modules(__path__) if each.name[0] != "_")
    return [import_module(f"{__name__}.{name}").STUDY for name in names]


def study_texts(results: SuiteResults) -> dict[str, str]:
    """The texts of all studies of a suite, by their files' names."""
    texts: dict[str, str] = {}
    for study in find_studies():
        if study.suites is None or results.name in study.suites:
            texts |= study.texts(results)
    return texts


def published_suites() -> dict[str, Published]:
    """The suites that repeat published figures, by name."""
    return {
        suite: study.published for study in find_studies() if study.published for suite in study.suites or ()
    }
