"""Scoring with many detectors within a time limit."""

from __future__ import annotations

import numpy as np
import pytest

from bench.recommend.scoring import MOST_FITTED, fitted_rows, score_rows


def test_what_is_not_in_time_or_fails_is_left_out_with_the_reason(write_plugin):
    X = np.random.default_rng(0).standard_normal((150, 4))
    folder = write_plugin(
        "slow",
        """
        import time
        from bench import detector

        @detector
        class Quick:
            \"\"\"It needs no library.\"\"\"
            def fit(self, train):
                pass
            def score(self, X):
                return X[:, 0]

        @detector
        class Sleeper:
            \"\"\"It sleeps.\"\"\"
            def fit(self, train):
                time.sleep(600)
            def score(self, X):
                return X[:, 0]

        @detector
        class Thrower:
            \"\"\"It fails.\"\"\"
            def fit(self, train):
                raise ValueError("not today")
            def score(self, X):
                return X[:, 0]
        """,
    )
    names = ("quick", "thrower", "sleeper", "constant_score")
    # What workers are forked from is started by the first call, which takes seconds of its own.
    score_rows(("quick",), X, X[:5], seconds=60, seed=0, folders=(folder,))
    found = score_rows(names, X, X[:5], seconds=6, seed=0, folders=(folder,))
    assert list(found.of) == ["quick"]
    assert found.of["quick"].tolist() == X[:5, 0].tolist()
    assert "not today" in found.missing["thrower"]
    assert found.missing["constant_score"].startswith("constant scores: each row got")
    assert found.missing["sleeper"] == "not in time"


def test_large_tables_are_sampled_with_all_labelled_rows():
    keep = np.array([3, 20_000])
    fitted = fitted_rows(30_000, 0, keep)
    assert len(fitted) == MOST_FITTED
    assert np.isin(keep, fitted).all()
    assert fitted.mean() == pytest.approx(15_000, rel=0.03)
    assert fitted_rows(100, 0, keep[:1]).tolist() == list(range(100))


def test_of_more_labelled_rows_than_are_fitted_a_random_sample_is_taken():
    fitted = fitted_rows(30_000, 0, np.arange(30_000))
    assert len(set(fitted.tolist())) == MOST_FITTED
    assert fitted.mean() == pytest.approx(15_000, rel=0.03)
