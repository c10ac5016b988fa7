"""The contract of a detector as checks: one function for each, named as in the table that `check` prints.

A check returns where the contract is kept and raises where it is not; the exception's text is the reason. It
raises NotApplicableError where it does not apply to the detector. A check may fail where the detector
declares a flaw of the check's name (`bench.plugins.contract.FLAWS`), and then must.
"""

from __future__ import annotations

import json
import math
import pickle
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from bench.errors import ContractError, NotApplicableError
from bench.kit import rows
from bench.kit.findings import require_equal
from bench.kit.subject import Fitted, Subject
from bench.plugins.outputs import checked_threshold, require_silence

Check = Callable[[Subject], object]
CHECKS: dict[str, Check] = {}

_MISSING = object()
# A detector may compute in float32 where the rows are float32.
ROUNDING_FLOAT32 = 1e-3
LOWEST_AUC = 0.7
# Training rows that are left out of a fit.
LEFT_OUT = (0, 7, 20)


def check(function: Check) -> Check:
    """Add a function to `CHECKS`; its docstring is what `check` prints of it."""
    CHECKS[function.__name__.replace("_", "-")] = function
    return function


@check
def runs(subject: Subject) -> None:
    """Fits easy rows and gives each test row one finite float; its threshold is a finite number."""
    _ = subject.scores
    checked_threshold(subject.fitted.detector)


@check
def direction(subject: Subject) -> None:
    """Gives anomalies higher scores, on rows that are easy to separate."""
    from sklearn.metrics import roc_auc_score

    if subject.plugin.family == "baseline":
        raise NotApplicableError("a baseline does not learn from the rows")
    auc = roc_auc_score(subject.easy.y_test, subject.scores)
    if auc < LOWEST_AUC:
        raise ContractError(f"ROC AUC {auc:.2f} on easy rows; anomalies must get higher scores")


@check
def seed(subject: Subject) -> None:
    """Gives the same scores after another fit with the same seed."""
    again = subject.again.score(subject.again.X_test)
    require_equal(subject.scores, again, "two fits with one seed gave other scores")


@check
def deterministic(subject: Subject) -> None:
    """Gives the same scores after a fit with another seed, where it is declared deterministic."""
    if not subject.plugin.deterministic:
        raise NotApplicableError("it is not declared deterministic")
    other = subject.fit(subject.easy, seed=1)
    require_equal(subject.scores, other.score(other.X_test), "declared deterministic, but its seed matters")


@check
def repeat(subject: Subject) -> None:
    """Gives the same scores when the same rows are scored again."""
    again = subject.fitted.score(subject.fitted.X_test)
    require_equal(subject.scores, again, "the same rows, scored again, got other scores")


@check
def batch(subject: Subject) -> None:
    """A row's score does not depend on the rows scored with it."""
    if subject.modality.in_time:
        raise NotApplicableError("what a point of a series scores rests on those around it")
    fitted, X = subject.fitted, subject.fitted.X_test
    together = fitted.steady_scores(X[:20])
    for name, batch in (("with 40 others", X), ("in reverse order with 10 others", X[29::-1])):
        scores = fitted.score(batch)
        scores = scores[:20] if batch is X else scores[::-1][:20]
        require_equal(together, scores, f"20 rows scored {name} got other scores than alone")
    halves = np.concatenate([fitted.score(X[:7]), fitted.score(X[7:20])])
    require_equal(together, halves, "20 rows scored in two parts got other scores than together")


@check
def mirror(subject: Subject) -> None:
    """Gives the same scores where all values are negated, if it is declared deterministic."""
    if subject.plugin.family == "baseline":
        raise NotApplicableError("a baseline does not learn from the rows")
    if not subject.plugin.deterministic and "mirror" not in subject.plugin.flaws:
        raise NotApplicableError("it is not declared deterministic")
    mirrored = subject.fit(rows.mirrored(subject.easy))
    require_equal(subject.scores, mirrored.score(mirrored.X_test), "negated rows got other scores")


@check
def one_row(subject: Subject) -> None:
    """Scores a single row."""
    subject.fitted.score(subject.fitted.X_test[:1])


