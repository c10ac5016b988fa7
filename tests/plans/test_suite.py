from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench.errors import BenchError
from bench.plans.selection import make_plan
from bench.plans.suite import Grid, load_suite, suite_names
from bench.spec import Spec

DATA = Path(__file__).parents[1] / "files"

GRID = """
[[grid]]
datasets = ["bumps"]
regimes = ["unsupervised"]
"""


@pytest.fixture
def write_suite(tmp_path):
    def write(text):
        file = tmp_path / "mine.toml"
        file.write_text(text, encoding="utf-8")
        return str(file)

    return write


@pytest.mark.parametrize("name", suite_names())
def test_each_builtin_suite_loads_and_names_only_what_there_is(name, registry, monkeypatch, tmp_path):
    shutil.copy(DATA / "42_WBC.npz", tmp_path)
    (tmp_path / "001_NAB_id_1_Facility_tr_1007_1st_2014.csv").write_text("Data,Label\n")  # of TSB-AD
    (tmp_path / "001_UCR_Anomaly_Made_4_6_7.txt").write_text("1\n" * 9)
    (tmp_path / "oddbench").mkdir()
    suite = load_suite(name)
    specs = [Spec.parse(text) for grid in suite.grids for text in grid.datasets]
    for table in ("Made", *(spec.bare for spec in specs if spec.name == "oddbench" and spec.bare != "*")):
        (tmp_path / f"oddbench/{table}.npz").write_bytes(b"")
    monkeypatch.setenv("BENCH_DATA_DIR", str(tmp_path))
    assert suite.title
    plan = make_plan(suite, registry)
    regimes = {cell.regime for cell in plan.cells}
    assert regimes == {regime for grid in suite.grids for regime in grid.regimes}


def test_the_builtin_suites_are_there():
    assert {"article", "core", "quick", "real"} <= set(suite_names())


def test_a_suite_of_ones_own_is_read_by_its_path(write_suite):
    suite = load_suite(
        write_suite("""
        title = "My data"
        seeds = [3, 5]
        detectors = ["knn", "auto*"]
        headline = "train-quantile"
        contamination = 0.2
        timeout = 5
        slow_seeds = 1
        first = ["lof"]

        [[grid]]
        datasets = ["bumps", "digits:anomaly=3"]
        regimes = ["unsupervised", "one-class"]

        [[grid]]
        datasets = ["breast_cancer"]
        regimes = ["supervised"]
        contamination = "known"
        """)
    )
    assert (suite.name, suite.title, suite.seeds, suite.timeout) == ("mine", "My data", (3, 5), 5.0)
    assert (suite.slow_seeds, suite.first) == (1, ("lof",))
    assert (suite.detectors, suite.headline) == (("knn", "auto*"), "train-quantile")
    assert suite.grids == (
        Grid(("bumps", "digits:anomaly=3"), ("unsupervised", "one-class"), 0.2),
        Grid(("breast_cancer",), ("supervised",), "known"),
    )


def test_what_a_suite_leaves_out_has_a_default(write_suite):
    suite = load_suite(write_suite(GRID))
    assert (suite.title, suite.seeds, suite.detectors) == ("mine", (0, 1, 2), ("*",))
    assert (suite.headline, suite.grids[0].contamination) == ("native", "known")


def test_a_number_of_seeds_counts_from_zero(write_suite):
    assert load_suite(write_suite("seeds = 5" + GRID)).seeds == (0, 1, 2, 3, 4)


