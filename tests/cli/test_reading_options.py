"""The options of how a file is read, alike in each verb that reads one; bench.toml, which repeats them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from plugin_modules import of_datasets
from sklearn.metrics import roc_auc_score
from typer.testing import CliRunner

from bench import BenchError, Dialect, Pipeline, api, load_rows, load_series
from bench.cli import VERBS
from bench.cli._app import make_app
from bench.cli._bench_toml import KINDS
from bench.errors import BenchWarning
from bench.recommend import recommending
from bench.recommend.scoring import Scores

ROWS = 120
# Nothing of which is found out: bars are more frequent than semicolons, points than decimal commas.
DIALECT = {"sep": ";", "decimal": ",", "thousands": "'", "encoding": "latin-1", "header": False}
SAID = ("--sep", ";", "--decimal", ",", "--thousands", "'", "--encoding", "latin-1", "--no-header")
LABELS = ("--label", "6", "--normal", "gut", "--drop", "1,2")
TOML = """
[read]
sep = ";"
decimal = ","
thousands = "'"
encoding = "latin-1"
header = false
label = 6
normal = "gut"
drop = [1, "2"]
"""


def odd_rows() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    bad = np.arange(ROWS) % 10 == 0
    state = np.where(bad, "defekt", "gut")
    return pd.DataFrame(
        {
            "1": [f"{number:04d}" for number in range(7, ROWS + 7)],
            "2": rng.choice(["1.0", "2.5"], ROWS),
            "3": rng.choice(["Zürich|a|b|c|d|e|f", "Bâle|a|b|c|d|e|f"], ROWS),
            "4": (20 + rng.normal(size=ROWS) + 6 * bad).round(3),
            "5": (1500 + 200 * rng.normal(size=ROWS) + 3000 * bad).round(3),
            "6": np.where(rng.random(ROWS) < 0.8, state, ""),
        }
    )


@pytest.fixture
def files(tmp_path, monkeypatch):
    """One table in two files of one name: plain, and as nobody can read it who is not told how."""
    frame = odd_rows()
    for folder in ("plain", "odd"):
        (tmp_path / folder).mkdir()
    frame.to_csv(tmp_path / "plain" / "t.csv", index=False)
    frame["4"] = frame["4"].map(lambda number: f"{number:.3f}".replace(".", ","))
    frame["5"] = frame["5"].map(lambda number: f"{number:,.3f}".replace(",", "'").replace(".", ","))
    frame.to_csv(tmp_path / "odd" / "t.csv", sep=";", header=False, index=False, encoding="latin-1")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def invoke(*arguments: str) -> str:
    found = CliRunner().invoke(make_app(), arguments)
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    assert found.exit_code == 0, found.output
    return found.output


@pytest.fixture
def found_by(files, monkeypatch, cli):
    """What each verb finds in a file, without what it calls the file."""

    def score_rows(names, X, scored, **_):
        return Scores({name: np.abs(scored) @ np.arange(1, 1 + X.shape[1]) ** i
                       for i, name in enumerate(names)})  # fmt: skip

    monkeypatch.setattr(recommending, "score_rows", score_rows)

    def run(file, *options):
        process = cli("run", "--data", file, "--detectors", "knn", "--regimes", "unsupervised", "--seeds",
                      "1", "--jobs", "1", "--results", file.replace("/", "-"), *options)  # fmt: skip
        assert process.returncode == 0, process.stderr
        [stored] = (files / file.replace("/", "-")).glob("runs/*/trials.jsonl")
        assert "of 120 rows have no label in column '6' and are left out" in process.stderr
        return json.loads(stored.read_text())["metrics"]

    def status(file, *options):
        return re.findall(r": (\d+ trials)", invoke("status", "--data", file, *options))

    def recommend(file, *options):
        said = invoke("recommend", file, "--out", "s.csv", *options)
        assert re.search(r"9\d rows have a label, \d+ say anomaly; 2\d have none", said)
        return pd.read_csv("s.csv").to_dict("list")

    def fit(file, *options):
        invoke("fit", file, "--detector", "knn", "--save", f"{file}.model", *options)
        return Pipeline.load(f"{file}.model").probe_[1].tolist()

    def score(file, *options):
        invoke("fit", "plain/t.csv", "--detector", "knn", "--save", "a.model", *LABELS)
        told = [*options[: -len(LABELS)], *LABELS[:4]] if options else []  # it has no --drop
        said = invoke("score", file, "--model", "a.model", "--out", "s.csv", *told)
        return re.findall("ROC AUC .*", said), pd.read_csv("s.csv").to_dict("list")

    def inspect(file, *options):
        return re.findall(r"ok; (.*)", invoke("inspect", "knn", "--data", file, "--out", "here", *options))

    def audit(file, *options):
        said = invoke("data", "audit", "--data", file, *options)
        [line] = [line for line in said.splitlines() if line.startswith("file:")]
        return line.split()[1:]

    return locals()


@pytest.mark.parametrize("verb", ["run", "status", "recommend", "fit", "score", "inspect", "audit"])
def test_each_verb_reads_a_file_as_it_is_told(verb, files, found_by):
    find = found_by[verb]
    plain = find("plain/t.csv", *LABELS)
    assert plain
    assert find("odd/t.csv", *SAID, *LABELS) == plain
    (files / "odd" / "bench.toml").write_text(TOML)
    (files / "again").mkdir()
    (files / "odd").rename(files / "again" / "odd")
    assert find("again/odd/t.csv") == plain


def test_no_verb_that_takes_a_file_lacks_the_options():
    options = {"--sep", "--decimal", "--thousands", "--encoding", "--no-header"}
    for verb in ("run", "status", "recommend", "fit", "score", "inspect"):
        assert verb in {name for verbs in VERBS.values() for name in verbs}
        assert options <= set(re.findall(r"--[a-z-]+", invoke_help(verb))), verb
    assert options <= set(re.findall(r"--[a-z-]+", invoke_help("data", "audit")))


def invoke_help(*verb: str) -> str:
    return CliRunner().invoke(make_app(), [*verb, "--help"], env={"COLUMNS": "200"}).output


def test_a_model_reads_the_next_file_as_it_read_its_own(files):
    invoke("fit", "odd/t.csv", "--detector", "knn", "--save", "odd.model", *SAID, *LABELS)
    invoke("fit", "plain/t.csv", "--detector", "knn", "--save", "plain.model", *LABELS)
    invoke("score", "odd/t.csv", "--model", "odd.model", "--out", "odd.csv")
    invoke("score", "plain/t.csv", "--model", "plain.model", "--out", "plain.csv")
    assert pd.read_csv("odd.csv").equals(pd.read_csv("plain.csv"))
    told = ("--sep", ",", "--decimal", ".", "--thousands", "space", "--encoding", "utf-8", "--header")
    invoke("score", "plain/t.csv", "--model", "odd.model", "--out", "told.csv", *told)
    assert pd.read_csv("told.csv").equals(pd.read_csv("plain.csv"))
    odd_rows().to_parquet("t.parquet")  # which has no separators
    invoke("score", "t.parquet", "--model", "odd.model", "--out", "parquet.csv")
    assert pd.read_csv("parquet.csv")["score"].to_numpy() == pytest.approx(
        pd.read_csv("plain.csv")["score"].to_numpy()
    )
    with pytest.raises(BenchError, match=r"t.parquet: --sep is about files of .csv, .tsv, .txt; leave it"):
        invoke("score", "t.parquet", "--model", "odd.model", "--out", "parquet.csv", "--sep", ";")


def test_python_reads_as_the_command_line_does(files):
    dialect = Dialect(**DIALECT)
    about = {"drop": ["1", "2"], "label": "6", "normal": "gut"}
    odd, plain = load_rows("odd/t.csv", dialect=dialect, **about), load_rows("plain/t.csv", **about)
    assert odd.X.tolist() == plain.X.tolist()
    assert odd.y.tolist() == plain.y.tolist()
    model = Pipeline("knn", dialect=dialect, **about).fit("odd/t.csv")
    assert model.contract_.dialect == dialect
    model.save("a.model")
    loaded = Pipeline.load("a.model")
    assert loaded.get_params()["dialect"] == dialect
    assert loaded.contract_ == model.contract_
    plainly = Dialect(sep=",", decimal=".", thousands="space", encoding="utf-8", header=True)
    assert loaded.explain("plain/t.csv", dialect=plainly).equals(model.explain("odd/t.csv"))
    expected = Pipeline("knn", **about).fit("plain/t.csv").score("plain/t.csv").tolist()
    assert loaded.score("odd/t.csv").tolist() == expected
    assert loaded.score("plain/t.csv", dialect=plainly).tolist() == expected
    assert loaded.predict("plain/t.csv", dialect=plainly).tolist() == model.predict("odd/t.csv").tolist()


def test_the_commands_and_the_python_that_are_printed_read_the_file_so(found_by):
    said = invoke("recommend", "odd/t.csv", *SAID, *LABELS)
    options = "--sep ';' --decimal , --thousands ''\"'\"'' --encoding latin-1 --no-header"
    assert f"fit odd/t.csv {options} --drop 1,2 --label 6 --normal gut --save t.model" in said
    assert "from bench import Dialect, Pipeline" in said
    assert "dialect=Dialect(sep=';', decimal=',', thousands=\"'\", encoding='latin-1', header=False)" in said


def test_columns_are_kept_beside_scores(files):
    invoke("fit", "plain/t.csv", "--detector", "knn", "--save", "a.model", *LABELS)
    said = invoke("score", "plain/t.csv", "--model", "a.model", "--out", "s.csv", "--keep", "1,4")
    assert "Rows are counted from 1, the line of names apart" in said
    scores = pd.read_csv("s.csv", dtype=str)
    assert scores.columns.tolist() == ["row", "score", "anomaly", "1", "4"]
    assert scores["1"].tolist() == odd_rows()["1"].tolist()  # 0007 stays as it is
    assert scores["4"].tolist() == odd_rows()["4"].map(str).tolist()
    invoke("score", "odd/t.csv", "--model", "a.model", "--out", "o.csv", "--keep", "*", *SAID)
    kept = pd.read_csv("o.csv", dtype=str)
    assert kept.columns.tolist() == ["row", "score", "anomaly", *"123456"]
    assert kept["score"].tolist() == scores["score"].tolist()
    assert kept["3"].tolist() == odd_rows()["3"].tolist()
    assert kept["4"].str.contains(",").all()  # as the file has it
    with pytest.raises(BenchError, match=r"t.csv: unknown column 'n'"):
        invoke("score", "plain/t.csv", "--model", "a.model", "--out", "s.csv", "--keep", "n")


def test_reasons_stand_beside_what_is_kept_of_the_same_rows_of_a_file_that_is_read_as_it_is_told(
    files, monkeypatch
):
    invoke("fit", "plain/t.csv", "--detector", "knn", "--save", "a.model", *LABELS)
    score = ("score", "odd/t.csv", "--model", "a.model", "--out", "s.csv", *SAID)
    invoke(*score, "--explain", "all")
    reasons = pd.read_csv("s.csv", dtype=str)["why"]
    monkeypatch.setattr("bench.pipeline.scoring.rows_at_a_time", lambda columns: 7)
    invoke(*score, "--explain", "5", "--keep", "1")
    found = pd.read_csv("s.csv", dtype=str)
    assert found.columns.tolist() == ["row", "score", "anomaly", "why", "1"]
    explained = found["why"].notna()
    assert explained.sum() == 5
    assert found["why"][explained].tolist() == reasons[explained].tolist()
    assert (found["1"].astype(int) == found["row"].astype(int) + 6).all()
    in_python = api.score("odd/t.csv", model="a.model", explain=5, keep="1", dialect=Dialect(**DIALECT)).frame
    assert in_python.columns.tolist() == found.columns.tolist()
    assert in_python["why"].tolist() == found["why"].fillna("").tolist()


def test_scores_are_judged_by_labels_that_the_next_file_has(files):
    invoke("fit", "plain/t.csv", "--detector", "knn", "--save", "a.model", *LABELS)
    score = ("score", "odd/t.csv", "--model", "a.model", "--out", "s.csv", *SAID)
    said = invoke(*score, "--label", "6", "--normal", "gut", "--alerts", "12")
    state = odd_rows()["6"]
    known, bad = (state != "").sum(), (state == "defekt").sum()
    assert f"{known} rows have a label, {bad} say anomaly; {ROWS - known} have none." in said
    scores = pd.read_csv("s.csv")
    hits = ((scores["anomaly"] == 1) & (state == "defekt")).sum()
    assert f"alarms among them find {hits} of the {bad} anomalies." in said
    auc = roc_auc_score(state[state != ""] == "defekt", scores["score"][state != ""])
    assert f"ROC AUC {auc:.3f}, average precision" in said
    with pytest.warns(BenchWarning, match="unknown column 'state'.*; nothing is said by labels"):
        assert "By the labels" not in invoke(*score, "--label", "state")


def test_what_is_kept_is_no_formula_and_has_a_name_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    notes = ["=1+1", 'say "a, b"', None] * 20
    pd.DataFrame({"a": rng.normal(size=60), "score": notes}).to_csv("t.csv", index=False)
    invoke("fit", "t.csv", "--detector", "hbos", "--drop", "score", "--save", "a.model")
    invoke("score", "t.csv", "--model", "a.model", "--out", "s.csv", "--keep", "score")
    kept = pd.read_csv("s.csv")["score (of the table)"]
    assert kept[:2].tolist() == ["'=1+1", 'say "a, b"']
    assert kept[2::3].isna().all()


def test_the_most_suspicious_rows_are_shown_with_what_is_kept(found_by):
    said = invoke("recommend", "odd/t.csv", *SAID, "--drop", "1,2,6", "--keep", "1,6", "--out", "s.csv",
                  "--ask", "5", "--page", "page.html")  # fmt: skip
    header = next(line for line in said.splitlines() if line.startswith("row "))
    assert header.split() == ["row", "score", "1", "6", "why"]
    assert "Rows are counted from 1" in said
    scores = pd.read_csv("s.csv", dtype=str)
    assert scores.columns.tolist() == ["row", "score", "rank_share", "why", "1", "6"]
    assert (scores["1"].astype(int) == scores["row"].astype(int) + 6).all()
    assert scores["1"].str.startswith("0").all()
    asked = pd.read_csv("to-label.csv", dtype=str)
    assert asked.columns.tolist() == ["row", "label", "3", "4", "5", "1", "6"]
    assert (asked["1"].astype(int) == asked["row"].astype(int) + 6).all()
    first = next(line for line in said.splitlines() if line.split()[:1] == [scores["row"][0]])
    assert scores["1"][0] in first
    page = Path("page.html").read_text(encoding="utf-8")
    assert '<th scope="col">1</th><th scope="col">6</th>' in page
    assert f"<td>{scores['1'][0]}</td>" in page
    invoke("recommend", "odd/t.csv", *SAID, "--drop", "1,2,6", "--labels", filled("to-label.csv"))


def filled(file: str) -> str:
    asked = pd.read_csv(file, dtype=str)
    asked["label"] = (asked["6"] == "defekt").astype(int)
    asked.to_csv(file, index=False)
    return file


def test_the_command_line_comes_before_bench_toml_and_the_working_folder_after_the_files(files):
    (files / "bench.toml").write_text("[read]\nlabel = 'none'\n")
    (files / "odd" / "bench.toml").write_text(TOML.replace("gut", "nothing"))
    arguments = ["fit", "odd/t.csv", "--detector", "knn", "--save", "a.model", "--normal", "gut"]
    said = CliRunner().invoke(make_app(), arguments)
    assert said.exit_code == 0, said.output
    [line] = [line for line in said.stderr.splitlines() if "bench.toml" in line]
    assert line.startswith("options from odd/bench.toml: sep = ';', decimal = ','")
    assert "normal" not in line
    with pytest.raises(BenchError, match="unknown column 'none'"):
        invoke("fit", "plain/t.csv", "--detector", "knn", "--save", "a.model")
    invoke("fit", "plain/t.csv", "--detector", "knn", "--save", "a.model", "--label", "")
    # The value that means normal is of the label that stands beside it.
    said = invoke("fit", "odd/t.csv", "--detector", "knn", "--save", "a.model", "--label", "")
    assert "have a label" not in said


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[read]\nspe = ';'", r"odd/bench.toml: unknown option 'spe'; did you mean 'sep'\?"),
        ("[raed]\nsep = ';'", r"odd/bench.toml: unknown section 'raed'; did you mean 'read'\?"),
        ("sep = ';'", r"'sep' stands below a line \[read\]; write one above it"),
        ("[read]\nheader = 'no'", r"header is true or false, not 'no'"),
        ("[read]\ndrop = 3", r"drop is a list of columns' names, not 3"),
        ("[read]\nsep = 3", r"sep is a text, not 3"),
        ("[read", r"odd/bench.toml is no TOML"),
        ("[read]\nencoding = 'latin-11'", r"unknown encoding 'latin-11'; did you mean 'latin-1'\?"),
    ],
)
def test_a_bench_toml_that_cannot_be_meant_is_refused(files, content, message):
    (files / "odd" / "bench.toml").write_text(content)
    with pytest.raises(BenchError, match=message):
        invoke("fit", "odd/t.csv", "--save", "a.model")


def test_bench_toml_may_say_of_a_folder_what_is_not_about_each_file(files):
    (files / "bench.toml").write_text("[read]\nsep = ';'\nkeep = '1'\nlabel = 6\nnormal = 'gut'\n")
    odd_rows().to_parquet("t.parquet")
    invoke("fit", "t.parquet", "--detector", "knn", "--drop", "1", "--save", "a.model")
    invoke("score", "t.parquet", "--model", "a.model", "--out", "s.csv")
    assert pd.read_csv("s.csv", dtype=str)["1"].tolist() == odd_rows()["1"].tolist()


def test_bench_toml_has_an_option_for_each_of_the_command_line():
    for name in KINDS:
        assert f"--{name}" in invoke_help("run") + invoke_help("recommend")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "--sep", ";"), "--sep is about a file of your own; give it with --data FILE"),
        (("run", "--no-header"), "--no-header is about a file of your own"),
        (("status", "--label", "y"), "--label is about a file of your own"),
        (("inspect", "knn"), "say which data: a dataset's name, or --data FILE"),
        (("inspect", "knn", "bumps", "--data", "plain/t.csv", "--label", "6"), "say which data"),
        (("fit", "plain/t.csv", "--save", "a", "--normal", "x"), "--normal is a value of the column of lab"),
        (("recommend", "plain/t.csv", "--normal", "x"), "--normal is a value of the column of labels"),
        (("fit", "plain/t.csv", "--save", "a", "--sep", ";;"), "';;' separates no cells; give one character"),
        (("fit", "plain/t.csv", "--save", "a", "--decimal", ";"), "';' stands before no decimals"),
        (("fit", "plain/t.csv", "--save", "a", "--thousands", "x"), "'x' stands between no thousands"),
        (("fit", "plain/t.csv", "--save", "a", "--decimal", ",", "--thousands", ","), "cannot stand both"),
        (("fit", "plain/t.csv", "--save", "a", "--encoding", "utf9"), "unknown encoding 'utf9'; did you"),
        (("fit", "odd/t.csv", "--save", "a"), "is not written in UTF-8; say in what with --encoding"),
        (("fit", "odd/t.csv", "--save", "a", "--encoding", "ascii"), "is not written in ASCII"),
    ],
)  # fmt: skip
def test_options_that_cannot_be_are_refused_in_one_sentence(files, arguments, message):
    with pytest.raises(BenchError) as error:
        invoke(*arguments)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_series_are_read_as_they_are_told_too(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "1": pd.date_range("2026-01-01", periods=200, freq="h").astype(str),
            "2": np.sin(np.arange(200)) + 0.1 * rng.normal(size=200),
            "3": np.where((np.arange(200) > 150) & (np.arange(200) < 160), "gestört", "gut"),
        }
    )
    frame.loc[:19, "3"] = None  # no label
    frame.to_csv(tmp_path / "plain.csv", index=False)
    frame.to_csv(tmp_path / "odd.csv", sep="^", decimal=",", header=False, index=False, encoding="latin-1")
    about = {"time": "1", "label": "3", "normal": "gut"}
    told = {"sep": "^", "decimal": ",", "encoding": "latin-1", "header": False}
    plain = load_series(tmp_path / "plain.csv", **about)
    odd = load_series(tmp_path / "odd.csv", dialect=Dialect(**told), **about)
    assert odd.X.tolist() == plain.X.tolist()
    assert odd.y.tolist() == plain.y.tolist()
    assert [(plain.y == label).sum() for label in (-1, 0, 1)] == [20, 171, 9]
    with pytest.warns(BenchWarning, match="20 of 200 rows have no label in column '3' and are left out"):
        split = of_datasets("own_series").series_file(rng, str(tmp_path / "odd.csv"), **about, **told)
    assert len(split.y_train) + len(split.y_test) == 180
