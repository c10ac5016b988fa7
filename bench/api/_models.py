"""`bench.api.fit`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.api import _choosing as choosing
from bench.api import _parsing as parsing
from bench.api._parsing import File, Texts
from bench.api._together import check_together, check_written

if TYPE_CHECKING:
    from bench.pipeline.pipeline import Pipeline
    from bench.tables import Dialect


def fit(
    file: File,
    *,
    save: File | None = None,
    detector: str | None = None,
    drop: Texts | None = None,
    label: str | None = None,
    normal: str | None = None,
    labels: File | None = None,
    all_normal: bool = False,
    time: str | None = None,
    missing: str = "impute",
    budget: str | float | None = None,
    alerts: str | int | None = None,
    cost: str | None = None,
    plugins: File | Sequence[File] | None = None,
    seed: int = 0,
    dialect: Dialect | None = None,
) -> Pipeline:
    """Fit a detector to your own table, with all that it takes to score other files.

    Parameters
    ----------
    file : str or path
        The table.
    save : str or path, optional
        The file to write the model to; none is written if left out.
    detector : str, optional
        As `list` gives it; what `recommend` chooses if left out.
    drop, label, normal, labels, all_normal, time, missing, budget, alerts, cost, plugins, seed, dialect
        As of `bench.Pipeline`.

    Returns
    -------
    Pipeline
        The fitted model, for `score`.

    Raises
    ------
    DataError
        For rows or labels that cannot be used.
    BenchError
        For an unknown detector, and a file that cannot be written.
    """
    dropped, folders = parsing.names_of(drop), parsing.folders_of(plugins)
    check_together(
        "fit",
        {
            "detector": detector,
            "drop": dropped,
            "label": label,
            "normal": normal,
            "time": time,
            "plugins": folders,
        },
    )
    read = {"the file that is read": Path(file), "that of --labels": parsing.path_of(labels)}
    check_written(read, {"--save": parsing.path_of(save)})

    from bench.pipeline.pipeline import Pipeline

    choosing.load_plugins(folders)
    model = Pipeline(
        detector,
        drop=dropped,
        label=label,
        normal=normal,
        labels=labels,
        all_normal=all_normal,
        time=time,
        missing=missing,
        budget=budget,
        alerts=alerts,
        cost=cost,
        seed=seed,
        plugins=folders,
        dialect=dialect,
    ).fit(Path(file))
    if save is not None:
        model.save(save)
    return model
