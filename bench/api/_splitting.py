"""`data_split` of `bench.api`: the rows of a trial, for who wants to fit and score them elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bench.api import _choosing as choosing
from bench.api import _parsing as parsing
from bench.api._parsing import File
from bench.errors import unknown

if TYPE_CHECKING:
    from numpy.typing import NDArray


def data_split(
    dataset: str,
    *,
    seed: int = 0,
    regime: str = "unsupervised",
    out: File | None = None,
    plugins: File | Sequence[File] | None = None,
    data_dir: File | None = None,
) -> dict[str, NDArray[Any]]:
    """The rows and labels of a dataset's trials with a seed, as they are before scaling.

    With these, the ``params`` of a record and its ``code.libraries``, a detector can be fitted and scored
    without the harness, and its figures compared with those of the record.

    Parameters
    ----------
    dataset : str
        With parameters, as records name it: ``"adbench:6_cardio,rows=1000"``.
    seed, regime
        Of the trial.
    out : str or path, optional
        An npz file for the arrays.
    plugins, data_dir
        Folders of your own.

    Returns
    -------
    dict of str to ndarray
        ``X_train``, shape (n, d), and ``y_seen``, shape (n,): what the regime shows of the training rows, and
        of their labels, -1 where one is hidden; ``y_train``: all of these. ``X_test`` and ``y_test``.
        ``X_calibration`` and ``y_calibration``, where there are such rows, which threshold policies read, and
        detectors in the supervised regime. ``scaling``: "standard" where detectors get columns with mean 0
        and standard deviation 1 in ``X_train``, else "none". ``detector_seed``: the int that detectors get
        for what they draw, scikit-learn's and PyOD's as ``random_state``.

    Raises
    ------
    BenchError
        For an unknown dataset or regime, a name that stands for several datasets, and a file that cannot be
        written.
    """
    import numpy as np

    from bench.plans.selection import choose_dataset
    from bench.plugins.contract import REGIMES
    from bench.trials.regimes import apply_regime, in_regime
    from bench.trials.seeds import Purpose, stream, whole_seed
    from bench.trials.split_cache import make_split

    registry = choosing.load_plugins(parsing.folders_of(plugins), parsing.path_of(data_dir))
    known = next((each for each in REGIMES if each == regime), None)
    if known is None:
        raise unknown("regime", regime, REGIMES)
    plugin, variant = choose_dataset(dataset, registry)
    split = in_regime(make_split(plugin, variant.params, seed), known)
    visible = apply_regime(split, known, stream(seed, Purpose.REGIME))
    found: dict[str, NDArray[Any]] = {
        "X_train": split.X_train[visible.train],
        "y_train": split.y_train[visible.train],
        "y_seen": visible.y,
        "X_test": split.X_test,
        "y_test": split.y_test,
        "scaling": np.array(split.scaling),
        "detector_seed": np.array(whole_seed(seed, Purpose.DETECTOR)),
    }
    if split.calibration is not None:
        found |= {"X_calibration": split.calibration.X, "y_calibration": split.calibration.y}
    file = parsing.path_of(out)
    if file is not None:
        import io

        from bench.files import write_chosen

        content = io.BytesIO()
        np.savez_compressed(content, allow_pickle=False, **found)
        write_chosen(file, content.getvalue())
    return found
