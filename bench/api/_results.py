"""Functions of `bench.api` that read stored runs, and write what is made of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from bench.api import _choosing as choosing
from bench.api import _parsing as parsing
from bench.api._parsing import File
from bench.api._watching import Say, watch_of
from bench.errors import BenchError, unknown

if TYPE_CHECKING:
    from bench.analysis.comparison import RunComparison
    from bench.analysis.placing import Placing


def report(
    *,
    results: File = "results",
    signals: bool = False,
    plugins: File | Sequence[File] | None = None,
    data_dir: File | None = None,
    mlflow: str | None = None,
    say: Say = None,
) -> list[Path]:
    """Write every table and the page anew from the runs stored in the results folder.

    Parameters
    ----------
    results : str or path
        The results folder.
    signals : bool
        Whether series are made again from their datasets, to be drawn above their scores.
    plugins, data_dir
        Folders for that.
    mlflow : str, optional
        Where leaderboards are logged.
    say : callable, optional
        Called with a line for each file.

    Returns
    -------
    list of Path
        The files.

    Raises
    ------
    BenchError
        Where there are no runs, or nothing can be written.
    """
    from bench.analysis.results import require_results
    from bench.report import write_report
    from bench.report.mlflow_log import check_mlflow, log_results
    from bench.report.page.signals import made_again, no_points
    from bench.runs.writing import check_writable

    watch, folder = watch_of(say), Path(results)
    check_writable(folder)
    if mlflow is not None:
        check_mlflow(mlflow)
    where = parsing.folders_of(plugins), parsing.path_of(data_dir)
    points = made_again(choosing.load_plugins(*where)) if signals else no_points
    loaded = require_results(folder)
    files = []
    for file in write_report(loaded, folder, points):
        files.append(file)
        watch.say(f"wrote {file}")
    if mlflow is not None:
        for found in loaded:
            watch.say(f"logged {log_results(found, mlflow)} detectors of {found.name} to MLflow at {mlflow}")
    return files


def rank(
    detector: str,
    *,
    suite: str | None = None,
    metric: str | None = None,
    alpha: float = 0.05,
    results: File = "results",
    plugins: File | Sequence[File] | None = None,
) -> list[Placing]:
    """Where a detector stands: its place, whom it beats and who beats it, and on which kinds of data.

    Parameters
    ----------
    detector : str
        As the leaderboard names it.
    suite : str, optional
        Only this suite; all that have the detector if left out.
    metric : str, optional
        What ranks the boards if left out.
    alpha : float
        How often a difference may be found by chance, over all pairs of a regime.
    results, plugins
        Folders.

    Returns
    -------
    list of Placing
        One for each suite and regime, with ``places`` and ``kinds``, data frames.

    Raises
    ------
    BenchError
        For a detector, suite or metric without results.
    """
    from bench.analysis.placing import placings
    from bench.analysis.qualities import qualities
    from bench.analysis.results import require_results

    if metric is not None and metric not in qualities():
        raise unknown("metric", metric, qualities())
    parsing.check_alpha(alpha)
    loaded = require_results(Path(results))
    if suite is not None:
        if suite not in {each.name for each in loaded}:
            raise unknown("suite with results", suite, [each.name for each in loaded])
        loaded = [each for each in loaded if each.name == suite]
    registry = choosing.load_plugins(parsing.folders_of(plugins))
    modalities = {name: str(plugin.modality) for name, plugin in registry.datasets.items()}
    found = [each for of in loaded for each in placings(of, detector, modalities, metric, alpha)]
    if not found:
        names = {name for each in loaded for name in each.frame["detector"]}
        if detector not in names:
            raise unknown("detector with results", detector, names)
        if any(detector in each.settings for each in loaded):
            raise BenchError(
                f"{detector!r} is a setting that was tried besides, and has no place; rank its default, or "
                "run it by its name with --detectors"
            )
        what = "what ranks the boards" if metric is None else f"the metric {metric!r}"
        raise BenchError(f"no trial of {detector!r} has {what}; run it anew")
    return found


def compare(run_a: File, run_b: File, *, results: File = "results", alpha: float = 0.05) -> RunComparison:
    """What differs between two runs, trial by trial: quality, seconds and memory.

    Parameters
    ----------
    run_a, run_b : str or path
        Runs by their names, or their folders: what was before, and what is now.
    results : str or path
        The results folder.
    alpha : float
        How often chance may find a difference, in all of quality and in all of costs.

    Returns
    -------
    RunComparison
        With ``rows``, a frame with a row for each detector, regime, dataset and measure; ``broken``, trials
        that failed since; and ``is_worse``.

    Raises
    ------
    BenchError
        For a run that is not there, and runs that have no trial in common.
    """
    from bench.analysis.comparison import compare_runs
    from bench.runs.reading import find_run_or_folder

    parsing.check_alpha(alpha)
    a, b = (find_run_or_folder(Path(results), str(run)) for run in (run_a, run_b))
    compared = compare_runs(a, b, alpha)
    if compared.rows.empty:
        raise BenchError(f"runs {a.name} and {b.name} have no trial in common; compare runs of one suite")
    return compared


def export(
    form: Literal["latex", "csv", "parquet"],
    *,
    out: File | None = None,
    suite: str | None = None,
    results: File = "results",
) -> Path:
    """Write leaderboards as LaTeX tables, or all trials as one table; returns the file.

    Parameters
    ----------
    form : str
        "latex": leaderboards; "csv", "parquet": a row for each trial, as `bench.load_results` has them.
    out : str or path, optional
        The file to write; leaderboards.tex or trials.* in the results folder if left out.
    suite : str, optional
        Of this suite alone.
    results : str or path
        The results folder.

    Raises
    ------
    BenchError
        For an unknown form or suite.
    """
    from bench.analysis.results import require_results
    from bench.files import write_chosen, write_file
    from bench.report.exports import FORMATS
    from bench.report.exports import export as exported

    if form not in FORMATS:
        raise unknown("form", form, FORMATS)
    loaded = {each.name: each for each in require_results(Path(results))}
    if suite is not None and suite not in loaded:
        raise unknown("suite", suite, loaded)
    content = exported([loaded[suite]] if suite else list(loaded.values()), form)
    if out is None:
        return write_file(Path(results), FORMATS[form], content)
    write_chosen(Path(out), content)
    return Path(out)


def pack(
    name: str, *, results: File = "results", keep_scores: int | None = None, digits: int | None = None
) -> Path:
    """Compress the files of a finished run, to commit or to keep it; returns the run's folder.

    Parameters
    ----------
    name : str
        The run's name.
    results : str or path
        The results folder.
    keep_scores : int, optional
        Of how many seeds the raw scores are kept; of all if left out.
    digits : int, optional
        Significant digits of metrics, thresholds and costs where no raw scores are kept.

    Raises
    ------
    BenchError
        Where there is no such run, or it cannot be written.
    """
    from bench.runs.rewriting import pack_run

    return pack_run(Path(results), name, keep_scores=keep_scores, digits=digits).folder


def merge(runs: Sequence[File], *, name: str, results: File = "results") -> Path:
    """Make one run of parts that were run apart; returns its folder.

    Parameters
    ----------
    runs : sequence of str or path
        Runs of one suite, by their names or folders.
    name : str
        Name of the run that is made of them.
    results : str or path
        The results folder.

    Raises
    ------
    BenchError
        For parts made by different code or of different suites, and a name that is taken.
    """
    from bench.runs.merging import merge_runs
    from bench.runs.reading import find_run_or_folder
    from bench.runs.writing import check_name

    if len(runs) < 2:
        raise BenchError("name two runs or more to be merged")
    check_name(name)
    parts = [find_run_or_folder(Path(results), str(run)) for run in runs]
    return merge_runs(parts, Path(results), name).folder
