"""Scoring a table with many detectors in worker processes, within a time limit."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.engine import worker
from bench.engine.machine import available_cores, fair_memory
from bench.engine.pool import WorkerPool
from bench.engine.tasks import Ended, Task
from bench.errors import BenchError
from bench.plugins.outputs import require_varied
from bench.plugins.registry import Registry, load_registry
from bench.recommend.explaining import Explainer
from bench.recommend.using import UsableDetector, load_detector
from bench.trials.environment import set_threads
from bench.trials.guard import how_it_failed

if TYPE_CHECKING:
    from bench.splits.arrays import Floats, Labels

Work = Callable[[str, Mapping[str, str], int, tuple[Path, ...]], "Floats | Ended"]
# The most rows that detectors are fitted to, drawn at random; all rows are scored.
MOST_FITTED = 10_000


@dataclass
class Scores:
    """The scores of rows by each detector, shape (n,), and the reason where a detector gave none."""

    of: dict[str, Floats] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)


def score_rows(
    names: Sequence[str],
    X: Floats,
    scored: Floats,
    *,
    seconds: float,
    seed: int,
    y: Labels | None = None,
    folders: tuple[Path, ...] = (),
) -> Scores:
    """Fit each detector to the rows ``X``, and to ``y`` where it learns from labels, and score other rows.

    X: shape (n, d). scored: shape (m, d). y: shape (n,); -1 without a label. A detector that is not finished
    after ``seconds``, fails or breaks its contract is left out.
    """
    arrays = {"fit": X, "score": scored, **({} if y is None else {"y": y})}
    return _in_workers(_fit_and_score, names, arrays, seconds, seed, folders)


def score_points(
    names: Sequence[str],
    X: Floats,
    segments: Sequence[slice],
    *,
    seconds: float,
    seed: int,
    folders: tuple[Path, ...] = (),
) -> Scores:
    """Scores of points of series, shape (n, channels), by each detector fitted to them, as `score_rows`.

    segments: the stretches of points without a gap.
    """
    bounds = np.array([(each.start, each.stop) for each in segments])
    return _in_workers(_fit_and_score_points, names, {"fit": X, "segments": bounds}, seconds, seed, folders)


def explain_rows(
    name: str,
    X: Floats,
    explained: Floats,
    explainer: Explainer,
    *,
    seed: int,
    y: Labels | None = None,
    folders: tuple[Path, ...] = (),
) -> Floats | None:
    """What each column contributes to the scores of the rows ``explained``, shape (m, sources), by a detector
    that is fitted as in `score_rows`; None where that fails. However long it takes, so that it is the same on
    each machine.
    """
    arrays = {"fit": X, "explained": explained, **({} if y is None else {"y": y})}
    work = partial(_fit_and_explain, explainer)
    return _in_workers(work, (name,), arrays, None, seed, folders).of.get(name)


def _in_workers(
    work: Work,
    names: Sequence[str],
    arrays: Mapping[str, Any],
    seconds: float | None,
    seed: int,
    folders: tuple[Path, ...],
) -> Scores:
    set_threads(1)
    found = Scores()
    waiting = list(names)
    end = None if seconds is None else time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        # Each worker maps the rows into its memory: they are not sent through a pipe for each detector.
        files = {}
        for part, rows in arrays.items():
            files[part] = str(Path(folder) / f"{part}.npy")
            np.save(files[part], rows)

        def next_task() -> Task | None:
            left = None if end is None else end - time.monotonic()
            if not waiting or (left is not None and left <= 0):
                return None
            return Task(work, (waiting.pop(0), files, seed, folders), timeout=left)

        jobs = min(available_cores(), len(names))
        pool = WorkerPool(jobs, worker.start, (folders, False), memory=fair_memory(jobs))
        for task, result in pool.run(next_task):
            name = task.arguments[0]
            if isinstance(result, Ended):
                found.missing[name] = "not in time" if result.status == "timeout" else result.reason
            else:
                found.of[name] = result
    found.missing |= dict.fromkeys(waiting, "not in time")
    found.of = {name: found.of[name] for name in names if name in found.of}
    return found


def fitted_rows(rows: int, seed: int, keep: Any) -> Any:
    """Indices of the rows to fit to: all, or a random sample that includes the indices ``keep``."""
    if rows <= MOST_FITTED:
        return np.arange(rows)
    drawn = np.random.default_rng(seed).permutation(rows)
    kept = np.isin(drawn, keep)
    first = np.r_[drawn[kept], drawn[~kept]]
    return np.sort(first[:MOST_FITTED])


def _fit_and_score(
    name: str, files: Mapping[str, str], seed: int, folders: tuple[Path, ...]
) -> Floats | Ended:
    """What a worker does for one detector: its scores, or why there are none."""
    arrays = _mapped(files)
    return _scores_of(
        name, seed, folders, lambda each: each.fit(arrays["fit"], arrays.get("y")).score(arrays["score"])
    )


def _fit_and_explain(
    explainer: Explainer, name: str, files: Mapping[str, str], seed: int, folders: tuple[Path, ...]
) -> Floats | Ended:
    """The same for what columns contribute to scores."""
    arrays = _mapped(files)
    return _scores_of(
        name,
        seed,
        folders,
        lambda each: explainer.contributions(
            each.fit(arrays["fit"], arrays.get("y")).score, arrays["explained"]
        ),
    )


def _fit_and_score_points(
    name: str, files: Mapping[str, str], seed: int, folders: tuple[Path, ...]
) -> Floats | Ended:
    """The same for points of series, which are scored by what was learnt from them."""
    arrays = _mapped(files)
    segments = [slice(*bounds) for bounds in arrays["segments"].tolist()]
    return _scores_of(name, seed, folders, lambda each: each.fit_score(arrays["fit"], segments=segments))


def _mapped(files: Mapping[str, str]) -> dict[str, Any]:
    return {part: np.load(file, mmap_mode="r") for part, file in files.items()}


def _scores_of(
    name: str, seed: int, folders: tuple[Path, ...], score: Callable[[UsableDetector], Floats]
) -> Floats | Ended:
    try:
        scores = score(load_detector(name, seed=seed, registry=_registry(folders)))
        require_varied(scores)
    except BenchError as error:
        return Ended("failed", str(error))
    except Exception as error:
        return Ended(*how_it_failed(error, ""))
    return scores


@cache
def _registry(folders: tuple[Path, ...]) -> Registry:
    return load_registry(folders)
