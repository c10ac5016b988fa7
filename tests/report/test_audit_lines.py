"""What leaderboards say of what the audit found."""

from __future__ import annotations

from dataclasses import replace

import pytest
from audited_runs import PLUGINS, run

from bench.analysis.leaderboard import audited, leaderboard
from bench.plugins.registry import load_registry
from bench.report.leaderboard import audit_lines, csv, section


@pytest.fixture
def plugins(write_plugin):
    return load_registry([write_plugin("upsampling", PLUGINS)], installed=False)


def test_a_split_by_hand_with_copies_on_both_sides_is_flagged(plugins, tmp_path):
    loaded, records = run(plugins, tmp_path, "both_sides", "honest")
    share = records[0].audit.test_in_train
    assert share > 0.4
    board = section(loaded)
    assert f"Audit: test rows equal training rows, which favours detectors that remember, in ⚠ both_sides " \
           f"({100 * share:.0f} %)." in board  # fmt: skip
    [headers] = [line for line in board.splitlines() if line.startswith("| detector")]
    assert "both_sides ⚠" in headers
    assert "honest ⚠" not in headers
    [line] = [line for line in csv(loaded).splitlines() if line.startswith("quick,unsupervised,knn,both")]
    assert f"{share:.6g}" in line.split(",")


def test_a_clean_suite_says_so(plugins, tmp_path):
    loaded, _ = run(plugins, tmp_path, "honest", "breast_cancer", regimes=("unsupervised",))
    assert audit_lines(loaded) == ["Audit: in none of 2 datasets does a test row equal a training row."]
    assert "⚠" not in section(loaded)


def test_copies_among_the_training_rows_are_told_though_nothing_leaks(plugins, tmp_path):
    loaded, _ = run(plugins, tmp_path, "upsampled")
    first, second = audit_lines(loaded)
    assert first == "Audit: in none of 1 datasets does a test row equal a training row."
    assert second.startswith("Copies of other training rows among the training rows: upsampled (")


def test_a_leak_is_shown_under_the_regime_that_has_it(tmp_path, write_plugin):
    """Only the calibration rows are tested on, and only the supervised regime shows them."""
    folder = write_plugin(
        "calibrated",
        '''
        import numpy as np
        from bench import Split, dataset

        @dataset
        def calibrated(rng):
            """The calibration rows are the test rows."""
            y = np.arange(100) % 4 == 0
            X, X_test = rng.normal(size=(2, 100, 2)) + 3 * y[:, None]
            return Split(X, y, X_test, y, X_test, y)

        @dataset
        def other(rng):
            """Distinct rows."""
            y = np.arange(100) % 4 == 0
            X, X_test = rng.normal(size=(2, 100, 2)) + 3 * y[:, None]
            return Split(X, y, X_test, y)
        ''',
    )
    registry = load_registry([folder], installed=False)
    detectors = ("knn", "random_score", "logistic_regression")
    regimes = ("unsupervised", "supervised")
    loaded, _ = run(registry, tmp_path, "calibrated", "other", detectors=detectors, regimes=regimes)
    assert audited(loaded.frame)["leak"].to_dict() == {"calibrated": 1.0, "other": 0.0}
    sections = section(loaded).split("###")
    flagged = {section.split()[0]: "calibrated ⚠ |" in section.replace("  ", " ") for section in sections[1:]}
    assert flagged == {"unsupervised": False, "supervised": True}


def test_records_from_before_the_audit_have_no_flag_and_no_line(plugins, tmp_path):
    loaded, _ = run(plugins, tmp_path, "both_sides", "honest")
    frame = loaded.frame.drop(columns=["audit.test_in_train", "audit.train_copies"])
    old = replace(loaded, frame=frame)
    assert audit_lines(old) == []
    board = section(old)
    assert "Audit" not in board
    assert "⚠" not in board
    assert list(leaderboard(old, "unsupervised").index) == list(leaderboard(loaded, "unsupervised").index)
