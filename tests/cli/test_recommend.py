"""``recommend`` on a small table with everything that a real one has: from no labels to a choice."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from typer.testing import CliRunner

from bench import BenchError, Pipeline
from bench.cli._app import make_app
from bench.recommend import recommending
from bench.recommend.candidates import CANDIDATES, DEFAULT
from bench.recommend.recommending import best_for_normal_rows
from bench.recommend.scoring import Scores
from bench.recommend.study import load_normal_figures

ROWS, ANOMALIES = 400, 24


@pytest.fixture(scope="module")
def truth():
    return (np.random.default_rng(1).permutation(ROWS) < ANOMALIES).astype(int)


@pytest.fixture
def orders(tmp_path, truth):
    """Numbers, texts, missing values, a constant, duplicates; anomalies have large amounts."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.standard_normal((ROWS, 4)), columns=["amount", "age", "rate", "row"])
    frame["amount"] += 6 * truth
    frame["colour"] = rng.choice(["red", "green", "blue"], ROWS)
    frame["shop"] = 7
    frame.loc[rng.permutation(ROWS)[:20], "age"] = np.nan
    frame.iloc[-10:] = frame.iloc[:10].to_numpy()
    frame.to_csv(tmp_path / "orders.csv", index=False)
    return tmp_path / "orders.csv"


def python_of(output: str, *, before: bool = False) -> str:
    parts = output.partition("In Python\n")
    return parts[0 if before else 2]


def run_python(code: str, folder, environment) -> str:
    found = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"{code}\nprint(len(scores), scores.argmax())"],
        cwd=folder, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return found.stdout


