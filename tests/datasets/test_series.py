"""Series as datasets: made up, with an optimum that detectors do not reach, and of collections."""

from __future__ import annotations

from inspect import signature

import numpy as np
import pytest
from plugin_modules import of_datasets

from bench.evaluation.metrics import METRICS
from bench.evaluation.ranking import Ranking
from bench.report.audit import rows, words
from bench.splits.audit import audit
from bench.trials.split_cache import make_split

KINDS = of_datasets("_series_anomalies").KINDS


def split_of(registry, name, seed=0, **params):
    plugin = registry.datasets[name]
    return make_split(plugin, {**plugin.defaults, **params}, seed)


def test_the_catalogue_shows_each_kind_of_anomaly(registry):
    examples = registry.datasets["series"].examples
    assert [each["anomaly"] for each in examples] == list(KINDS)


@pytest.mark.parametrize("anomaly", list(KINDS))
def test_the_optimum_ranks_the_test_points_better_than_their_distance_from_the_signal(registry, anomaly):
    split = split_of(registry, "series", anomaly=anomaly, channels=2, points=2000)
    best = split.optimum(split.X_test)
    apart = np.abs(split.X_test - np.median(split.X_train, axis=0)).max(axis=1)
    auc = METRICS["roc_auc"].function
    assert auc(Ranking(best, split.y_test)) > auc(Ranking(apart, split.y_test))


def test_the_dataset_and_what_draws_it_have_the_same_defaults(registry):
    drawn = signature(of_datasets("_series_families").draw_series).parameters
    of_drawing = {name: each.default for name, each in drawn.items() if each.default is not each.empty}
    declared = dict(registry.datasets["series"].defaults)
    del declared["scaling"]
    assert declared == of_drawing


def test_a_series_is_split_in_time_with_ranges_in_both_parts(registry):
    split = split_of(registry, "series", points=2000, train=0.4)
    assert len(split.X_train) == 800
    assert split.timeline.test.position[0] == 800
    assert split.y_train.sum() == 2 * 50
    assert split.y_test.sum() == 6 * 50


@pytest.mark.parametrize("name", ["nab", "smap", "msl", "ucr", "timeeval", "tsb_ad"])
def test_a_collection_whose_files_are_not_here_says_where_to_get_them(registry, name, monkeypatch, tmp_path):
    monkeypatch.setenv("BENCH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("BENCH_CACHE_DIR", str(tmp_path))
    plugin = registry.datasets[name]
    assert list(plugin.variants()) == []
    assert "--data-dir" in plugin.hint


def test_a_series_of_tsb_ad_is_judged_whole(registry, monkeypatch, tmp_path):
    values = "\n".join(f"{i % 7},{int(40 <= i < 45)}" for i in range(60))
    (tmp_path / "002_Made_id_1_Up_tr_20_1st_40.csv").write_text(f"Data,Label\n{values}\n")
    monkeypatch.setenv("BENCH_DATA_DIR", str(tmp_path))
    split = split_of(registry, "tsb_ad", series="002_Made_id_1_Up_tr_20_1st_40")
    assert (len(split.X_train), len(split.X_test), split.y_test.sum()) == (20, 60, 5)


def test_an_audit_says_nothing_of_equal_points(registry):
    found = audit(split_of(registry, "series", anomaly="frozen", points=2000))
    assert (found.copies, found.conflicts, found.leak, found.distinct_anomalies) == (None,) * 4
    [row] = rows({"series": found})
    assert row.count("–") >= 5
    assert not [sentence for sentence in words({"series": found}) if "equal" in sentence]
