from __future__ import annotations

import pickle

import numpy as np
import pytest

from bench.errors import UndeclaredError
from bench.plugins.contract import Stage, Train
from bench.splits.rows import Rows

X, Y = np.arange(8.0).reshape(4, 2), np.array([0, 1, -1, 0], dtype=np.int8)


def train(*declared):
    return Train(X, 7, owner="detector 'd'", y=Y, calibration=Rows(X, np.abs(Y)), regime="supervised",
                 declared=frozenset(declared))  # fmt: skip


@pytest.mark.parametrize(
    ("attribute", "declaration"), [("y", "labels"), ("calibration", "calibration"), ("regime", "regime")]
)
def test_what_is_not_declared_cannot_be_read_in_any_way(attribute, declaration):
    with pytest.raises(UndeclaredError, match=rf"detector 'd' reads train\.{attribute} .*{declaration}=True"):
        getattr(train(), attribute)
    assert not any(value is Y or isinstance(value, Rows) for value in vars(train()).values())
    assert getattr(train(declaration), attribute) is not None


def test_labels_are_counted_when_they_are_read():
    given = train("labels", "calibration")
    assert dict(given.labels_read) == {}
    _ = given.y, given.calibration
    assert dict(given.labels_read) == {"train": 3, "calibration": 4}


def test_the_rows_to_take_for_normal_are_those_not_labelled_anomalous():
    assert np.array_equal(train("labels").X_normal, X[[0, 2, 3]])
    assert np.array_equal(train().X_normal, X)


@pytest.mark.parametrize(
    ("declaration", "secret"),
    [("labels", Y.tobytes()), ("calibration", np.abs(Y).tobytes()), ("regime", b"supervised")],
)
def test_nothing_undeclared_is_kept_however_it_is_called(declaration, secret):
    """Pickling walks through whatever an object holds."""
    others = {"labels", "calibration", "regime"} - {declaration}
    assert secret in pickle.dumps(train(declaration))
    assert secret not in pickle.dumps(train(*others))


def test_leaving_out_known_anomalies_reads_the_labels_and_a_refused_read_does_not():
    given = train("labels")
    _ = given.X_normal
    assert dict(given.labels_read) == {"train": 3}
    undeclared = train()
    with pytest.raises(UndeclaredError):
        _ = undeclared.y
    _ = undeclared.X_normal
    assert dict(undeclared.labels_read) == {}


class Mean(Stage):
    def __init__(self, size: int = 4, *, epochs: int = 100) -> None:
        self.size = size
        self.epochs = epochs

    def fit(self, train):
        self.mean = train.X.mean()


def test_a_stage_is_known_by_the_parameters_of_its_constructor_alone():
    stage = Mean(8)
    stage.fit(train())
    assert stage.params == {"size": 8, "epochs": 100}


def test_stages_are_fitted_one_after_another_unless_they_say_better():
    stages = [Mean(), Mean()]
    Mean.fit_many(stages, [Train(X, 0), Train(X + 10, 0)])
    assert [stage.mean for stage in stages] == [3.5, 13.5]
