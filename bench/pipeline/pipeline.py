"""A fitted model as one object: reading, encoding, scaling, detector, threshold and column contract."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from bench.pipeline.constant import warn_of_constants, warn_of_new_values
from bench.pipeline.contract import ColumnContract
from bench.pipeline.decisions import DEFAULT, Budget, Decision, FalseAlarms, Given, Known, parse_decision
from bench.pipeline.drift import Drift, Reference
from bench.pipeline.fitting import Chosen, choose_detector, fit_detector
from bench.pipeline.rows import declared_rows, given_table, name_of, sha256_of
from bench.plugins.registry import load_registry
from bench.recommend.explaining import REFERENCES, Explainer
from bench.tables.dialect import AS_FOUND, Dialect

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from bench.pipeline.rows import Rows
    from bench.plugins.registry import Registry
    from bench.splits.arrays import Floats

# Training rows that are kept with their scores: what loads a model sees whether it scores as it did. The
# first of them are the references of explanations.
PROBED = 20


class Pipeline(BaseEstimator):  # type: ignore[misc]
    """A detector with all that it takes to score the rows of another file as those that it was fitted to.

    Rows are a file, a data frame, or an array of numbers. What the columns are is learnt from those of `fit`;
    rows with other columns or types are refused. A higher score is more anomalous, and `predict` gives 1 for
    an anomaly. A score depends on its row alone.

    Parameters
    ----------
    detector : str, optional
        As ``list detectors`` gives it: ``"knn:n_neighbors=20"``. If left out, what ``recommend`` chooses.
    drop : sequence of str
        Columns to leave out.
    label : str, optional
        The column of labels: 1 or anomaly, 0 or normal, or empty.
    normal : str, optional
        The value of ``label`` that means normal; all others are anomalous.
    labels : str or path, optional
        A file that ``recommend --ask`` wrote, filled in.
    all_normal : bool
        Whether all rows of `fit` are known to be normal, as those of a period without incidents are.
    time : str, optional
        The column of time, which is not scored: it tells how many rows a day has.
    missing : str
        What becomes of missing numbers: ``"impute"``, the column's median, or ``"indicate"``, that and a
        column that says so.
    budget : str or float, optional
        The fraction of rows like those of `fit` that are predicted anomalous: ``"1%"``, which is the default.
    alerts : str or int, optional
        How many rows are predicted anomalous, of a file (20) or of a day (``"20/day"``).
    cost : str, optional
        What a missed anomaly and a false alarm cost: ``"50:1"``. Needs labels.
    seconds : float
        How long the choice of a detector by labels may take.
    seed : int
        For whatever draws random numbers.
    plugins : sequence of str or path
        Folders with detectors of your own.
    dialect : Dialect, optional
        How files are written, where that is not to be found out. It holds for those that are scored, too.

    Attributes
    ----------
    detector_ : object
        The fitted detector; its ``name`` tells which.
    threshold_ : float
        The score above which a row is predicted anomalous; None where each file has one of its own.
    chosen_ : object
        Which detector, who chose it, and the figures of the choice.
    n_features_in_ : int
        The number of columns of the rows of `fit`.
    feature_names_in_ : ndarray of str
        Their names, where they have some.

    Examples
    --------
    >>> import numpy as np
    >>> from bench import Pipeline
    >>> X = np.random.default_rng(0).normal(size=(200, 2))
    >>> model = Pipeline("knn", budget="5%").fit(X)
    >>> model.predict([[0, 0], [9, 9]]).tolist()
    [0, 1]
    """

    def __init__(
        self,
        detector: str | None = None,
        *,
        drop: Sequence[str] = (),
        label: str | None = None,
        normal: str | None = None,
        labels: str | PathLike[str] | None = None,
        all_normal: bool = False,
        time: str | None = None,
        missing: str = "impute",
        budget: str | float | None = None,
        alerts: str | int | None = None,
        cost: str | None = None,
        seconds: float = 120.0,
        seed: int = 0,
        plugins: Sequence[str | PathLike[str]] = (),
        dialect: Dialect | None = None,
    ) -> None:
        self.detector = detector
        self.drop = drop
        self.label = label
        self.normal = normal
        self.labels = labels
        self.all_normal = all_normal
        self.time = time
        self.missing = missing
        self.budget = budget
        self.alerts = alerts
        self.cost = cost
        self.seconds = seconds
        self.seed = seed
        self.plugins = plugins
        self.dialect = dialect

    def fit(self, X: Rows, y: ArrayLike | None = None, *, chosen: Chosen | None = None) -> Self:
        """Learn the columns, choose a detector unless one is named, fit it and set the threshold.

        Of many rows, the encoding is learnt from a sample of 50,000 and the detector from one of 10,000.

        Parameters
        ----------
        X : str, path, data frame, or array of shape (n, d)
            A file, or rows. A missing value is NaN or None.
        y : array of shape (n,), optional
            1 anomalous, 0 normal, -1 without a label. Of a file, labels are in its column ``label``.
        chosen : object, optional
            A choice that has been made already, in place of ``detector``.

        Returns
        -------
        Pipeline
            The model itself.

        Raises
        ------
        DataError
            For rows or labels that cannot be used; the message names the column and the row.
        BenchError
            For a detector that is unknown, needs more than rows and labels, or scores rows among each other.
        """
        decision = parse_decision(budget=self.budget, alerts=self.alerts, cost=self.cost)
        self.decision_: Decision = decision or Budget.parse(DEFAULT)
        raw, table, rows_per_day = given_table(self, X, y)
        self.time_ = self.time
        names = table.encoder.names
        ignored = [name for name in raw.columns if name not in names]
        dialect = self.dialect or AS_FOUND
        self.contract_ = ColumnContract.learn(raw.frame, table.frame, names, ignored, dialect)
        self.reference_ = Reference.learn(table.frame, self.contract_.compared)
        warn_of_constants(self.reference_, raw.path.name)
        self.encoder_, self.scaling_ = table.encoder, table.scaling
        self.chosen_ = chosen or choose_detector(table, self.detector, self.seconds, self.seed)
        fitted = fit_detector(table, self.chosen_.name, self.seed, _registry(self.plugins))
        self.detector_ = fitted.detector
        probed = table.X[np.random.default_rng(self.seed).permutation(len(table.X))[:PROBED]]
        self.probe_ = (probed, self.detector_.score(probed))
        self.known_ = Known(fitted.unseen, fitted.y, rows_per_day)
        self.trained_on_: dict[str, Any] = {"file": raw.path.name, "sha256": sha256_of(raw.path)}
        self.trained_on_ |= {"rows": raw.rows, "fitted": fitted.rows}
        labels = {"labelled": len(table.labelled), "anomalous": table.anomalous, "rows": len(table.X)}
        self.trained_on_["labels"] = labels
        self.threshold_ = None if self.decision_.of_file else self.decide(self.decision_)
        return self

    def score(
        self,
        X: Rows,
        y: object = None,  # noqa: ARG002 - scikit-learn's signature
        *,
        dialect: Dialect | None = None,
    ) -> Floats:
        """Score rows.

        Parameters
        ----------
        X : str, path, data frame, or array of shape (n, d)
            A file, which may be larger than memory, or rows with the columns of those of `fit`.
        y : object
            Ignored.
        dialect : Dialect, optional
            How the file is written, where that is not as the model has it.

        Returns
        -------
        ndarray of shape (n,)
            A score for each row, in order; higher = more anomalous.

        Raises
        ------
        DataError
            For rows without a column that the model was fitted to, or with a value of another type; the
            message names the column and the row.
        """
        check_is_fitted(self, "detector_")
        drift, scores = Drift(self.reference_, self.reference_.constant), []
        for rows in declared_rows(self, X, dialect):
            drift.add(rows)
            scores.append(self.score_declared(rows))
        warn_of_new_values(drift, name_of(X))
        return np.concatenate(scores)

    def explain(self, X: Rows, *, dialect: Dialect | None = None) -> pd.DataFrame:
        """What each column contributes to the score of each row.

        The mean of two differences: how far the score falls when the column's value is replaced by that of
        rows of `fit`, and how far theirs rises when they are given the row's value. It depends on the row and
        the model alone.

        Parameters
        ----------
        X : str, path, data frame, or array of shape (n, d)
            As for `score`. For each row, 16 times as many rows as there are columns are scored.
        dialect : Dialect, optional
            As for `score`.

        Returns
        -------
        DataFrame of shape (n, columns)
            In units of the score, for each column that the model reads.

        Raises
        ------
        DataError
            As `score`.

        Examples
        --------
        >>> import numpy as np
        >>> from bench import Pipeline
        >>> X = np.random.default_rng(0).normal(size=(200, 2))
        >>> model = Pipeline("knn").fit(X)
        >>> model.explain([[0, 9]]).idxmax(axis=1).tolist()
        ['x1']
        """
        check_is_fitted(self, "detector_")
        parts = [self.explain_declared(rows) for rows in declared_rows(self, X, dialect)]
        return pd.concat(parts, ignore_index=True)

    def predict(self, X: Rows, *, dialect: Dialect | None = None) -> NDArray[np.int8]:
        """Which rows are predicted anomalous: those that score above the threshold.

        Parameters
        ----------
        X : str, path, data frame, or array of shape (n, d)
            As for `score`.
        dialect : Dialect, optional
            As for `score`.

        Returns
        -------
        ndarray of shape (n,)
            1 for a row that is predicted anomalous, else 0.

        Raises
        ------
        DataError
            As `score`.
        """
        scores = self.score(X, dialect=dialect)
        threshold = self.decide(self.decision_, scores) if self.threshold_ is None else self.threshold_
        return (scores > threshold).astype(np.int8)

    def save(self, file: str | PathLike[str]) -> None:
        """Write the fitted model to a file, as skops keeps it: no pickle.

        Parameters
        ----------
        file : str or path
            The file to write.

        Raises
        ------
        BenchError
            For a detector that cannot be stored so, and a file that cannot be written.
        """
        from bench.pipeline.storing import save

        check_is_fitted(self, "detector_")
        save(self, Path(file))

    @classmethod
    def load(cls, file: str | PathLike[str], *, plugins: Sequence[str | PathLike[str]] = ()) -> Self:
        """Read a model that `save` wrote. No code in the file is run.

        Parameters
        ----------
        file : str or path
            The file to read.
        plugins : sequence of str or path
            Folders with detectors of your own.

        Returns
        -------
        Pipeline
            The fitted model.

        Raises
        ------
        BenchError
            For a file that is none of these, holds types that no model has, or is of a newer format.

        Warns
        -----
        BenchWarning
            Where the detector's code or the libraries are not those that it was saved with.
        """
        from bench.pipeline.storing import load

        return load(cls(), Path(file), _registry(plugins))

    def score_declared(self, rows: pd.DataFrame) -> Floats:
        """Scores of rows whose columns have the types of ``contract_``, shape (n,)."""
        return self.detector_.score(self._encoded(rows))

    def explain_declared(self, rows: pd.DataFrame) -> pd.DataFrame:
        """As `explain`, of rows whose columns have the types of ``contract_``."""
        explainer = Explainer(self.encoder_.columns, self.probe_[0][:REFERENCES])
        contributions = explainer.contributions(self.detector_.score, self._encoded(rows))
        return pd.DataFrame(contributions, columns=explainer.sources)

    def _encoded(self, rows: pd.DataFrame) -> Floats:
        return self.scaling_.transform(self.encoder_.transform(rows))

    def decide(
        self, decision: Decision, scores: Floats | None = None, rows_per_day: float | None = None
    ) -> float:
        """The threshold that a decision asks for; ``scores`` and ``rows_per_day`` are of the file, if any."""
        return decision.threshold(Given(self.known_, scores, rows_per_day))

    def false_alarms(self, threshold: float, rows: int) -> FalseAlarms:
        """The number of false alarms to expect, with a 95 % interval.

        Parameters
        ----------
        threshold : float
            The score above which a row is predicted anomalous.
        rows : int
            How many rows like those of `fit` are scored.

        Returns
        -------
        FalseAlarms
            With ``expected``, ``low`` and ``high``; ``by_labels``, whether from rows labelled normal or from
            all rows of `fit`; and ``of``, how many these are.
        """
        return self.known_.false_alarms(threshold, rows)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _registry(plugins: Sequence[str | PathLike[str]]) -> Registry:
    return load_registry([Path(folder) for folder in plugins])
