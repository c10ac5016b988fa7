"""What the README and the pages of the documentation show works as it stands."""

from __future__ import annotations

import doctest
import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pump_log
import pytest
from forked import run_python

import bench
from bench.cli._app import command_line
from bench.plans.suite import FIELDS, suite_names
from bench.splits.corruption import CORRUPTIONS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = {
    page.relative_to(ROOT).as_posix(): page.read_text(encoding="utf-8")
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
    if "_build" not in page.parts
}
PLUGIN = re.compile(r"^@(detector|dataset|features)|= estimator\(", flags=re.MULTILINE)
# What tells `run` where to run, and how long, is nothing to `status`, which runs nothing.
FLAGS = ("--until-resolved", "--fresh")
OPTIONS = ("--engine", "--address", "--device", "--budget", "--mlflow")
# Data that must have been fetched.
ELSEWHERE = ("adbench", "adbench:", "--data-dir", "openml:", "settings", "thousand",
             "uci:")  # fmt: skip


def blocks(page, language):
    return re.findall(rf"```{language}\n(.*?)```", PAGES[page], flags=re.DOTALL)


def commands(page):
    """The arguments of each ``python -m bench`` on a page."""
    for text in blocks(page, "sh"):
        for line in text.replace("\\\n", " ").splitlines():
            if line.startswith("python -m bench "):
                yield shlex.split(line, comments=True)[3:]


# In the place of `core`: the plugins of the pages, on that of a dataset.
SHORT = """
seeds = 1
detectors = ["centre_distance", "wide_cof", "sgd", "centre_ratio"]

[[grid]]
regimes = ["unsupervised", "one-class", "supervised"]
datasets = ["shifted:distance=1"]
"""
PYTHON = [(page, text) for page in PAGES for text in blocks(page, "python")]
RUNNABLE = [pytest.param(text, id=f"{page}-{n}") for n, (page, text) in enumerate(PYTHON)
            if not PLUGIN.search(text)]  # fmt: skip


# What is said of how a sheet was read is what the page is about.
SHEETS_ARE_TALKED_ABOUT = """
import warnings
from bench.errors import BenchWarning
warnings.simplefilter("default", BenchWarning)
"""


def write_plugins(folder):
    """The plugins of all pages, each once."""
    folder.mkdir()
    for number, text in enumerate(dict.fromkeys(text for _, text in PYTHON if PLUGIN.search(text))):
        (folder / f"page_{number}.py").write_text(text, encoding="utf-8")