def test_from_no_labels_to_a_choice(cli, orders, truth, tmp_path, bench_environment):
    blind = cli("recommend", "orders.csv", "--drop", "rate", "--out", "scores.csv", "--ask", "40")
    assert blind.returncode == 0, blind.stderr
    assert "Recommended: mean rank of hbos and knn:n_neighbors=20" in blind.stdout
    assert re.search(
        r"study of \d+ labelled tables this way of choosing lost 0\.\d+ of ROC AUC", blind.stdout
    )
    assert re.search(r"of ROC AUC on average \(95 % interval 0\.\d+ to 0\.\d+\)", blind.stdout)
    assert re.search(r"Isolation forest lost 0\.\d+ \(−0\.\d+ to 0\.\d+ more, so that it may be no worse\)",
                     blind.stdout)  # fmt: skip
    assert "This is no ranking" in blind.stdout
    assert "20 empty cells in 'age' (20); an empty number becomes its column's median" in blind.stderr

    scores = pd.read_csv(tmp_path / "scores.csv")
    assert sorted(scores["row"]) == list(range(1, ROWS + 1))
    assert scores["score"].is_monotonic_decreasing
    assert scores["rank_share"].between(0, 1).all()
    first = scores.iloc[0]
    assert truth[first["row"] - 1] == 1
    assert first["why"].startswith("amount 0.")

    code = python_of(blind.stdout)
    assert len(code.strip().splitlines()) == 3
    assert run_python(code, tmp_path, bench_environment).split() == [str(ROWS), str(first["row"] - 1)]

    with (tmp_path / "to-label.csv").open(newline="") as file:
        asked = list(csv.DictReader(file))
    assert len(asked) == 40
    assert list(asked[0])[:2] == ["row", "label"]
    assert "row (of the table)" in asked[0]
    for i, line in enumerate(asked):
        line["label"] = "" if i == 0 else ["no", "yes"][truth[int(line["row"]) - 1]]
    with (tmp_path / "to-label.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(asked[0]))
        writer.writeheader()
        writer.writerows(asked)

    labelled = cli(
        "recommend",
        "orders.csv",
        "--drop",
        "rate",
        "--labels",
        "to-label.csv",
        "--out",
        "labelled.csv",
        "--ask",
        "9",
    )
    assert labelled.returncode == 0, labelled.stderr
    known = sum(truth[int(line["row"]) - 1] for line in asked[1:])
    assert f"39 rows have a label, {known} say anomaly" in labelled.stdout
    assert re.search(r"its ROC AUC is \d\.\d\d \(95 % interval \d\.\d\d to \d\.\d\d\)", labelled.stdout)
    assert re.search(r"More labels (could still|would hardly) change the choice", labelled.stdout)
    # After an answer: what it changes, and not the whole report again.
    assert "What your labels change" in labelled.stdout
    assert "This is no ranking" not in labelled.stdout
    assert "\nMost suspicious rows\n" not in labelled.stdout
    lines = labelled.stdout.splitlines()
    [header] = [i for i, line in enumerate(lines) if line.startswith("by your labels (* recommended)")]
    assert " * " in lines[header + 1]
    better = pd.read_csv(tmp_path / "labelled.csv").sort_values("row")["score"].to_numpy()
    before = scores.sort_values("row")["score"].to_numpy()
    assert roc_auc_score(truth, better) > roc_auc_score(truth, before) - 0.02
    run_python(python_of(labelled.stdout), tmp_path, bench_environment)

    further = pd.read_csv(tmp_path / "to-label-2.csv")
    assert len(further) == 39 + 9
    assert further["label"].notna().sum() == 39
    assert "--labels to-label-2.csv" in labelled.stdout


@pytest.fixture
def quick(monkeypatch, orders):
    """`recommend` in this process and in the table's folder, each candidate replaced by a distance."""

    def score_rows(names, X, scored, **_):
        rng = np.random.default_rng(0)
        weights = rng.random((len(names), X.shape[1]))
        return Scores({name: np.abs(scored) @ w for name, w in zip(names, weights, strict=True)})

    def explain_rows(_name, _X, explained, explainer, **_):
        return explainer.contributions(lambda rows: np.abs(rows).sum(axis=1), explained)

    monkeypatch.setattr(recommending, "score_rows", score_rows)
    monkeypatch.setattr(recommending, "explain_rows", explain_rows)
    monkeypatch.chdir(orders.parent)

    def run(*arguments: str):
        return CliRunner().invoke(make_app(), ["recommend", *arguments])

    return run


def test_a_partly_filled_column_is_read_as_labels(quick, orders, truth):
    frame = pd.read_csv(orders)
    frame["fraud"] = np.where(np.arange(ROWS) % 4 == 0, truth.astype(str), "")
    frame.to_csv(orders, index=False)
    found = quick("orders.csv", "--label", "fraud", "--ask", "5")
    assert found.exit_code == 0, found.output
    assert "100 rows have a label" in found.output
    assert "label='fraud').fit('orders.csv')" in found.output
    assert "recommend orders.csv --label fraud --labels to-label.csv" in found.output
    assert "fraud" not in pd.read_csv("to-label.csv").columns


def test_labels_of_one_class_leave_the_default_and_ask_for_more(quick, tmp_path):
    (tmp_path / "labels.csv").write_text("row,label\n1,0\n2,0\n")
    found = quick("orders.csv", "--labels", "labels.csv")
    assert found.exit_code == 0, found.output
    assert "not an anomaly among the labelled rows yet" in found.output
    assert "Recommended: mean rank of hbos" in found.output
    assert (tmp_path / "to-label.csv").exists()


def test_what_is_recommended_is_saved_for_other_files(quick, orders):
    found = quick("orders.csv", "--drop", "rate", "--save", "orders.model")
    assert found.exit_code == 0, found.output
    assert "orders.model: the fitted model" in found.output
    assert "python -m bench score NEW.csv --model orders.model --out scores.csv" in found.output
    model = Pipeline.load("orders.model")
    assert model.detector_.name == DEFAULT
    assert set(model.contract_.kinds) == {"amount", "age", "row", "colour", "shop"}
    assert len(model.score(orders)) == ROWS


def test_where_all_rows_are_normal_the_choice_rests_on_tables_like_that(quick, orders):
    best = best_for_normal_rows()
    assert best not in CANDIDATES
    found = quick("orders.csv", "--drop", "rate", "--all-normal", "--save", "orders.model")
    assert found.exit_code == 0, found.output
    assert "All rows are known to be normal." in found.output
    assert f"Recommended: {best}\n" in found.output
    assert "label a few rows" not in found.output
    study, said = load_normal_figures(), " ".join(found.output.split())
    assert f"that lost least on the other sources lost {study.loss:.3f} of ROC AUC" in said
    assert f"Isolation forest lost {study.others['isolation_forest']:.3f}" in said
    assert f"what PyOD's ADEngine plans {study.others['adengine']:.3f}" in said
    model = Pipeline.load("orders.model")
    assert (model.detector_.name, model.chosen_.by, model.all_normal) == (best, "normal rows", True)
    assert len(model.score(orders)) == ROWS
    assert "fit orders.csv --all-normal --save orders.model" in quick("orders.csv", "--all-normal").output


def test_labels_that_all_say_normal_say_the_same(quick, orders):
    pd.read_csv(orders).assign(fraud=0).to_csv(orders, index=False)
    found = quick("orders.csv", "--label", "fraud")
    assert found.exit_code == 0, found.output
    assert "All rows are known to be normal." in found.output
    assert f"Recommended: {best_for_normal_rows()}\n" in found.output
    assert not Path("to-label.csv").exists()


def test_the_report_fits_a_narrow_terminal(quick, monkeypatch):
    monkeypatch.setattr("bench.cli._output.PIPE_WIDTH", 90)
    found = quick("orders.csv")
    assert max(map(len, python_of(found.output, before=True).splitlines())) <= 90


def test_the_same_seed_asks_for_the_same_rows(quick):
    for seed in ("3", "3", "4"):
        assert quick("orders.csv", "--ask", "20", "--seed", seed).exit_code == 0
    names = ("to-label.csv", "to-label-2.csv", "to-label-3.csv")
    asked = [pd.read_csv(name)["row"].tolist() for name in names]
    assert asked[0] == asked[1] != asked[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing.csv"], "there is no file 'nothing.csv'"),
        (["orders.csv", "--labels", "labels.csv"], "the label 'perhaps' of row 1 is neither normal nor"),
        (["orders.csv", "--labels", "none.csv"], "cannot read the labels in 'none.csv'"),
        (["orders.csv", "--label", "frud"], "unknown column 'frud'"),
        (["orders.csv", "--budget", "soon"], "'soon' is not a length of time"),
        (["orders.csv", "--budget", "0"], "--budget must be more than no time at all"),
        (["orders.csv", "--drop", "agee"], "unknown column 'agee'; did you mean 'age'?"),
        (["orders.csv", "--all-normal", "--ask", "9"], "needs no labels; leave it out, or --ask"),
        (["orders.csv", "--all-normal", "--time", "age"], "needs no labels; leave it out, or --time"),
        (
            ["orders.csv", "--all-normal", "--label", "shop"],
            "the label column 'shop' holds 7 (400 rows); say which value is normal",
        ),
        (["orders.csv", "--out", "no/where.csv"], "cannot write 'no/where.csv': there is no folder"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(quick, tmp_path, arguments, message):
    (tmp_path / "labels.csv").write_text("row,label\n1,perhaps\n")
    error = quick(*arguments).exception
    assert isinstance(error, BenchError)
    assert message in str(error)


def test_a_budget_too_small_for_the_default_is_an_error(cli, orders):
    found = cli("recommend", "orders.csv", "--budget", "0.2s")
    assert found.returncode == 2
    assert "give more time with --budget" in found.stderr
    assert "Traceback" not in found.stderr
