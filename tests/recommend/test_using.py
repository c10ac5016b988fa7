"""Using a detector on a table outside of the harness."""

from __future__ import annotations

import numpy as np
import pytest

from bench import BenchError, load_detector, load_rows
from bench.recommend.candidates import CANDIDATES, WEIGHTED, weighted_scores
from bench.recommend.choosing import Evidence
from bench.recommend.weighting import normalised_ranks


@pytest.fixture(name="X", scope="module")
def rows():
    X = np.random.default_rng(0).standard_normal((150, 4))
    X[:8] += 4
    return X


def test_a_detector_by_name_scores_as_it_does_in_the_harness(X):
    scores = load_detector("knn:n_neighbors=3").fit(X).score(X[:10])
    distances = np.sort(np.linalg.norm(X[:10, None] - X, axis=2), axis=1)
    assert scores == pytest.approx(distances[:, 2])


def test_the_weighted_detector_ranks_as_the_weights_of_the_recommendation_do(X):
    y = np.full(len(X), -1, dtype=np.int8)
    y[:4], y[50:70] = 1, 0
    scores = load_detector(WEIGHTED).fit(X, y).score(X)
    ranks = normalised_ranks(np.column_stack([load_detector(name).fit(X).score(X) for name in CANDIDATES]))
    expected = weighted_scores(ranks, Evidence(ranks[y >= 0], y[y >= 0], y[y >= 0], CANDIDATES).fit())
    assert np.corrcoef(normalised_ranks(scores), normalised_ranks(expected))[0, 1] > 0.98


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("iforst", "unknown detector 'iforst'; did you mean"),
        ("autoencoder_difference_forest", "needs more than rows and labels"),
    ],
)
def test_what_cannot_be_used_so_is_refused(name, message):
    with pytest.raises(BenchError, match=message):
        load_detector(name)


def test_a_detector_that_learns_from_labels_asks_for_them(X):
    with pytest.raises(BenchError, match=r"learns from labels; give them: fit\(X, y\)"):
        load_detector("random_forest").fit(X)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_missing_or_infinite_value_is_refused_by_detectors_that_would_score_it_as_normal(X, value):
    broken = X.copy()
    broken[3, 1] = value
    detector = load_detector("isolation_forest").fit(X)
    with pytest.raises(BenchError, match=r"first at \[3, 1\]"):
        detector.score(broken)
    with pytest.raises(BenchError, match=r"first at \[3, 1\]"):
        detector.fit(broken)


def test_rows_come_with_labels_where_there_are_some(tmp_path):
    file = tmp_path / "t.csv"
    file.write_text("a,b\n" + "".join(f"{i % 5},{i % 3}\n" for i in range(12)))
    labels = tmp_path / "l.csv"
    labels.write_text("row,label\n2,1\n")
    plain = load_rows(file)
    assert plain.X.shape == (12, 2)
    assert plain.y is None
    assert plain.columns == ("a", "b")
    labelled = load_rows(str(file), labels=labels)
    assert labelled.X.shape == (12, 2)
    assert labelled.y.tolist() == [-1, 1] + [-1] * 10
