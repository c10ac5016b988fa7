"""The committed tables are made by the committed code from the committed runs."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path

import pytest

from bench import report
from bench.analysis.results import MISSING, load_suite_results
from bench.plans.suite import load_suite, suite_names
from bench.report.suite import SuiteReport
from bench.runs.reading import find_runs

RESULTS = Path(__file__).parents[2] / "results"
# The version of records that hold all that the tables of `core` show.
SHOWN = 3


def suites_of_runs():
    """Of the committed runs, by what their folders hold."""
    return sorted({run.info.suite.name for run in find_runs(RESULTS) if run.is_reference})


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """The results of the reference runs alone, as a fresh clone has them, by suite."""
    folder = tmp_path_factory.mktemp("reference")
    for run in (RESULTS / "runs").glob("reference-*"):
        shutil.copytree(run, folder / "runs" / run.name)
    return {results.name: results for results in load_suite_results(folder)}


@pytest.mark.parametrize("suite", suites_of_runs())
def test_the_tables_of_a_suite_are_rebuilt_byte_for_byte(loaded, suite):
    """The committed files are one build, this is another; each suite's part of them depends on no other."""
    if any(not run.name.startswith("reference-") for run in (RESULTS / "runs").iterdir()):
        pytest.skip("results/ holds runs of your own, so its tables are not those of the reference runs")
    made = SuiteReport(loaded[suite])
    for kind in report._TITLES:
        section = getattr(made.tables, kind)
        assert not section or f"\n\n{section}\n" in committed(f"{kind}.md")
    for name, text in {**made.tables.diagrams, **made.studies.files}.items():
        assert text == committed(name)
    for kind in ("leaderboard", "statistics"):
        rows = csv.DictReader(io.StringIO(getattr(made.tables, f"{kind}_csv")))
        shown = [
            row for row in csv.DictReader(io.StringIO(committed(f"{kind}.csv"))) if row["suite"] == suite
        ]
        assert shown == [{name: row.get(name, "") for name in shown[0]} for row in rows]


def test_the_committed_tables_are_of_these_suites_alone(loaded):
    explanations = report._explanations(list(loaded.values()))
    for kind, title in report._TITLES.items():
        text = committed(f"{kind}.md")
        assert text.startswith(report._document(title, explanations[kind], []).rstrip("\n") + "\n\n## ")
        found = re.findall(r"^## ([\w-]+):", text, flags=re.MULTILINE)
        assert found == sorted(set(found) & set(loaded))
    assert {row["suite"] for row in csv.DictReader(io.StringIO(committed("leaderboard.csv")))} == set(loaded)


def committed(name):
    return (RESULTS / name).read_bytes().decode()


def test_the_reference_runs_stay_small():
    size = sum(file.stat().st_size for file in (RESULTS / "runs").glob("reference-*/*"))
    assert 0 < size < 12_000_000


@pytest.fixture
def core(loaded):
    return loaded["core"].frame


@pytest.fixture
def current_core(core):
    if min(record.version for record in core["record"]) < SHOWN:
        pytest.skip("the reference runs are from an earlier version of the harness, and to be made anew")
    return core


def test_the_reference_covers_every_builtin_detector_on_every_variant(current_core, registry):
    core = current_core
    of_curves = {plugin.name for plugin in registry.detectors.values() if "curve" in plugin.modalities}
    assert set(core["detector"]) == of_curves
    assert core["dataset"].nunique() == 9
    assert MISSING not in set(core["status"])


def test_a_suite_is_answered_by_its_own_runs_where_others_asked_the_same(core):
    assert set(core["run"]) == {"reference-core"}


def test_what_did_not_end_well_in_the_reference_says_why(core):
    bad = core[core["status"] != "ok"]
    assert bad["reason"].str.len().min() > 0
    assert set(bad["status"]) <= {"failed", "timeout", "skipped"}
    assert bad[bad["status"] == "skipped"]["reason"].str.startswith("it timed out on").all()
    failed = bad[bad["status"] == "failed"]
    reasons = failed["reason"].str.partition(":")[0].groupby(failed["detector"]).unique().map(list)
    assert reasons.to_dict() == {
        "constant_score": ["constant scores"],
        "cd": ["non-finite scores"],
    }
    assert set(bad["status"]) == {"failed"}, "every detector ends in time"


def test_slow_detectors_have_one_seed_in_the_reference(current_core, registry):
    for name, seeds in current_core.groupby("detector")["seed"].nunique().items():
        assert seeds == (1 if registry.detectors[name].slow else 3), name


@pytest.mark.parametrize("run", find_runs(RESULTS), ids=lambda run: run.name)
def test_suites_state_about_the_hours_that_their_reference_run_took_two_workers(run):
    name = run.info.suite.name
    suite = load_suite(name) if name in suite_names() else None
    if suite is None or suite.hours is None:
        pytest.skip("its suite states none")
    records = list(run.records())
    late = sum(record.status == "timeout" for record in records)
    seconds = late * suite.timeout + sum(record.costs.total_seconds or 0 for record in records)
    assert 0.5 < suite.hours / (seconds / 3600 / 2) < 2
