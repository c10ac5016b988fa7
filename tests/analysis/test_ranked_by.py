"""Suites of series are ranked by VUS-PR, all others by adjusted AP."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from made_up_results import FOURTEEN, on, suite_results

from bench.analysis.leaderboard import leaderboard
from bench.analysis.placing import placings
from bench.analysis.qualities import ranked_by
from bench.analysis.racing import seed_means
from bench.analysis.statistics.blocks import all_blocks
from bench.analysis.statistics.standing import standings
from bench.report.leaderboard import board_cells, csv, dataset_table, explanation, section, shown_names

# By adjusted AP "late" is ahead everywhere, by VUS-PR "near".
VALUES = pd.DataFrame({"near": [0.4] * 14, "late": [0.6] * 14}, FOURTEEN)
VUS_PR = {"near": 0.7, "late": 0.3}


def with_columns(results, **columns):
    return replace(results, frame=results.frame.assign(**columns))


def of_series(**options):
    results = suite_results(VALUES, **options)
    ok = results.frame["status"] == "ok"
    columns = {"ranking.vus_pr": results.frame["detector"].map(VUS_PR).where(ok), "native.range_f1": 0.5}
    return with_columns(results, **columns)


def test_the_first_metric_that_every_trial_has_is_what_ranks():
    tables, series = suite_results(VALUES), of_series()
    mixed = pd.concat([tables.frame, series.frame])
    assert ranked_by(tables.frame).key == "adjusted_ap"
    assert ranked_by(series.frame).key == "vus_pr"
    assert ranked_by(mixed).key == "adjusted_ap"
    # A failure has no metrics; where there is nothing else, neither has the suite.
    assert ranked_by(of_series(failures={("near", FOURTEEN[0])}).frame).key == "vus_pr"
    assert ranked_by(tables.frame.assign(status="failed")).key == "adjusted_ap"


@pytest.mark.parametrize(("results", "best"), [(suite_results(VALUES), "late"), (of_series(), "near")])
def test_boards_statistics_and_placings_are_by_it(results, best):
    board = leaderboard(results, "unsupervised")
    assert list(board.index[board["rank"] == 1]) == [best]
    assert standings(results, "unsupervised")[0].order[0] == best
    assert all_blocks(results, "unsupervised")[0].values.mean().idxmax() == best
    assert seed_means(results, "unsupervised").mean().idxmax() == best
    [placing] = placings(results, best, {})
    assert placing.standings[0].order[0] == best


def test_tables_say_what_they_are_ranked_by():
    tables, series = suite_results(VALUES), of_series()
    assert "the mean rank by adjusted AP over datasets and seeds" in explanation([tables])
    assert "the mean rank by VUS-PR over datasets and seeds" in explanation([series])
    both = "the mean rank by adjusted AP (in suites of series VUS-PR) over datasets and seeds"
    assert both in explanation([tables, series])
    assert both in explanation([series, tables])
    assert dataset_table(tables, "unsupervised")[0].startswith("Adjusted AP by dataset")
    assert dataset_table(series, "unsupervised")[0].startswith("VUS-PR by dataset")
    assert "\n\nRange F1 and F1 under the threshold policy `native`." in section(series)
    assert "\n\nF1 under the threshold policy `native`." in section(tables)


@pytest.mark.parametrize("status", ["ok", "failed"])
def test_metrics_of_series_are_on_no_board_of_tables(status):
    results = with_columns(suite_results(on(FOURTEEN)), status=status)
    headers, _ = board_cells(leaderboard(results, "unsupervised"))
    texts = [*headers, *shown_names([results]), explanation([results]), section(results)]
    of_series = ("VUS", "vus_", "range F1", "range_f1", "ffiliation", "vent recall", "event_recall")
    assert not [text for text in texts for words in of_series if words in text]
    assert "adjusted AP" in headers
    assert "vus_pr_mean" in csv(results)  # from which `shown_names` choose
