from __future__ import annotations

import numpy as np
import pytest

from bench import LibraryDetector, estimator
from bench.plugins.contract import Train
from bench.plugins.registry import load_registry
from bench.spec import Spec


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(0)
    return rng.normal(size=(200, 3)), np.concatenate(
        [rng.normal(size=(20, 3)), rng.normal(6, 1, size=(20, 3))]
    )


LINES = [
    estimator("sklearn.ensemble.IsolationForest", "x", sign=-1, params={"contamination": 0.1}),
    estimator("sklearn.svm.OneClassSVM", "x", sign=-1, params={"nu": 0.1}),
    estimator("sklearn.neighbors.LocalOutlierFactor", "x", sign=-1, params={"novelty": True}),
    estimator("pyod.models.knn.KNN", "x"),
    estimator("pyod.models.iforest.IForest", "x"),
]


@pytest.mark.parametrize("plugin", LINES, ids=lambda plugin: plugin.import_path)
def test_one_line_gives_a_detector_that_decides_as_the_library_does(rows, plugin):
    fitted = plugin.build(**plugin.defaults)
    fitted.fit(Train(rows[0], 3))
    scores = fitted.score(rows[1])
    assert scores[20:].mean() > scores[:20].mean()  # high for anomalies, whatever the library's sign
    library = fitted.model.predict(rows[1])
    called = library == (1 if "pyod" in plugin.import_path else -1)
    assert np.array_equal(scores > fitted.threshold, called)


def test_parameters_reach_the_library_and_the_seed_its_random_state(rows):
    plugin = LINES[0]
    fitted = plugin.build(n_estimators=7)
    fitted.fit(Train(rows[0], 3))
    assert (fitted.model.n_estimators, fitted.model.random_state) == (7, 3)
    fixed = plugin.build(random_state=11)
    fixed.fit(Train(rows[0], 3))
    assert fixed.model.random_state == 11


def test_the_variable_names_the_detector_and_the_users_parameters_go_to_the_library(write_plugin, rows):
    folder = write_plugin(
        "mine",
        """
        from bench import estimator
        defaults = {"max_samples": 50}
        my_forest = estimator("sklearn.ensemble.IsolationForest", "Mine.", sign=-1, params=defaults)
        """,
    )
    registry = load_registry([folder], installed=False)
    plugin, params = registry.detector(Spec.parse("my_forest:n_estimators=9"))
    fitted = plugin.build(**params)
    fitted.fit(Train(rows[0], 3))
    found = fitted.model.get_params()
    assert (found["n_estimators"], found["max_samples"], found["random_state"]) == (9, 50, 3)


def test_the_seed_decides_a_random_detector(rows):
    def scores(seed):
        fitted = LINES[0].build()
        fitted.fit(Train(rows[0], seed))
        return fitted.score(rows[1])

    assert np.array_equal(scores(1), scores(1))
    assert not np.array_equal(scores(1), scores(2))


def test_an_adapter_can_change_what_the_library_is_fitted_on(rows):
    class FirstColumn(LibraryDetector):
        def fit_model(self, X):
            self.model.fit(X[:, :1])

        def score(self, X):
            return super().score(X[:, :1])

    fitted = estimator("pyod.models.knn.KNN", "x", adapter=FirstColumn).build(n_neighbors=3)
    fitted.fit(Train(rows[0], 0))
    other_columns = rows[1] + [0, 100, 100]
    assert np.array_equal(fitted.score(rows[1]), fitted.score(other_columns))


def test_the_library_is_named_as_required_and_not_imported_before_it_is_used():
    plugin = estimator("no_such_package.module.Class", "x", requires=("torch",))
    assert plugin.requires == ("no_such_package", "torch")
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        plugin.build()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"modalities": ("tabular",)}, "unknown modality 'tabular'"),
        ({"flaws": ("odd",)}, "unknown flaw 'odd'"),
    ],
)
def test_a_misspelt_word_is_refused_on_the_line_itself(options, words):
    with pytest.raises(TypeError, match=words):
        estimator("pyod.models.knn.KNN", "x", **options)
