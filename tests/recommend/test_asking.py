"""Which rows a user is asked to label, and how their labels are weighted."""

from __future__ import annotations

import numpy as np
import pytest

from bench.recommend.asking import informative_rows, row_weights, rows_to_ask
from bench.recommend.candidates import CANDIDATES, default_scores
from bench.recommend.weighting import normalised_ranks

ROWS = 600


@pytest.fixture
def ranks():
    """Normalised ranks by candidates that agree in nothing."""
    return normalised_ranks(np.random.default_rng(0).standard_normal((ROWS, len(CANDIDATES))))


def test_half_of_the_rows_asked_for_are_informative_and_none_has_a_label(ranks):
    stratum = informative_rows(ranks, default_scores(ranks))
    unlabelled = np.arange(ROWS) % 3 > 0
    asked = rows_to_ask(stratum, unlabelled, 60, np.random.default_rng(0))
    assert len(set(asked)) == 60
    assert unlabelled[asked].all()
    assert stratum[asked].mean() == pytest.approx(0.5 + 0.5 * stratum.mean(), abs=0.1)
    assert stratum[np.argsort(default_scores(ranks))[-ROWS // 20 :]].all()


def test_fewer_rows_are_asked_for_where_fewer_have_no_label(ranks):
    stratum = informative_rows(ranks, default_scores(ranks))
    unlabelled = np.arange(ROWS) < 7
    assert sorted(rows_to_ask(stratum, unlabelled, 60, np.random.default_rng(0))) == list(range(7))


def test_labelled_rows_represent_all_rows():
    stratum = np.arange(100) < 20
    labelled = np.array([0, 1, 2, 3, 50])
    assert row_weights(stratum, labelled).tolist() == [5, 5, 5, 5, 80]
