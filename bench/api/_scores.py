"""Functions of `bench.api` about the scores of trials: `inspect` and `thresholds`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bench.api import _choosing as choosing
from bench.api import _parsing as parsing
from bench.api._parsing import File, Texts
from bench.api._watching import Say, watch_of
from bench.errors import BenchError

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from bench.analysis.frames import Results
    from bench.evaluation.entries import Policy
    from bench.inspect import Inspection
    from bench.runs.judging import Judge
    from bench.runs.rejudging import Ask
    from bench.tables import Dialect

INSPECTIONS = Path("results") / "inspect"


@dataclass(frozen=True)
class Inspected:
    """A trial that was run again, the files with its pictures, and why others are not shown."""

    inspection: Inspection
    files: list[Path]
    not_shown: list[str]

    @property
    def rows(self) -> pd.DataFrame:
        """A row for each test row, the highest score first: its index, score, label and what became of it."""
        import pandas as pd

        found = self.inspection
        became = {int(row): name for name, rows in found.groups.items() for row in rows}
        index = sorted(became, key=lambda row: -found.scores[row])
        return pd.DataFrame(
            {
                "row": index,
                "score": found.scores[index],
                "label": found.y[index],
                "became": [became[row] for row in index],
            }
        )


def inspect(
    detector: str,
    dataset: str | None = None,
    *,
    seed: int = 0,
    regime: str | None = None,
    out: File | None = None,
    device: str = "auto",
    plugins: File | Sequence[File] | None = None,
    data_dir: File | None = None,
    data: File | None = None,
    label: str | None = None,
    normal: str | None = None,
    drop: Texts | None = None,
    time: str | None = None,
    series: str | None = None,
    dialect: Dialect | None = None,
) -> Inspected:
    """Run a trial anew, and draw how its scores part the classes and which rows it missed.

    Parameters
    ----------
    detector, dataset : str
        With parameters where wanted: ``"knn:n_neighbors=3"``; no dataset where ``data`` is given.
    seed, regime
        Of the trial; the first regime that the detector fits if left out.
    out : str or path, optional
        Folder of the pictures; one below results/inspect, named after the trial, if left out.
    device, plugins, data_dir, data, label, normal, drop, time, series, dialect
        As for `run`.

    Returns
    -------
    Inspected
        With ``rows``, a frame of the test rows, and ``files``.

    Raises
    ------
    BenchError
        For what is unknown, and a trial that does not end ok.
    """
    from bench.files import plain_name
    from bench.plans.selection import choose_trial
    from bench.trials.environment import choose_device, set_threads

    set_threads(1)  # as in a run's workers, and before a numerical library loads
    choose_device(device)
    registry = choosing.load_plugins(parsing.folders_of(plugins), parsing.path_of(data_dir))
    own = choosing.own_data(
        parsing.path_of(data), label, normal, parsing.names_of(drop), time, series, dialect
    )
    named = [*([] if dataset is None else [dataset]), *([] if own is None else [own.variant])]
    if len(named) != 1:
        raise BenchError("say which data: a dataset's name, or --data FILE for a table of your own")
    trial = choose_trial(detector, named[0], seed, registry, regime)

    from bench.inspect import inspect_trial, reasons, write_diagnostics

    inspection = inspect_trial(trial, registry)
    folder = parsing.path_of(out) or INSPECTIONS / plain_name("-".join([*trial.combination[:3], str(seed)]))
    files, missing = write_diagnostics(inspection, folder)
    return Inspected(inspection, files, reasons(missing))


def thresholds(
    *,
    methods: str | None = None,
    run: str | None = None,
    limit: str | float = "10s",
    results: File = "results",
    say: Say = None,
) -> Results:
    """Judge stored runs by the threshold methods of pythresh, and write thresholds.md.

    Parameters
    ----------
    methods : str, optional
        Methods or globs: ``"iqr,mad"``, ``"*"``; the quick ones if left out.
    run : str, optional
        This run alone; all but the reference runs if left out.
    limit : str or float
        How long a method may take for the scores of a trial.
    results : str or path
        The results folder.
    say : callable, optional
        Called with each line about how far it is.

    Returns
    -------
    Results
        Whose method ``thresholds`` gives a frame with a row for each policy.

    Raises
    ------
    BenchError
        For an unknown method or run, and where pythresh is missing.
    """
    from bench.analysis.frames import load_results
    from bench.analysis.results import require_results
    from bench.files import write_files
    from bench.report import thresholds_table
    from bench.runs.judging import Judge
    from bench.runs.reading import find_run, runs_to_resume
    from bench.runs.rejudging import CLEAN_SEEDS, choose_methods, flagged_clean, judge_run, pythresh_version

    watch, folder = watch_of(say), Path(results)
    chosen, seconds = choose_methods(methods), parsing.parse_duration(limit)
    runs = [find_run(folder, run)] if run else runs_to_resume(folder, None)
    if not runs:
        raise BenchError(f"there are no runs in {folder / 'runs'} but reference runs; name one with --run")
    pythresh_version()
    with Judge(seconds) as judge:
        with watch.steps(len(chosen) * len(CLEAN_SEEDS)) as step:
            clean = flagged_clean(chosen, _shown(judge, "scores without an anomaly", step, 1))
        for each in runs:
            with watch.steps(sum(1 for _ in each.heads())) as step:
                ask = _shown(judge, each.name, step, 0)
                judged = judge_run(folder, each.name, chosen, partial(step, each.name, 1), ask, clean)
            without = f", without an answer {judged.unanswered} times" if judged.unanswered else ""
            watch.say(f"{each.name}: {judged.trials} trials judged{without}")
            for policy, detectors in judged.exceeded.items():
                watch.say(f"{each.name}: {policy} took more than {seconds:g} s, on {', '.join(detectors)}")
    for file in write_files({"thresholds.md": thresholds_table(require_results(folder))}, folder):
        watch.say(f"wrote {file}")
    return load_results(folder)


def _shown(judge: Judge, about: str, step: Callable[[str, int], None], steps: int) -> Ask:
    """Ask the judge, after saying what is asked; an answer is so many steps."""

    def ask(policy: Policy, scores: NDArray[np.float64]) -> NDArray[np.bool_] | None:
        step(f"{about}: {policy.name}", 0)
        try:
            return judge.ask(policy, scores)
        finally:
            step(f"{about}: {policy.name}", steps)

    return ask
