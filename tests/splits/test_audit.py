"""What the audit finds in a split, in records and on leaderboards; and that nobody upsamples unseen."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.analysis.leaderboard import audited, leaderboard
from bench.analysis.results import load_results
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import load_suite
from bench.plugins.contract import REGIMES
from bench.plugins.registry import load_registry
from bench.report.leaderboard import audit_lines, csv, markdown
from bench.runs.writing import RunWriter
from bench.splits.audit import audit, shown
from bench.splits.corruption import CORRUPTIONS
from bench.splits.sources import SOURCES, related_group, source_of
from bench.splits.split import Split
from bench.trials.regimes import apply_regime, visible_rows
from bench.trials.runner import TrialRunner
from bench.trials.split_cache import make_split


def audit_of(split, regime):
    """What a record says of a split under a regime."""
    visible = apply_regime(split, regime, np.random.default_rng(0))
    return shown(visible_rows(split, visible), split.X_test)


def column(*values):
    return np.array(values, dtype=float)[:, None]


# Of 4 test rows, 1 is a normal training row, 1 an anomalous one, 1 a calibration row, 1 is new.
OVERLAP = Split(column(1, 2, 2, 3), [0, 0, 1, 1], column(1, 3, 5, 6), [0, 1, 0, 1], column(5, 7), [0, 1])


def test_rows_that_say_something_are_counted():
    found = audit(OVERLAP)
    assert (found.rows, found.columns, found.anomalies, found.distinct_anomalies) == (10, 1, 5, 4)
    assert found.copies == pytest.approx(0.4)  # the second 2, and 1, 3 and 5 in the test
    assert found.conflicts == 2
    assert found.leak == pytest.approx(0.5)
    assert found.prevalence == {"train": 0.5, "calibration": 0.5, "test": 0.5}


@pytest.mark.parametrize(
    ("regime", "leak", "copies"),
    [
        ("unsupervised", 0.5, 0.25),
        ("semi-supervised", 0.5, 0.25),
        ("one-class", 0.25, 0.0),  # the anomalous training rows are not shown
        ("supervised", 0.75, 1 / 6),  # the calibration rows are
    ],
)
def test_a_leak_is_of_the_rows_that_the_regime_shows(regime, leak, copies):
    assert audit_of(OVERLAP, regime) == {
        "test_in_train": pytest.approx(leak),
        "train_copies": pytest.approx(copies),
    }


def test_constant_columns_are_those_of_the_training_rows():
    X = np.zeros((200, 4))
    X[:, 0] = 7
    X[0, 1] = 1  # 199 of 200
    X[:10, 2] = 1
    X[:, 3] = np.arange(200)
    found = audit(Split(X, np.zeros(200), X[:4] + 1, [0, 1, 0, 1]))
    assert found.constant == (0,)
    assert found.nearly_constant == (1,)


def test_one_training_row_has_constant_columns_only():
    found = audit(Split(column(1), [0], column(2, 3), [0, 1]))
    assert (found.constant, found.nearly_constant) == ((0,), ())


@given(st.lists(st.integers(1, 6), min_size=60, max_size=90))
def test_the_naive_leak_is_what_splitting_copies_gives(sizes):
    X = np.repeat(np.arange(len(sizes), dtype=float), sizes)[:, None]
    y = np.arange(len(X)) % 3 == 0
    naive = [
        audit(Split.stratified(X, y, np.random.default_rng(seed), duplicates="keep")) for seed in range(10)
    ]
    found = audit(Split.stratified(X, y, np.random.default_rng(0)))
    assert found.leak == 0
    assert found.naive_leak == pytest.approx(np.mean([each.leak for each in naive]), abs=0.08)
    assert found.naive_leak == pytest.approx(naive[0].naive_leak, abs=0.02)


def test_a_dataset_without_copies_has_nothing_to_hide(registry):
    found = audit(make_split(registry.datasets["breast_cancer"], {}, 0))
    assert (found.copies, found.conflicts, found.leak, found.naive_leak) == (0, 0, 0, 0)
    assert found.anomalies == found.distinct_anomalies == 212


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("adbench:42_WBC", "adbench:4_breastw"),
        ("adbench:43_WDBC,test=0.2", "breast_cancer"),
        ("adbench:6_cardio", "7_Cardiotocography"),
        ("adbench:26_optdigits", "digits:anomaly=3"),
        ("adbench:19_landsat", "adbench:31_satimage-2"),
        ("adbench:16_http", "adbench:34_smtp"),
        ("adbench:2_annthyroid", "adbench:38_thyroid"),
        ("adbench:20news_3", "adbench:20news_0"),
        ("adbench:44_Wilt,duplicates=drop", "44_Wilt"),
        ("bumps:noise=0.1", "bumps"),
    ],
)
def test_related_datasets_have_one_group(one, other):
    assert related_group(one) == related_group(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("adbench:24_mnist", "adbench:26_optdigits"),
        ("adbench:45_wine", "adbench:44_Wilt"),
        ("openml:44", "uci:44"),
        ("bumps", "breast_cancer"),
    ],
)
def test_others_have_groups_of_their_own(one, other):
    assert related_group(one) != related_group(other)


def test_no_dataset_has_two_sources():
    names = [name for source in SOURCES for name in source.datasets]
    assert len(names) == len(set(names))
    assert source_of("adbench:45_wine") is None


ENVIRONMENT = {"cpu": "made up", "cores": 1, "memory_gib": 1, "threads_per_trial": 1, "system": "none",
               "python": "3", "libraries": {}, "code": "", "bench": "0"}  # fmt: skip

# What a user might try in order to multiply anomalies before the split.
PLUGINS = '''
    import numpy as np
    from bench import Split, dataset

    def rows(rng):
        return rng.normal(size=(200, 3)) + 2 * (np.arange(200) < 20)[:, None], np.arange(200) < 20

    @dataset
    def upsampled(rng):
        """Anomalies ten times over, then split as the harness splits."""
        X, y = rows(rng)
        copies = np.concatenate([np.arange(200), np.tile(np.flatnonzero(y), 9)])
        return Split.stratified(X[copies], y[copies], rng)

    @dataset
    def both_sides(rng):
        """Anomalies ten times over, then split by hand."""
        X, y = rows(rng)
        copies = rng.permutation(np.concatenate([np.arange(200), np.tile(np.flatnonzero(y), 9)]))
        train, test = np.split(copies, 2)
        return Split(X[train], y[train], X[test], y[test])

    @dataset
    def honest(rng):
        """Each row once."""
        return Split.stratified(*rows(rng), rng)
'''


@pytest.fixture
def plugins(write_plugin):
    return load_registry([write_plugin("upsampling", PLUGINS)], installed=False)


def plan_of(registry, *datasets, regimes=("unsupervised",), detectors=("knn", "random_score"), seeds=(0,)):
    return make_plan(load_suite("quick"), registry, Selection(detectors, datasets, regimes, seeds))


def run(registry, results, *datasets, **selection):
    plan = plan_of(registry, *datasets, **selection)
    runner = TrialRunner(registry)
    with RunWriter(results, plan, ENVIRONMENT, None) as writer:
        outcomes = [runner.run(trial) for trial in plan]
        for outcome in outcomes:
            assert outcome.record.status == "ok", outcome.record.reason
            writer.write(outcome)
    [loaded] = load_results(results)
    return loaded, [outcome.record for outcome in outcomes]


def test_copies_made_before_the_split_fall_on_one_side(plugins):
    for seed in range(5):
        split = make_split(plugins.datasets["upsampled"], {}, seed)
        trained = {row.tobytes() for row in split.X_train}
        assert not any(row.tobytes() in trained for row in split.X_test)


@pytest.mark.parametrize("name", [*CORRUPTIONS])
def test_no_parameter_of_the_harness_puts_copies_on_both_sides(registry, name):
    value = 5 if name == "duplicated_anomalies" else 0.2
    split = make_split(registry.datasets["breast_cancer"], {name: value}, 0)
    assert all(audit_of(split, regime)["test_in_train"] == 0 for regime in REGIMES)


def test_multiplying_anomalies_is_for_training_rows_and_is_told(registry):
    split = make_split(registry.datasets["breast_cancer"], {"duplicated_anomalies": 5}, 0)
    plain = make_split(registry.datasets["breast_cancer"], {}, 0)
    assert np.array_equal(split.X_test, plain.X_test)
    assert split.y_train.sum() == 5 * plain.y_train.sum()
    assert audit_of(split, "unsupervised")["train_copies"] > 0.5


def test_only_the_published_protocol_has_a_parameter_that_multiplies_rows(registry):
    word = re.compile("upsampl|oversampl|resampl|bootstrap|repeat|copies")
    having = {name for name, plugin in registry.datasets.items() if any(map(word.search, plugin.defaults))}
    assert having <= {"dte"}
    assert not any(map(word.search, CORRUPTIONS))


def test_a_split_by_hand_with_copies_on_both_sides_is_flagged(plugins, tmp_path):
    loaded, records = run(plugins, tmp_path, "both_sides", "honest")
    share = records[0].audit["test_in_train"]
    assert share > 0.4
    board = markdown([loaded])
    assert f"Audit: test rows equal training rows, which favours detectors that remember, in ⚠ both_sides " \
           f"({100 * share:.0f} %)." in board  # fmt: skip
    [headers] = [line for line in board.splitlines() if line.startswith("| detector")]
    assert "both_sides ⚠" in headers
    assert "honest ⚠" not in headers
    [line] = [line for line in csv([loaded]).splitlines() if line.startswith("quick,unsupervised,knn,both")]
    assert f"{share:.6g}" in line.split(",")


def test_a_clean_suite_says_so(plugins, tmp_path):
    loaded, _ = run(plugins, tmp_path, "honest", "breast_cancer", regimes=("unsupervised",))
    assert audit_lines(loaded) == ["Audit: in none of 2 datasets does a test row equal a training row."]
    assert "⚠" not in markdown([loaded])


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
    sections = markdown([loaded]).split("###")
    flagged = {section.split()[0]: "calibrated ⚠ |" in section.replace("  ", " ") for section in sections[1:]}
    assert flagged == {"unsupervised": False, "supervised": True}


def test_records_from_before_the_audit_have_no_flag_and_no_line(plugins, tmp_path):
    loaded, _ = run(plugins, tmp_path, "both_sides", "honest")
    frame = loaded.frame.drop(columns=["audit.test_in_train", "audit.train_copies"])
    old = type(loaded)(**{**vars(loaded), "frame": frame})
    assert audit_lines(old) == []
    board = markdown([old])
    assert "Audit" not in board
    assert "⚠" not in board
    assert list(leaderboard(old, "unsupervised").index) == list(leaderboard(loaded, "unsupervised").index)


def test_the_audit_is_of_rows_and_not_of_what_is_read_instead(write_plugin, registry):
    """Features that are the same for all rows do not make a split leak."""
    folder = write_plugin(
        "coarse",
        '''
        import numpy as np
        from bench import features

        @features()
        def coarse(X, shape):
            """Whether the mean is high."""
            return np.round(X.mean(axis=1, keepdims=True) / 50)
        ''',
    )
    mine = load_registry([folder], installed=False)
    [trial] = plan_of(mine, "breast_cancer", detectors=("knn:features=coarse",))
    record = TrialRunner(mine).run(trial).record
    assert record.audit == {"test_in_train": 0.0, "train_copies": 0.0}


def test_a_split_is_audited_once_for_each_regime(plugins, monkeypatch):
    calls = []

    def counted(learnt, tested):
        calls.append(len(learnt))
        return shown(learnt, tested)

    monkeypatch.setattr("bench.trials.split_cache.shown", counted)
    detectors = ("knn", "random_score", "logistic_regression")
    runner = TrialRunner(plugins)
    for trial in plan_of(plugins, "honest", regimes=("unsupervised", "supervised"), detectors=detectors):
        assert runner.run(trial).record.audit["test_in_train"] == 0
    assert calls == [1, 2]  # training rows, and those with the calibration rows


def test_a_share_is_never_not_a_number(plugins, tmp_path):
    _, records = run(plugins, tmp_path, "honest")
    assert all(math.isfinite(value) for record in records for value in record.audit.values())
