"""Range precision and recall against prts 1.0.0.3 (cardinality "reciprocal", else its defaults), affiliation
against the affiliation metrics in vus 0.0.6, which are the authors' own; values are (precision, recall).
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_series import flags, stretches

from bench.evaluation.affiliation import affiliation_f1, affiliation_precision, affiliation_recall
from bench.evaluation.overlap import range_f1, range_precision, range_recall

TWO, ENDS, SINGLE = ((8, 16), (25, 28)), ((0, 5), (35, 40)), ((3, 4), (20, 21))
LATE, PIECES, FAR = ((12, 20),), ((7, 9), (11, 12), (15, 27)), ((0, 2), (38, 40))
ONE, ALL = ((20, 21),), ((0, 40),)


@pytest.mark.parametrize(
    ("labelled", "predicted", "overlap", "affiliation"),
    [
        (TWO, LATE, (0.5, 0.25), (0.707317073171, 0.451219512195)),
        (TWO, PIECES, (0.541666666667, 0.395833333333), (0.679632915368, 0.971635918282)),
        (TWO, FAR, (0, 0), (0.050031269543, 0.132265282989)),
        (TWO, ALL, (0.1375, 1), (0.543989735611, 1)),
        (ENDS, LATE, (0, 0), (0.2, 0.2)),
        (ENDS, PIECES, (0, 0), (0.228125, 0.51125)),
        (ENDS, FAR, (1, 0.4), (1, 0.91)),
        (ENDS, ONE, (0, 0), (0.025, 0.025)),
        (ENDS, ALL, (0.125, 1), (0.53125, 1)),
        (SINGLE, LATE, (0, 0), (0.678571428571, 0.482142857143)),
        (SINGLE, PIECES, (0.027777777778, 0.5), (0.510912698413, 0.71875)),
        (SINGLE, ONE, (1, 0.5), (1, 0.5)),
        (SINGLE, ALL, (0.025, 1), (0.502054988662, 1)),
    ],
)
def test_values_are_those_of_the_libraries(labelled, predicted, overlap, affiliation):
    rows = flags(40, *predicted), flags(40, *labelled)
    assert (range_precision(*rows), range_recall(*rows)) == pytest.approx(overlap, abs=1e-11)
    assert (affiliation_precision(*rows), affiliation_recall(*rows)) == pytest.approx(affiliation, abs=1e-11)


def test_without_a_prediction_there_is_no_precision():
    rows = np.zeros(40, dtype=bool), flags(40, *TWO)
    for measure in (range_precision, range_recall, range_f1):
        assert measure(*rows) == 0
    for measure in (affiliation_precision, affiliation_recall, affiliation_f1):
        assert measure(*rows) == 0


pairs = st.tuples(stretches(), stretches().filter(np.any)).map(
    lambda pair: tuple(each[: min(map(len, pair))] for each in pair)
)


@given(pairs.filter(lambda pair: pair[1].any()))
def test_all_are_within_0_and_1_and_reward_the_labels_themselves(pair):
    predicted, is_anomaly = pair
    for measure in (
        range_precision, range_recall, range_f1,
        affiliation_precision, affiliation_recall, affiliation_f1,
    ):  # fmt: skip
        assert 0 <= measure(predicted, is_anomaly) <= 1 + 1e-12
        assert measure(is_anomaly, is_anomaly) == pytest.approx(1)
        # Time may run backwards.
        assert measure(predicted[::-1], is_anomaly[::-1]) == pytest.approx(measure(predicted, is_anomaly))
