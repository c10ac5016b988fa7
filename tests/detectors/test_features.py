"""Features stand for the rows of any detector: paired, keyed, extracted, scaled and judged."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bench.errors import BenchError
from bench.plans.selection import Selection, make_plan
from bench.plans.suite import Grid, Suite
from bench.plugins.registry import load_registry
from bench.spec import Spec
from bench.trials.runner import TrialRunner
from bench.trials.split_cache import make_split

MINE = '''
    import numpy as np
    from bench import detector, features

    CALLS = []

    @features()
    def as_they_are(X, shape):
        """The values themselves."""
        CALLS.append(X)
        return X

    @features()
    def pairs(X, shape):
        """Each value and its square."""
        return np.hstack([X, X**2])

    @features(modalities=("image",))
    def sides(X, shape):
        """Mean of each column of pixels."""
        return X.reshape(len(X), *shape).mean(axis=1)

    @features(requires=("no_such_thing",))
    def needy(X, shape):
        """Of a package that is not there."""

    @detector(modalities=("curve", "image"))
    class TakesNoTables:
        """Needs neighbours."""
        def fit(self, train): ...
        def score(self, X): return X[:, 0]

    @detector
    class Both:
        """Two others."""
        def __init__(self, inner: str = "knn"):
            self.inner = inner
        def members(self):
            return [self.inner, "ecod"]
        def fit(self, train):
            self.fitted = [member for member in train.members if member.fit(train) or True]
        def score(self, X):
            return sum(member.score(X) for member in self.fitted)
'''
REGIMES = ("unsupervised", "one-class", "supervised")


@pytest.fixture
def mine(write_plugin):
    registry = load_registry([write_plugin("mine", MINE)], installed=False)
    assert "as_they_are" in registry.features
    return registry


def plan_of(registry, *detectors, dataset="breast_cancer", regimes=("unsupervised",)):
    suite = Suite("mine", "Mine", (0,), (Grid((dataset,), REGIMES, 0.1),))
    return make_plan(suite, registry, Selection(detectors, regimes=regimes))


def run(registry, *detectors, **options):
    runner = TrialRunner(registry)
    return [runner.run(trial) for trial in plan_of(registry, *detectors, **options)]


def test_any_detector_reads_features_and_is_named_by_them(mine):
    [rows, features] = run(mine, "knn", "knn:n_neighbors=3,features=sides", dataset="digits")
    assert features.record.status == "ok", features.record.reason
    assert features.record.detector.label == "knn:features=sides,n_neighbors=3"
    assert (rows.record.rows.columns, features.record.rows.columns) == (64, 8)
    assert rows.record.costs.features_seconds == 0 < features.record.costs.features_seconds


def test_features_that_are_the_rows_give_the_scores_of_the_rows(mine):
    """The dataset is standardised anyhow."""
    for regime in REGIMES:
        name = "random_forest:n_estimators=20" if regime == "supervised" else "knn:n_neighbors=7"
        one, two = run(mine, name, f"{name},features=as_they_are", regimes=(regime,))
        assert np.allclose(one.scores, two.scores)
        assert one.record.key != two.record.key


def test_without_features_a_detector_is_what_it_was(mine):
    assert "features" not in mine.detector(Spec.parse("knn:n_neighbors=3"))[1]
    assert mine.detector(Spec.parse("knn:features=null")) == mine.detector(Spec.parse("knn"))


@pytest.mark.parametrize("regime", REGIMES)
def test_features_are_of_the_raw_rows_and_scaled_by_the_training_rows(mine, regime):
    name = "random_forest" if regime == "supervised" else "knn"
    [trial] = plan_of(mine, f"{name}:features=pairs", regimes=(regime,))
    split = make_split(mine.datasets["breast_cancer"], trial.dataset.params, trial.seed)
    train = split.X_train[split.y_train == 0] if regime == "one-class" else split.X_train
    raw_train, raw_test = (np.hstack([X, X**2]) for X in (train, split.X_test))
    view = TrialRunner(mine).view(trial)
    mean, deviation = raw_train.mean(axis=0), raw_train.std(axis=0)
    assert np.allclose(view.X, (raw_train - mean) / deviation)
    assert np.allclose(view.test.X, (raw_test - mean) / deviation)
    assert (view.shape, view.calibration is None) == ((60,), regime != "supervised")


def test_features_are_extracted_once_for_all_detectors_and_regimes(mine):
    calls = mine.features["as_they_are"].extract.__globals__["CALLS"]
    calls.clear()
    detectors = [f"{name}:features=as_they_are" for name in ("knn", "lof", "ecod")]
    outcomes = run(mine, *detectors, regimes=("unsupervised", "one-class"))
    assert len(outcomes) == 6
    assert [len(X) for X in calls] == [1, 569]
    assert len({outcome.record.costs.features_seconds for outcome in outcomes}) == 1


def test_another_extractor_file_is_another_key(write_plugin):
    def keys():
        registry = load_registry([write_plugin("mine", text)], installed=False)
        return {t.detector.label: t.key for t in plan_of(registry, "knn", "knn:features=pairs")}

    text = MINE
    before = keys()
    text = MINE.replace("X**2", "X**3")
    after = keys()
    assert before["knn"] == after["knn"]
    assert before["knn:features=pairs"] != after["knn:features=pairs"]


def test_the_key_covers_the_libraries_of_the_extractor(registry):
    plain, features = plan_of(registry, "knn", "knn:features=hog", dataset="digits")
    assert set(features.code.libraries) - set(plain.code.libraries) == {"skimage"}


def test_features_meet_only_the_rows_that_they_are_for(mine):
    assert {t.detector.label for t in plan_of(mine, "knn", "knn:features=sides")} == {"knn"}
    assert len(list(plan_of(mine, "knn:features=sides", dataset="digits"))) == 1
    assert {t.detector.name for t in plan_of(mine, "[kt]*:features=sides", dataset="digits")} >= {"knn"}


@pytest.mark.parametrize(
    ("detector", "dataset", "why"),
    [
        ("knn:features=sides", "breast_cancer", "knn:features=sides is for: image"),
        (
            "takes_no_tables:features=sides",
            "digits",
            "takes_no_tables:features=sides is for no rows, since takes_no_tables is for: ",
        ),
        ("knn:features=needy", "digits", "knn:features=needy is not installed"),
    ],
)
def test_a_plan_of_nothing_says_what_the_features_are_for(mine, detector, dataset, why):
    with pytest.raises(BenchError, match="nothing to run") as caught:
        plan_of(mine, detector, dataset=dataset)
    assert why in str(caught.value)


def test_features_of_a_missing_package_leave_only_themselves_out(mine):
    plan = plan_of(mine, "knn", "knn:features=needy")
    assert [trial.detector.label for trial in plan] == ["knn"]
    assert [plugin.name for plugin in plan.unavailable] == ["knn:features=needy"]


def test_a_stage_is_shared_by_those_that_read_the_same_features(mine):
    detectors = [
        f"autoencoder_{forest}_forest:epochs=1{features}"
        for features in ("", ",features=pairs", ",features=as_they_are")
        for forest in ("difference", "histogram")
    ]
    trials = list(plan_of(mine, *detectors, regimes=("supervised",)))
    runner = TrialRunner(mine)
    keys = {trial.detector.label: runner.stages.key(trial) for trial in trials}
    assert len(keys) == 6
    assert len(set(keys.values())) == 3
    assert len({runner.stages.kind(trial) for trial in trials}) == 1
    for trial, stage in zip(trials, runner.stages.fit(trials), strict=True):
        outcome = runner.run(trial, stage)
        assert outcome.record.status == "ok", outcome.record.reason


def test_a_stage_knows_of_another_version_of_the_extractor(mine):
    [trial] = plan_of(mine, "autoencoder:epochs=1,features=pairs")
    changed = replace(mine.features["pairs"], source="another")
    other = replace(mine, features={**mine.features, "pairs": changed})
    assert TrialRunner(mine).stages.key(trial) != TrialRunner(other).stages.key(trial)


def test_an_ensemble_reads_features_as_a_whole_and_its_members_none_of_their_own(mine):
    [outcome] = run(mine, "both:features=pairs")
    assert (outcome.record.status, outcome.record.rows.columns) == ("ok", 60)
    with pytest.raises(BenchError, match="write both:features=pairs for all of them"):
        plan_of(mine, 'both:inner="knn:features=pairs"')