@check
def one_column(subject: Subject) -> None:
    """Fits and scores rows of one column."""
    if not subject.modality.one_column:
        raise NotApplicableError(f"a row of modality {subject.modality.name!r} has several columns")
    subject.fit_and_score(subject.kit.easy((1,), subject.kit.some))


@check
def constant_column(subject: Subject) -> None:
    """Fits rows with a constant column; scores such rows and one with another value there."""
    subject.fit_and_score(rows.with_constant_column(subject.some))


@check
def duplicates(subject: Subject) -> None:
    """Fits and scores rows most of which are duplicates."""
    subject.fit_and_score(rows.with_duplicates(subject.some))


@check
def few_rows(subject: Subject) -> None:
    """Fits 20 rows or fewer."""
    subject.fit_and_score(subject.kit.easy(subject.modality.shape, rows.FEW))


@check
def wide(subject: Subject) -> None:
    """Fits and scores rows with more columns than there are training rows."""
    subject.fit_and_score(subject.kit.easy(subject.modality.wide_shape, rows.FEW))


@check
def float32(subject: Subject) -> None:
    """Fits float32 rows, and scores them as it scores the same values in float64."""
    fitted = subject.fit(subject.some, dtype=np.float32)
    wide = fitted.steady_scores(fitted.X_test.astype(np.float64))
    narrow = fitted.score(fitted.X_test)
    require_equal(
        wide, narrow, "float32 rows got other scores than the same values in float64", ROUNDING_FLOAT32
    )


@check
def non_finite(subject: Subject) -> None:
    """A trial on rows with NaN or infinite values fails; the harness checks that before the fit."""
    for value in (math.nan, math.inf, -math.inf):
        record = subject.run_trial(partial(rows.with_value, subject.easy, value))
        if record.status != "failed" or "NaN or infinite" not in record.reason:
            raise ContractError(f"a trial on rows with {value} ended as {record.status!r}: {record.reason}")


@check
def inputs(subject: Subject) -> None:
    """Does not overwrite the arrays that it is given."""
    if subject.fitted.overwritten:
        raise ContractError(f"it overwrote {', '.join(sorted(subject.fitted.overwritten))}")


@check
def prints(subject: Subject) -> None:
    """Writes nothing to standard output."""
    require_silence(subject.fitted.printed)


@check
def parameters(subject: Subject) -> None:
    """Its parameters can be written as JSON and pickled, and are kept unchanged in attributes."""
    params = subject.own_params
    json.dumps(params)
    if pickle.loads(pickle.dumps(params)) != params:
        raise ContractError("its parameters are not the same after pickling")
    if subject.plugin.import_path is not None:
        return
    for when, detector in (("in __init__", subject.create()), ("in fit", subject.fitted.detector)):
        changed = [name for name, value in params.items() if getattr(detector, name, _MISSING) != value]
        if changed:
            raise ContractError(f"{', '.join(changed)}: changed or not kept {when}; write self.NAME = NAME")


@check
def leave_one_out(subject: Subject) -> None:
    """Scores training rows, each left out, as a fit to the others does, where it says so itself."""
    if subject.modality.in_time:
        raise NotApplicableError("a point of a series is not left out alone")
    view, told = subject.fitted.view, subject.fitted.left_out()
    if told is None:
        raise NotApplicableError("it has no leave_one_out() with these parameters")
    others = [np.delete(np.arange(len(view.X)), row) for row in LEFT_OUT]
    fits = [Fitted(subject, replace(view, X=view.X[kept], y=view.y[kept]), 0) for kept in others]
    found = [fit.score(view.X[[row]])[0] for fit, row in zip(fits, LEFT_OUT, strict=True)]
    require_equal(
        np.array(found), told[list(LEFT_OUT)], "training rows got other scores after fits without them"
    )


@check
def stage(subject: Subject) -> None:
    """Its fitted stage can be pickled."""
    if subject.fitted.stage is None:
        raise NotApplicableError("it has no stage")
    pickle.dumps(subject.fitted.stage)


@check
def global_random_state(subject: Subject) -> None:
    """Neither draws from the global random generators nor seeds them."""
    generators = subject.again.generators_used
    if generators:
        raise ContractError(f"it changed the global state of {', '.join(sorted(generators))}; use train.seed")
