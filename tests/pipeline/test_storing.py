"""Models on disk: equal scores, and nothing that could run code."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest
import skops.io

from bench import BenchError, Pipeline
from bench.errors import BenchWarning
from bench.pipeline import storing
from bench.recommend import CANDIDATES
from bench.recommend.candidates import DEFAULT


@pytest.fixture(scope="module")
def rows():
    return np.random.default_rng(0).normal(size=(120, 4))


# Others that can be kept, besides those that `recommend` chooses from.
KEPT = ("abod", "cblof", "gmm", "loda", "mad", "ocsvm", "qmcd", "sampling", "one_class_svm",
        "extended_isolation_forest", "rank_mean", "knn:scaling=rank", "knn:scaling=normal",
        "lof:scaling=robust", "ecod:scaling=whiten", "hbos:scaling=minmax")  # fmt: skip


@pytest.mark.parametrize("name", [*CANDIDATES, DEFAULT, *KEPT])
def test_a_stored_model_scores_to_the_last_bit_as_before(name, rows, tmp_path):
    model = Pipeline(name).fit(rows)
    model.save(tmp_path / "a.model")
    loaded = Pipeline.load(tmp_path / "a.model")
    assert np.array_equal(loaded.score(rows), model.score(rows))
    assert loaded.threshold_ == model.threshold_
    assert loaded.get_params() == model.get_params()


def test_everything_else_is_kept_too(model, july, tmp_path):
    model.save(tmp_path / "a.model")
    loaded = Pipeline.load(tmp_path / "a.model")
    assert loaded.contract_ == model.contract_
    assert loaded.chosen_ == model.chosen_
    assert loaded.trained_on_ == model.trained_on_
    assert len(loaded.trained_on_["sha256"]) == 64
    assert loaded.time_ == "when"
    assert loaded.decision_ == model.decision_
    assert loaded.false_alarms(0.0, 100) == model.false_alarms(0.0, 100)
    assert np.array_equal(loaded.predict(july), model.predict(july))


def test_no_pickle_is_in_the_file(model, tmp_path):
    model.save(tmp_path / "a.model")
    with zipfile.ZipFile(tmp_path / "a.model") as file:
        assert {name.rpartition(".")[2] for name in file.namelist()} == {"json", "npy"}


class Trap:
    """What no model holds."""

    def __init__(self):
        self.a = 1


def test_types_that_no_model_has_are_listed_and_refused(tmp_path):
    skops.io.dump({"kind": storing.KIND, "detector": Trap()}, tmp_path / "trap.model")
    with pytest.raises(BenchError, match=r"trap.model is refused: it holds \S*Trap, .*could run code"):
        Pipeline.load(tmp_path / "trap.model")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 damaged", b"\x80\x04."])
def test_what_is_no_model_is_said_to_be_none(content, tmp_path):
    (tmp_path / "a.model").write_bytes(content)
    with pytest.raises(BenchError, match=r"a.model is no model, or a damaged one"):
        Pipeline.load(tmp_path / "a.model")


def test_a_model_without_its_parts_is_said_to_be_damaged(tmp_path):
    skops.io.dump({"kind": storing.KIND, "format": storing.FORMAT}, tmp_path / "a.model")
    with pytest.raises(BenchError, match=r"a.model is a damaged model: KeyError"):
        Pipeline.load(tmp_path / "a.model")


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(BenchError, match="cannot be read: No such file"):
        Pipeline.load(tmp_path / "a.model")


def changed(model, tmp_path, monkeypatch, **constants):
    for name, value in constants.items():
        monkeypatch.setattr(storing, name, value)
    model.save(tmp_path / "a.model")
    monkeypatch.undo()
    return tmp_path / "a.model"


def test_another_format_is_refused_with_the_version_that_reads_it(model, tmp_path, monkeypatch):
    file = changed(model, tmp_path, monkeypatch, FORMAT=99, __version__="9.9")
    with pytest.raises(BenchError, match=r"has the format 99 of detector-bench 9.9; this version reads"):
        Pipeline.load(file)


def test_another_version_of_a_library_is_said(model, tmp_path, monkeypatch):
    file = changed(model, tmp_path, monkeypatch, version=lambda name: "0.0.1")
    with pytest.warns(BenchWarning, match="saved with numpy 0.0.1 .*scores the rows .* as before"):
        Pipeline.load(file)


def test_a_model_that_does_not_score_as_it_did_is_refused(model, tmp_path, monkeypatch):
    rows, scores = model.probe_
    monkeypatch.setattr(model, "probe_", (rows, scores + 1))
    model.save(tmp_path / "a.model")
    with pytest.raises(BenchError, match="does not score as when it was saved; fit the model again"):
        Pipeline.load(tmp_path / "a.model")


def test_a_detector_of_ones_own_is_found_in_its_folder_or_asked_for(write_plugin, rows, tmp_path):
    folder = write_plugin(
        "mine",
        """
        import numpy as np
        from bench import detector

        @detector(deterministic=True)
        class FromCentre:
            "Distance to the mean."

            def fit(self, train):
                self.centre = train.X.mean(axis=0)

            def score(self, X):
                return np.square(X - self.centre).sum(axis=1)
        """,
    )
    model = Pipeline("from_centre", plugins=[folder]).fit(rows)
    model.save(tmp_path / "a.model")
    assert np.array_equal(
        Pipeline.load(tmp_path / "a.model", plugins=[folder]).score(rows), model.score(rows)
    )
    with pytest.raises(BenchError, match=r"'mine:FromCentre', which no plugin has; .* --plugins"):
        Pipeline.load(tmp_path / "a.model")


def test_a_detector_that_cannot_be_kept_is_refused_when_it_is_saved(write_plugin, rows, tmp_path):
    folder = write_plugin(
        "odd",
        """
        import numpy as np
        from fractions import Fraction
        from bench import detector

        @detector(deterministic=True)
        class Odd:
            "Holds an object of a type that is not trusted."

            def fit(self, train):
                self.part = Fraction(1, 3)

            def score(self, X):
                return X[:, 0] * float(self.part)
        """,
    )
    model = Pipeline("odd", plugins=[folder]).fit(rows)
    with pytest.raises(BenchError, match="a model of 'odd' cannot be saved"):
        model.save(tmp_path / "a.model")
    assert not (tmp_path / "a.model").exists()


def test_a_stored_model_explains_rows_as_before(model, july, tmp_path):
    model.save(tmp_path / "a.model")
    explained = model.explain(july[:5])
    assert explained.shape == (5, 4)
    assert Pipeline.load(tmp_path / "a.model").explain(july[:5]).equals(explained)
    assert model.explain(july[3:4]).equals(explained[3:4].reset_index(drop=True))


def test_a_stored_model_tells_missing_numbers_as_it_was_fitted_to(tmp_path):
    X = np.random.default_rng(0).normal(size=(200, 2))
    X[:4, 0] = np.nan
    median = np.array([[np.nanmedian(X[:, 0]), 0.0]])
    model = Pipeline("knn", missing="indicate").fit(X)
    model.save(tmp_path / "a.model")
    loaded = Pipeline.load(tmp_path / "a.model")
    assert loaded.missing == "indicate"
    assert loaded.score([[np.nan, 0.0]])[0] > loaded.score(median)[0] + 1
    imputed = Pipeline("knn").fit(X)
    assert imputed.score([[np.nan, 0.0]]) == imputed.score(median)
    # What is missing is a part of its column, also where scores are explained.
    assert loaded.explain([[np.nan, 0.0]]).iloc[0].idxmax() == "x0"
