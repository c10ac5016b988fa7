"""The candidates for series have the figures of the committed run."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from statistics import mean

import pytest

from bench.recommend.in_time import RANDOM, STUDY, STUDY_SERIES
from bench.runs.reading import find_run

RESULTS = Path(__file__).parents[2] / "results"


def test_candidates_stand_by_their_means_in_the_committed_run():
    found, series = defaultdict(list), set()
    for record in find_run(RESULTS, "reference-series-real").heads():
        series.add(record.dataset.label)
        if record.status == "ok":
            found[record.detector.label].append(record.metrics["ranking"]["vus_pr"])
    figures = {**STUDY, "random_score:smoothing=auto": RANDOM}
    assert {name: mean(found[name]) for name in figures} == pytest.approx(figures, abs=0.0005)
    assert len(series) == STUDY_SERIES
    assert list(STUDY.values()) == sorted(STUDY.values(), reverse=True)
