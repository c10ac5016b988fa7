from __future__ import annotations

import pandas as pd
import pytest

from bench.analysis.policies import by_detector, policies_of, shown_policies, summary
from bench.analysis.results import SuiteResults


def trial(detector, dataset, seed, **f1):
    return {
        "detector": detector, "dataset": dataset, "regime": "unsupervised", "seed": seed, "status": "ok",
        "rows.holdout": 50.0, "ranking.roc_auc": 0.9,
        **{f"{policy.replace('_', '-')}.f1": value for policy, value in f1.items()},
    }  # fmt: skip


def results(*trials, references=frozenset()):
    frame = pd.DataFrame(trials)
    return SuiteResults("made", "Made up", "native", frame, {}, {}, references)


def summary_of(found):
    return summary(found, "unsupervised", by_detector(found, "unsupervised"))


TWO = (
    trial("near", "a", 0, native=0.7, train_quantile=0.5, calibration=0.8, oracle=0.8, pythresh_iqr=0.1),
    trial("near", "b", 0, native=0.5, train_quantile=0.5, calibration=0.6, oracle=0.6, pythresh_iqr=0.2),
    trial("bare", "a", 0, train_quantile=0.4, calibration=0.5, oracle=0.9, pythresh_iqr=0.9),
    trial("bare", "b", 0, train_quantile=0.2, calibration=0.5, oracle=0.7),
)


def test_policies_come_in_the_order_of_the_harness_and_the_oracle_apart():
    assert policies_of(pd.DataFrame(TWO)) == ["native", "train-quantile", "calibration", "pythresh-iqr"]


def test_the_gap_is_what_a_threshold_loses_over_the_trials_that_it_applied_to():
    found = by_detector(results(*TWO), "unsupervised")
    assert found.loc["near", "gap.native"] == pytest.approx(0.1)
    assert found.loc["near", "f1.oracle"] == pytest.approx(0.7)
    # Dataset "a" alone, on which it loses nothing: the oracle's mean over both would make it a gain.
    assert found.loc["bare", "gap.pythresh-iqr"] == pytest.approx(0.0)
    assert found.loc["bare", "applies.pythresh-iqr"] == pytest.approx(0.5)
    assert pd.isna(found.loc["bare", "f1.native"])


def test_the_summary_puts_the_policy_that_loses_least_first():
    found = summary_of(results(*TWO)).set_index("policy")
    assert found.index[0] == "native"  # 0.1, of the one detector that has a threshold of its own
    assert found.loc["calibration", "gap"] == pytest.approx((0.0 + 0.3) / 2)
    assert found.loc["native", "detectors"] == 1
    assert found.loc["calibration", "labels"] == 50
    assert found.loc["native", "labels"] == 0
    assert found.loc["calibration", "best"] == pytest.approx(0.5)


def test_references_take_no_part_and_failures_are_left_out():
    failed = {**trial("near", "c", 0, native=0.0, oracle=1.0), "status": "failed"}
    best = trial("best", "a", 0, train_quantile=0.0, oracle=1.0)
    found = results(*TWO, failed, best, references=frozenset({"best"}))
    assert "best" not in by_detector(found, "unsupervised").index
    assert by_detector(found, "unsupervised").loc["near", "gap.native"] == pytest.approx(0.1)


def test_own_policies_are_shown_always_and_the_best_of_the_others():
    found = pd.DataFrame({"policy": ["pythresh-mad", "oracle", "native", "pythresh-iqr", "calibration"]})
    assert shown_policies(found.drop(1), 3) == ["native", "calibration", "pythresh-mad"]


def test_a_regime_in_which_nothing_ended_ok_has_an_empty_summary():
    failed = {**trial("near", "a", 0), "status": "failed"}
    assert summary_of(results(failed)).empty
