"""``fit`` on one month and ``score`` on another, by the commands of the docs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import two_months
from typer.testing import CliRunner

from bench import BenchError, Pipeline, api
from bench.cli._app import make_app
from bench.errors import BenchWarning

FIT = ("fit", "january.csv", "--drop", "hour", "--time", "when", "--save", "weather.model")
SCORE = ("score", "july.csv", "--model", "weather.model", "--out", "scores.csv")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """The command line in this process, in a folder with both files."""
    two_months.january().to_csv(tmp_path / "january.csv", index=False)
    two_months.july().to_csv(tmp_path / "july.csv", index=False)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> str:
        found = CliRunner().invoke(make_app(), arguments)
        if found.exception is not None and not isinstance(found.exception, SystemExit):
            raise found.exception
        assert found.exit_code == 0, found.output
        return found.output

    return run


@pytest.fixture
def fitted(run):
    run(*FIT, "--detector", "hbos")
    return run


def test_july_by_a_model_of_january(run):
    said = run(*FIT)
    assert "january.csv: 744 rows; columns: 3 of numbers, 1 of text" in said
    assert "Detector: mean rank of hbos and knn:n_neighbors=20" in said
    assert "on 28 labelled tables it lost" in said
    assert "python -m bench score NEW.csv --model weather.model --out scores.csv" in said

    said = run(*SCORE)
    assert "july.csv: 744 rows, scored as those of january.csv; written to scores.csv" in said
    assert "1 of 4 columns has drifted much" in said or "2 of 4 columns have drifted much" in said
    lines = {line.split()[0]: line for line in said.splitlines() if line.strip()}
    assert "much" in lines["temperature"]
    assert "values not seen before: 2" in lines["wind"]

    july = pd.read_csv("scores.csv")
    assert july.columns.tolist() == ["row", "score", "anomaly"]
    assert july["row"].tolist() == list(range(1, 745))
    model = Pipeline.load("weather.model")
    assert july["score"].to_numpy() == pytest.approx(model.score("july.csv"), rel=1e-15)
    assert july["anomaly"].tolist() == (july["score"] > model.threshold_).astype(int).tolist()
    assert f"{july['anomaly'].sum()} rows" in said

    run("score", "january.csv", "--model", "weather.model", "--out", "january-scores.csv")
    january = pd.read_csv("january-scores.csv")
    assert january["score"].tolist()[-10:] == july["score"].tolist()[:10]
    assert january["anomaly"].mean() < 0.03  # of a budget of 1 %
    assert july["anomaly"].mean() > january["anomaly"].mean()


@pytest.mark.parametrize(
    ("options", "alarms"), [(("--alerts", "5"), 5), (("--alerts", "744"), 744), (("--budget", "99.9%"), 744)]
)
def test_which_rows_are_alarms_can_be_said_anew(fitted, options, alarms):
    said = fitted("score", "january.csv", *SCORE[2:], *options)
    assert pd.read_csv("scores.csv")["anomaly"].sum() == pytest.approx(alarms, abs=0 if alarms < 744 else 5)
    assert f"{options[0]} {options[1]}" in said


def test_alarms_of_a_day_are_counted(fitted):
    said = fitted("score", "january.csv", *SCORE[2:], "--alerts", "2/day")
    assert "a day on average over 31 days" in said
    assert 1 < pd.read_csv("scores.csv")["anomaly"].sum() / 31 < 3


def test_a_model_of_normal_rows_is_chosen_by_tables_like_that(run):
    said = run(*FIT, "--all-normal")
    assert "Detector: dte_np" in said
    assert "Chosen for rows that are all normal: on 284 tables with such training rows it lost 0.068" in said
    assert "each by a fit without it; all of them are known to be normal." in said
    assert "all of them are known to be normal." in run(*SCORE)


def test_the_expected_false_alarms_say_what_they_are_from(fitted):
    said = fitted(*SCORE)
    assert "by the scores of 744 rows of january.csv, each by a fit without it" in said
    frame = two_months.january()
    frame["state"] = np.where(frame["temperature"] > 6, "anomaly", "normal")
    frame.to_csv("labelled.csv", index=False)
    normal = (frame["state"] == "normal").sum()
    said = fitted("fit", "labelled.csv", "--drop", "hour,when", "--label", "state", "--detector", "hbos",
                  "--cost", "50:1", "--save", "labelled.model")  # fmt: skip
    assert f"by the scores of {normal} rows of labelled.csv that are labelled normal" in said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*SCORE, "--cost", "50:1"), "--cost 50:1 needs training rows with labels of both kinds"),
        ((*SCORE, "--cost", "5:1", "--alerts", "3"), "give one of --alerts and --cost, not both"),
        ((*SCORE, "--time", "whenn"), "unknown column 'whenn'"),
        ((*SCORE, "--explain", "some"), "--explain 'some' says no rows; write 'alarms', 'all', or a number"),
        ((*SCORE, "--explain", "0"), "--explain '0' says no rows"),
        (("score", "none.csv", *SCORE[2:]), "there is no file 'none.csv'"),
        (("score", "january.csv", "--model", "january.csv", "--out", "s.csv"), "january.csv is no model"),
        ((*SCORE[:4], "--out", "no/where.csv"), "cannot write 'no/where.csv': there is no folder 'no'"),
        ((*FIT[:-1], "no/where.model"), "there is no folder 'no'"),
        ((*FIT, "--detector", "hboss"), "unknown detector 'hboss'; did you mean 'hbos'?"),
    ],
)
def test_what_cannot_be_used_is_refused_in_one_sentence(fitted, arguments, message):
    with pytest.raises(BenchError) as error:
        fitted(*arguments)
    assert message in str(error.value)


def test_a_file_without_a_column_leaves_the_old_scores(fitted):
    fitted(*SCORE)
    before = pd.read_csv("scores.csv")
    two_months.july().drop(columns="wind").to_csv("july.csv", index=False)
    with pytest.raises(
        BenchError, match=r"july.csv: there is no column 'wind', which the model was fitted to"
    ):
        fitted(*SCORE)
    assert pd.read_csv("scores.csv").equals(before)


def test_a_sheet_of_a_workbook_is_scored_by_a_model_of_another(run, tmp_path):
    rng = np.random.default_rng(0)
    with pd.ExcelWriter(tmp_path / "book.xlsx") as writer:
        pd.DataFrame({"note": ["of two months"]}).to_excel(writer, sheet_name="About", index=False)
        for month, rows in (("May", 120), ("June", 130)):
            frame = pd.DataFrame(rng.normal(size=(rows, 3)).round(3), columns=["a", "b", "c"])
            frame.to_excel(writer, sheet_name=month, index=False, startrow=2)
            writer.sheets[month]["A1"] = month
    said = run("fit", "book.xlsx::May", "--detector", "hbos", "--save", "may.model")
    assert "score NEW.xlsx --model may.model" in said
    score = ("score", "book.xlsx::June", "--model", "may.model", "--out", "scores.csv")
    assert "Rows have their numbers in the sheet." in run(*score)
    assert pd.read_csv("scores.csv")["row"].tolist() == list(range(4, 134))
    run(*score, "--keep", "a", "--explain", "3")
    kept = pd.read_csv("scores.csv")
    assert kept["row"].tolist() == list(range(4, 134))
    assert kept["a"].tolist() == frame["a"].tolist()
    found = api.score("book.xlsx::June", model="may.model", keep="a").frame
    assert found[["row", "a"]].astype(float).equals(kept[["row", "a"]].astype(float))


def test_a_cell_of_a_sheet_that_is_refused_is_named_by_its_row_there(run, tmp_path):
    frame = pd.DataFrame({"a": range(5), "b": [1.5, 2, 3, 4, 5]})
    frame.to_excel(tmp_path / "may.xlsx", index=False)
    frame.astype({"b": object}).replace({"b": {4: "broken"}}).to_excel(tmp_path / "june.xlsx", index=False)
    run("fit", "may.xlsx", "--detector", "hbos", "--save", "may.model")
    with pytest.raises(BenchError, match="column 'b' holds a text, 'broken', in row 5;"):
        run("score", "june.xlsx", "--model", "may.model", "--out", "scores.csv")


def test_a_model_reads_the_hour_of_dates_that_are_not_dropped(run, tmp_path):
    run("fit", "january.csv", "--drop", "hour", "--detector", "hbos", "--save", "weather.model")
    run(*SCORE)
    assert pd.read_csv(tmp_path / "scores.csv")["score"].notna().all()


def test_alarms_are_explained_in_a_column_of_their_own(fitted):
    said = fitted(*SCORE, "--explain", "alarms")
    scores = pd.read_csv("scores.csv", keep_default_na=False)
    assert list(scores) == ["row", "score", "anomaly", "why"]
    is_alarm = scores["anomaly"] == 1
    assert ((scores["why"] != "") == is_alarm).all()
    assert f"Of {is_alarm.sum():,} rows the column 'why' says" in said
    # Warmer by 20 degrees than any row that the model was fitted to.
    assert scores["why"][is_alarm].str.match(r"(temperature|wind) \d").mean() > 0.9
    without = pd.read_csv("scores.csv")
    fitted(*SCORE)
    assert pd.read_csv("scores.csv").equals(without.drop(columns="why"))


def test_so_many_rows_are_explained_or_all_and_as_in_python(fitted, monkeypatch):
    fitted(*SCORE, "--explain", "all")
    every = pd.read_csv("scores.csv", keep_default_na=False)
    monkeypatch.setattr("bench.pipeline.scoring.rows_at_a_time", lambda columns: 100)
    fitted(*SCORE, "--explain", "7")
    few = pd.read_csv("scores.csv", keep_default_na=False)
    highest = np.argsort(-few["score"], kind="stable")[:7]
    assert (few["why"] != "").sum() == 7
    assert few["why"][highest].tolist() == every["why"][highest].tolist()
    found = Pipeline.load("weather.model").explain("july.csv")
    assert found.shape == (744, 4)
    top = highest[0]
    column, value = few["why"][top].split(", ")[0].rsplit(" ", 1)
    assert found.iloc[top].idxmax() == column
    assert found[column][top] == pytest.approx(float(value), rel=0.01)


def test_a_name_of_a_column_that_a_spreadsheet_would_compute_is_text(run, tmp_path):
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"=1+1": [*rng.normal(size=60), 50.0], "b": rng.normal(size=61)})
    rows.to_csv(tmp_path / "rows.csv", index=False)
    run("fit", "rows.csv", "--detector", "knn", "--save", "a.model")
    run("score", "rows.csv", "--model", "a.model", "--out", "scores.csv", "--explain", "1")
    assert pd.read_csv(tmp_path / "scores.csv")["why"].iloc[-1].startswith("'=1+1 ")


def test_a_flag_that_is_set_for_the_first_time_is_in_the_drift(run):
    two_months.january().assign(flag=0).to_csv("january.csv", index=False)
    two_months.july().assign(flag=np.repeat([1, 0], [8, 736])).to_csv("july.csv", index=False)
    with pytest.warns(BenchWarning, match=r"january.csv: one value in all rows.*: 'flag' \(0\)"):
        run(*FIT, "--detector", "hbos")
    with pytest.warns(BenchWarning, match=r"july.csv: rows with another value.*: 8 in 'flag' \(was 0\)"):
        said = run(*SCORE).splitlines()
    lines = {line.split()[0]: line for line in said if line.strip()}
    assert "values not seen before: 1.08%" in lines["flag"]
    assert "values outside of " in lines["temperature"]
    assert said.index(lines["flag"]) < said.index(lines["temperature"])
    save = ("recommend", "january.csv", "--drop", "hour,when", "--save", "weather.model")
    with pytest.warns(BenchWarning, match=r"january.csv: one value in all rows.*: 'flag' \(0\)"):
        run(*save)


def test_missing_numbers_can_count(run):
    run(*FIT, "--detector", "knn", "--missing", "indicate")
    run(*SCORE, "--explain", "all")
    july = pd.read_csv("july.csv")
    why = pd.read_csv("scores.csv", keep_default_na=False)["why"]
    assert why[july["humidity"].isna()].str.contains("humidity").mean() > 0.9
    with pytest.raises(BenchError, match="missing"):
        run(*FIT, "--missing", "maybe")
