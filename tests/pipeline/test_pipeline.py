"""A model of January scores July as January was read."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from pyod.models.ecod import ECOD

from bench import BenchError, Pipeline
from bench.pipeline import scoring
from bench.plugins.registry import load_registry
from bench.recommend.candidates import DEFAULT
from bench.recommend.recommending import best_for_normal_rows
from bench.tables import delimited

MEASURED = ["temperature", "humidity", "wind", "pressure"]


def test_equal_rows_of_both_files_get_equal_scores(model, files):
    january, july = model.score(files / "january.csv"), model.score(files / "july.csv")
    assert np.array_equal(january[-10:], july[:10])
    assert len(january) == len(july) == 744


def test_july_is_scaled_by_januarys_mean_and_deviation(model, january, july):
    encoded = model.scaling_.transform(model.encoder_.transform(model.contract_.declared(july, "july")))
    by_hand = (july["temperature"] - january["temperature"].mean()) / january["temperature"].std(ddof=0)
    assert encoded[:, 0] == pytest.approx(by_hand.to_numpy())
    assert encoded[:, 0].mean() == pytest.approx(5, abs=0.5)  # 20 degrees, at 4 a deviation


def test_a_file_is_scored_the_same_in_chunks_of_any_size(model, files, monkeypatch):
    whole = model.score(files / "july.csv")
    monkeypatch.setattr(delimited, "rows_at_a_time", lambda columns: 100)
    monkeypatch.setattr(scoring, "rows_at_a_time", lambda columns: 7)
    assert np.array_equal(model.score(files / "july.csv"), whole)


def test_csv_parquet_and_data_frame_get_the_same_scores(model, files, july):
    july.to_parquet(files / "july.parquet")
    from_csv = model.score(files / "july.csv")
    assert np.array_equal(model.score(files / "july.parquet"), from_csv)
    assert np.array_equal(model.score(july), from_csv)


@pytest.mark.parametrize("name", ["ecod", "copod", "ecod:scaling=rank", "rank_mean:of=ecod+hbos"])
def test_what_ranks_a_batch_among_itself_scores_each_row_alone(name):
    rng = np.random.default_rng(0)
    X, new = rng.exponential(size=(60, 3)), rng.normal(size=(20, 3))
    model = Pipeline(name).fit(X)
    together = model.score(new)
    assert np.array_equal(together, np.concatenate([model.score(row[None]) for row in new]))


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("sub_knn", "'sub_knn' is for series, and this is a table; choose another"),
        ("knn:window=5", "'knn:window=5' is for series, and this is a table; choose another"),
        ("knn:features=hog", "'knn:features=hog' reads features, which only `python -m bench run` extracts"),
    ],
)
def test_what_reads_no_rows_of_a_table_is_refused(name, why):
    with pytest.raises(BenchError) as raised:
        Pipeline(name).fit(np.random.default_rng(0).normal(size=(60, 3)))
    assert why in str(raised.value)


def test_a_scale_that_is_asked_for_is_put_around_what_scores_alone():
    X = np.random.default_rng(0).lognormal(size=(100, 3))
    plain, whitened = (Pipeline(name).fit(X).score(X) for name in ("ecod", "ecod:scaling=whiten"))
    assert not np.allclose(plain, whitened)


def test_ecod_gives_a_row_what_pyods_gives_it_alone():
    rng = np.random.default_rng(0)
    X, new = rng.exponential(size=(80, 3)), rng.normal(1, 2, size=(20, 3))
    model = Pipeline("ecod").fit(X)
    pyods = ECOD().fit((X - X.mean(axis=0)) / X.std(axis=0))
    scaled = (new - X.mean(axis=0)) / X.std(axis=0)
    by_pyod = [pyods.decision_function(row[None])[0] for row in scaled]
    assert model.score(new) == pytest.approx(np.array(by_pyod))


def test_others_of_the_kind_are_refused():
    with pytest.raises(BenchError, match="'sos' scores rows among those that are scored with them"):
        Pipeline("sos").fit(np.random.default_rng(0).normal(size=(40, 2)))


def test_a_detector_is_chosen_as_recommend_does_without_labels():
    model = Pipeline().fit(np.random.default_rng(0).normal(size=(60, 2)))
    assert model.detector_.name == DEFAULT
    assert (model.chosen_.by, model.chosen_.figures["tables"]) == ("study", 28)


def test_where_all_rows_are_normal_another_is_chosen():
    X = np.random.default_rng(0).normal(size=(60, 2))
    for model in (Pipeline(all_normal=True).fit(X), Pipeline().fit(X, np.zeros(60))):
        assert model.detector_.name == best_for_normal_rows() != DEFAULT
        assert model.chosen_.by == "normal rows"
    assert Pipeline("hbos", all_normal=True).fit(X).detector_.name == "hbos"
    with pytest.raises(BenchError, match="row 3 is labelled anomalous, but --all-normal says"):
        Pipeline(all_normal=True).fit(X, np.arange(60) == 2)


def test_a_threshold_holds_its_budget_on_new_rows_of_the_same_kind():
    rng = np.random.default_rng(3)
    model = Pipeline("knn", budget="5%").fit(rng.normal(size=(1000, 3)))
    predicted = model.predict(rng.normal(size=(4000, 3)))
    assert set(predicted.tolist()) == {0, 1}
    assert 0.03 < predicted.mean() < 0.07  # 5 %, with a standard deviation of 0.7 %


def test_alerts_of_a_file_are_its_highest_rows(model, july):
    few = Pipeline("hbos", drop=["hour", "when"], alerts=12).fit(july)
    assert few.threshold_ is None
    scores = few.score(july)
    assert few.predict(july).sum() == 12
    assert scores[few.predict(july) == 1].min() > scores[few.predict(july) == 0].max()


def test_equal_seeds_make_equal_models_and_another_seed_another():
    X = np.random.default_rng(0).normal(size=(200, 3))
    one, same, other = (Pipeline("isolation_forest", seed=seed).fit(X).score(X) for seed in (0, 0, 1))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


def test_labels_reach_a_detector_that_learns_from_them_and_the_false_alarms():
    rng = np.random.default_rng(0)
    y = (np.arange(200) % 10 == 0).astype(int)
    X = rng.normal(size=(200, 2)) + 5 * y[:, None]
    model = Pipeline("logistic_regression", cost="50:1").fit(X, y)
    scores = model.score(X)
    assert scores[y == 1].min() > scores[y == 0].max()
    expected = model.false_alarms(model.threshold_, 1000)
    assert expected.by_labels
    assert expected.of == 180
    with pytest.raises(BenchError, match="learns from labels"):
        Pipeline("logistic_regression").fit(X)
    with pytest.raises(BenchError, match="labels are 1"):
        Pipeline("hbos").fit(X, 2 * y)
    with pytest.raises(BenchError, match="one for each row"):
        Pipeline("hbos").fit(X, y[:-1])


def test_more_rows_than_a_detector_is_fitted_to_are_all_scored():
    X = np.random.default_rng(0).normal(size=(12_000, 2))
    model = Pipeline("hbos").fit(pd.DataFrame(X, columns=["a", "b"]))
    assert (model.trained_on_["rows"], model.trained_on_["fitted"]) == (12_000, 10_000)
    assert model.score(X).shape == (12_000,)


def test_a_detector_that_cannot_be_fitted_to_so_few_rows_says_so():
    with pytest.raises(BenchError, match=r"cannot be fitted to .* rows"):
        Pipeline("knn:n_neighbors=20").fit(np.random.default_rng(0).normal(size=(8, 2)))


def test_the_registry_knows_what_stands_alone():
    """A detector that ranks a batch among itself has a form that scores each row alone, or is refused."""
    from bench.pipeline.alone import ALONE

    paths = {plugin.import_path for plugin in load_registry(installed=False).detectors.values()}
    assert set(ALONE) <= paths
