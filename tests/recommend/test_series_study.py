"""What is said of the candidates for series, and of smoothing, is what the committed run has."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from statistics import mean

import pytest
from committed_tables import said

from bench.recommend.in_time import INDEPENDENT, RANDOM, STUDY, STUDY_SERIES
from bench.runs.reading import find_run

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found():
    """By metric, detector and series, the values of all seeds."""
    values = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for record in find_run(ROOT / "results", "reference-series-real").heads():
        if record.status == "ok":
            for metric in ("vus_pr", "roc_auc"):
                values[metric][record.detector.label][record.dataset.label].append(
                    record.metrics["ranking"][metric]
                )
    return values


def test_candidates_stand_by_their_means_in_the_committed_run(found):
    figures = {**STUDY, "random_score:smoothing=auto": RANDOM}
    means = {name: mean(mean(seeds) for seeds in found["vus_pr"][name].values()) for name in figures}
    assert means == pytest.approx(figures, abs=0.0005)
    assert len(found["vus_pr"][next(iter(STUDY))]) == STUDY_SERIES
    series = said(
        r"(\d+) datasets, (\d+) of them independent", "statistics.md", "series-real", "unsupervised, by VUS"
    )
    assert series == (str(STUDY_SERIES), str(INDEPENDENT))
    assert list(STUDY.values()) == sorted(STUDY.values(), reverse=True)


def smoothed(detector):
    name, _, params = detector.partition(":")
    return f"{name}:smoothing=auto" + f",{params}" * bool(params)


def test_the_table_of_smoothing_is_of_the_committed_run(found):
    """Of the series on which a detector ended both ways."""
    page = (ROOT / "docs" / "guide" / "series.md").read_text()
    rows = re.findall(r"^\| `([^`]+)` \|" + r" (\d\.\d\d) \|" * 4 + "$", page, flags=re.MULTILINE)
    assert len(rows) == 14
    for detector, *shown in rows:
        for metric, pair in (("roc_auc", shown[:2]), ("vus_pr", shown[2:])):
            plain, smooth = (found[metric][name] for name in (detector, smoothed(detector)))
            both = plain.keys() & smooth.keys()
            assert len(both) > 60
            assert pair == [
                f"{mean(mean(values[series]) for series in both):.2f}" for values in (plain, smooth)
            ]
