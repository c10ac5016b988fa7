from __future__ import annotations

import sys

import pandas as pd
import pytest

from bench.analysis.results import SuiteResults
from bench.plans.suite import suite_names
from bench.report import studies

MADE_UP = """\
from bench.report.studies import Study
from bench.report.studies._helper import TITLE

STUDY = Study(("made-up",), lambda results: {"made_up.md": f"{TITLE} {results.name}"})
"""


@pytest.fixture
def made_up(tmp_path, monkeypatch):
    """A study that is one file beside the built-in ones, and a helper that is no study."""
    (tmp_path / "made_up.py").write_text(MADE_UP)
    (tmp_path / "_helper.py").write_text("TITLE = 'about'")
    monkeypatch.setattr(studies, "__path__", [*studies.__path__, str(tmp_path)])
    yield
    for name in ("made_up", "_helper"):
        sys.modules.pop(f"{studies.__name__}.{name}")


def results_of(suite):
    columns = ["detector", "dataset", "regime", "seed", "status"]
    return SuiteResults(suite, "", "native", pd.DataFrame(columns=columns), {}, {})


def test_a_new_study_is_one_file(made_up, tmp_path):
    assert studies.study_texts(results_of("made-up")) == {"made_up.md": "about made-up"}
    assert studies.study_texts(results_of("core")) == {}


def test_studies_are_about_suites_that_there_are():
    about = [suite for study in studies.find_studies() for suite in study.suites or ()]
    assert len(about) == len(set(about)) >= 6
    assert set(about) <= set(suite_names())
    assert set(studies.published_suites()) == {
        "article", "dte-one-class", "dte-unsupervised", "tsb-ad-u",
    }  # fmt: skip