def write_machines(file):
    """The table that the pages' commands are about."""
    rng = np.random.default_rng(0)
    states = np.where(np.arange(90) % 9, "ok", "broken")
    rows = [f"{i},note {i},{state},{rng.normal():.3f},{rng.normal(3 * (state != 'ok')):.3f}"
            for i, state in enumerate(states)]  # fmt: skip
    file.write_text("\n".join(["id,note,state,heat,noise", *rows]))


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A folder as a reader of the pages has it: a table, plugins, a suite, and the results of a run."""
    folder = tmp_path_factory.mktemp("project")
    write_machines(folder / "machines.csv")
    pump_log.write(folder / "pumps.xlsx")
    (folder / "to-label.csv").write_text("row,label\n1,\n2,\n")
    for name in ("FOLDER", "mine"):
        write_plugins(folder / name)
    (folder / "mine.toml").write_text(*blocks("docs/guide/suites.md", "toml"), encoding="utf-8")
    (folder / "core.toml").write_text(SHORT, encoding="utf-8")
    command = ["run", "--suite", "core.toml", "--plugins", "mine", "--jobs", "1"]
    process = subprocess.run([sys.executable, "-m", "bench", *command], cwd=folder, capture_output=True)
    assert process.returncode == 0, process.stderr
    assert process.stderr == b""  # no plugin was left out
    return folder


def records(project):
    [file] = (project / "results" / "runs").glob("*/trials.jsonl")
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_the_plugins_of_the_pages_run_together(project):
    found = records(project)
    assert {record["status"] for record in found} == {"ok"}
    auc = {record["detector"]["name"]: record["metrics"]["ranking"]["roc_auc"] for record in found}
    assert auc.keys() == {"centre_distance", "wide_cof", "sgd", "centre_ratio"}
    for name in ("centre_distance", "wide_cof", "centre_ratio"):
        assert auc[name] > 0.6  # the signs are right: these anomalies lie far from the centre


@pytest.mark.parametrize("code", RUNNABLE)
def test_the_python_of_the_pages_runs(code, project, tmp_path):
    shutil.copytree(project, tmp_path, dirs_exist_ok=True)
    if ".xlsx" in code:
        code = SHEETS_ARE_TALKED_ABOUT + code
    process = run_python(code, tmp_path)
    assert process.returncode == 0, process.stderr


@pytest.mark.parametrize("page", [page for page in PAGES if any(commands(page))])
def test_the_commands_of_a_page_are_understood(page, project, monkeypatch, capsys):
    """Each is parsed; what runs trials is asked what it would run, in place of running it."""
    monkeypatch.chdir(project)
    for arguments in commands(page):
        if arguments == ["--version"]:
            continue  # it ends the program
        root = command_line()
        context = root.make_context("bench", list(arguments))
        name, verb, rest = root.resolve_command(context, list(arguments))
        verb.make_context(name, list(rest), parent=context)
        asked = ["status", *_without_engine(rest)] if name == "run" else arguments
        if asked[0] in ("status", "list", "show") and not _has(asked, ("--data", *ELSEWHERE)):
            command_line()(asked, standalone_mode=False)
            assert capsys.readouterr().out


@pytest.mark.filterwarnings("ignore::bench.errors.BenchWarning")
def test_the_hour_with_a_workbook_finds_its_faults(tmp_path, monkeypatch, capsys):
    """Its commands as they stand, one after the other; what is asked for is labelled between them."""
    monkeypatch.chdir(tmp_path)
    pump_log.write(Path("pumps.xlsx"))
    faults = pump_log.FAULTS
    said = ""
    for arguments in commands("docs/guide/workbook.md"):
        command_line()(arguments, standalone_mode=False)
        said += capsys.readouterr().out
        if "--ask" in arguments:
            asked = pd.read_csv("to-label.csv")
            assert len(asked) == 20
            asked.assign(label=asked["row"].isin(faults["Jan 2026"]).astype(int)).to_csv(
                "to-label.csv", index=False
            )
    assert "highest rows 'Remarks' raises the score most" in said
    assert set(faults["Jan 2026"]) <= set(pd.read_csv("scores.csv")["row"].head(10))
    assert (tmp_path / "pumps.html").exists()
    february = pd.read_csv("february.csv")
    alarms = february[february["anomaly"] == 1]
    assert set(alarms["row"]) & set(faults["Feb 2026"])
    assert alarms["why"].notna().all()
    assert alarms["Work order"].str.startswith("WO-2").all()
    assert "20 rows have a label" in said


def _has(arguments, words):
    return any(argument.startswith(words) if word.endswith(":") else argument == word
               for argument in arguments for word in words)  # fmt: skip


def _without_engine(arguments):
    kept = [argument for argument in arguments if argument not in FLAGS]
    for option in OPTIONS:
        if option in kept:
            place = kept.index(option)
            del kept[place : place + 2]
    return kept


def test_the_suite_of_the_pages_runs_what_it_says(project, monkeypatch, capsys):
    monkeypatch.chdir(project)
    command_line()(["status", "--suite", "mine.toml"], standalone_mode=False)
    # Three seeds of four detectors on three variants, and of three on two tables under two regimes.
    assert f"suite mine: {3 * 4 * 3 + 3 * 3 * 2 * 2} trials" in capsys.readouterr().out


def named(page):
    return set(re.findall(r"`([\w-]+)(?:\.[A-Z.]+)?`", PAGES[page]))


def test_each_field_of_a_record_is_documented(project):
    record = records(project)[0]
    fields = {*record, *record["costs"], *record["rows"], *record["audit"]}
    assert fields - named("docs/guide/records.md") == set()


def test_suites_their_fields_and_corruptions_are_documented():
    on_page = named("docs/guide/suites.md")
    assert {name for name in suite_names() if not name.startswith("sweep-")} - on_page == set()
    assert set(FIELDS) - {"grid"} - on_page == set()
    assert set(CORRUPTIONS) - named("docs/guide/datasets.md") == set()


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", PAGES["README.md"]))))
def test_the_links_of_the_readme_lead_somewhere(link):
    assert (ROOT / link).exists()


@pytest.mark.parametrize("name", bench.__all__)
def test_the_examples_of_a_public_docstring_are_true(name):
    public = getattr(bench, name)
    if not public.__module__.startswith("bench."):
        pytest.skip("a type of another package's")
    for example in doctest.DocTestFinder().find(public, name, globs={}):
        report: list[str] = []
        # Not given, it is whether pytest was called with -v.
        runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE)
        runner.run(example, out=report.append)
        assert "".join(report) == ""