def test_a_seed_named_twice_counts_once(write_suite):
    assert load_suite(write_suite("seeds = [4, 0, 4]" + GRID)).seeds == (4, 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tilte = 'x'" + GRID, "unknown field 'tilte'; did you mean 'title'"),
        ("seeds = 0" + GRID, "'seeds' must be a number of seeds or a list of them"),
        ("seeds = -1" + GRID, "'seeds' must be a number"),
        ("seeds = 100_000_000_000_000" + GRID, "1,000,000 at most"),
        ("seeds = " + "[" * 200_000, "too deep in each other"),
        (
            GRID.replace('["bumps"]', str(["bumps"] * 1001)) + f"sweep = {{ noise = {[0.1] * 100} }}",
            "100,100 d",
        ),
        ("#" * 1_000_001 + GRID, r"longer than 1,000,000 bytes; name the TOML file of a suite"),
        ("seeds = []" + GRID, "'seeds' must be a number"),
        ("seeds = [0, -1]" + GRID, "'seeds' must be a number"),
        ("seeds = [0.5]" + GRID, "'seeds' must be a number"),
        ("seeds = 'all'" + GRID, "'seeds' must be a number"),
        ("headline = 'oracle'" + GRID, "unknown headline policy 'oracle'; there are: native, train-quantile"),
        (
            "contamination = 1.0" + GRID,
            "'contamination' must be \"known\" or a fraction from 0 to 1, not 1.0",
        ),
        ("contamination = -0.1" + GRID, "'contamination' must be"),
        ("contamination = nan" + GRID, "'contamination' must be"),
        ("contamination = 'knwon'" + GRID, "'contamination' must be .* not 'knwon'"),
        (GRID + "contamination = 2", "'contamination' must be"),
        ("settings = 'rnadom:20'" + GRID, "suite 'mine': unknown settings 'rnadom:20'; write 'default'"),
        ("settings = 'random:0'" + GRID, "suite 'mine': settings 'random:0': draw 1 to 1,000 settings"),
        ("timeout = 0" + GRID, "'timeout' must be a number of seconds above 0, not 0"),
        ("timeout = 'long'" + GRID, "'timeout' must be a number of seconds above 0, not 'long'"),
        (GRID.replace("unsupervised", "unsupervized"), "unknown regime 'unsupervized'; did you mean 'unsup"),
        (GRID.replace('"unsupervised"', ""), r"each \[\[grid\]\] needs 'datasets' and 'regimes'"),
        (GRID.replace('datasets = ["bumps"]', ""), r"each \[\[grid\]\] needs 'datasets' and 'regimes'"),
        ("title = 'x'", r"there is no \[\[grid\]\]"),
        ("seeds = ", "is not valid TOML: Invalid value"),
        ("seeds = 1.5" + GRID, "'seeds' must be"),
        (GRID + "contaminaton = 0.1", "contaminaton"),
        ("detectors = 'knn'" + GRID, "'detectors' must be"),
        (GRID.replace('["bumps"]', '"bumps"'), "'datasets' must be"),
        (GRID.replace('["bumps"]', "[3]"), "'datasets' must be"),
        (GRID.replace("[[grid]]", "[grid]"), r"\[\[grid\]\]"),
    ],
)
def test_what_is_wrong_with_a_suite_is_said_with_the_field(write_suite, text, message):
    with pytest.raises(BenchError, match=message):
        load_suite(write_suite(text))


def test_an_unknown_suite_is_answered_with_the_nearest():
    with pytest.raises(BenchError, match="unknown suite 'qick'; did you mean 'quick'"):
        load_suite("qick")


def test_a_suite_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(BenchError, match=r"cannot read the suite '.*none\.toml': No such file"):
        load_suite(str(tmp_path / "none.toml"))


def test_a_suite_file_that_is_not_utf8_is_said_so(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_bytes(b'title = "Donn\xe9es"\n' + GRID.encode())
    with pytest.raises(BenchError, match="UTF-8"):
        load_suite(str(file))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("headline = 3", "unknown headline policy '3'"),
        ("contamination = false", "'contamination' must be"),
        ("timeout = true", "'timeout' must be"),
        ("timeout = inf", "'timeout' must be"),
        ("hours = 0", "'hours' must be a number above 0, not 0"),
        ("hours = 'few'", "'hours' must be"),
        ("detectors = []", "'detectors' must be"),
        ("first = 'knn'", "'first' must be a list of names"),
        ("slow_seeds = 0", "'slow_seeds' must be a number from 1 to 3, not 0"),
        ("slow_seeds = 4", "'slow_seeds' must be a number from 1 to 3, not 4"),
        ("slow_seeds = true", "'slow_seeds' must be"),
    ],
)
def test_a_value_of_another_kind_is_refused(write_suite, text, message):
    with pytest.raises(BenchError, match=message):
        load_suite(write_suite(text + GRID))
