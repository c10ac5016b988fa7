from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from bench.analysis.results import load_suite_results
from bench.cli.reproduce import command
from bench.errors import BenchError
from bench.report import write_report

DATA = Path(__file__).parents[1] / "files"
HEADER = "setting,metric,dataset,detector,mean_percent,std_percent\n"


def lines_of(process, detector):
    return [line.split() for line in process.stdout.splitlines() if line.startswith(detector)]


def test_a_published_table_is_repeated_and_what_has_run_is_not_run_again(cli, tmp_path):
    words = ("reproduce", "dte-one-class", "--detectors", "ecod,hb*", "--jobs", "1", "--data-dir", str(DATA))
    process = cli(*words)
    assert process.returncode == 0, process.stderr
    assert "10 trials to run" in process.stdout
    [ecod] = lines_of(process, "ecod")
    assert ecod == ["ecod", "wbc", "aucroc", "99.39", "±", "0.25", "99.39", "5", "+0.00", "reproduced"]
    assert "aucroc: 2 reproduced" in process.stdout
    file = tmp_path / "results" / "dte-one-class.md"
    text = file.read_text()
    assert "99.39 ± 0.25" in text
    file.unlink()
    assert file in write_report(load_suite_results(file.parent), file.parent)
    assert file.read_text() == text
    mine = tmp_path / "mine.csv"
    mine.write_text(HEADER + "one-class,aucroc,wbc,ECOD,50,0\none-class,aucroc,wbc,HBOS,95,20\n")
    again = cli(*words, "--published", "mine.csv")
    assert "0 trials to run, 10 of 10 trials finished before" in again.stdout
    assert "non-finite scores counted as chance" in again.stdout
    assert "within the published spread" in again.stdout


def test_the_article_is_repeated_with_its_printed_reports(cli, tmp_path):
    process = cli("reproduce", "article", "--detectors", "one_class_svm", "--seeds", "1", "--jobs", "1")
    assert process.returncode == 0, process.stderr
    found = lines_of(process, "one_class_svm")
    assert len(found) == 13
    assert all(line[-1] == "reproduced" for line in found)
    assert "one_class_svm" in (tmp_path / "results" / "article.md").read_text()


@pytest.mark.parametrize(
    ("suite", "options", "message"),
    [
        ("core", {}, "unknown suite with a published table 'core'; "),
        ("dte-one-clas", {}, "did you mean 'dte-one-class'?"),
        (
            "dte-one-class",
            {"detectors": ["ecodd"]},
            "unknown detector of the suite 'ecodd'; did you mean 'ecod'?",
        ),
        ("dte-one-class", {"datasets": ["wine,wbc"]}, "unknown dataset 'wine'; "),
        ("dte-one-class", {"published": "mine.csv"}, "it has no column setting"),
        ("dte-one-class", {"data_dir": "own"}, "none of the data files is in the published table"),
    ],
)
def test_what_cannot_be_repeated_is_said(tmp_path, monkeypatch, suite, options, message):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BENCH_DATA_DIR", str(DATA))
    Path("mine.csv").write_text("a,b\n")
    Path("own").mkdir()
    np.savez("own/1_mine.npz", X=np.eye(9), y=np.arange(9) % 2)
    paths = {name: Path(options[name]) for name in ("published", "data_dir") if name in options}
    with pytest.raises(BenchError, match=re.escape(message)):
        command(suite, **{**options, **paths})
    assert not Path("results").exists()
