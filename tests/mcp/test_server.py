"""The server, as a client of the Model Context Protocol sees it."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys

import numpy as np
import pytest
import two_months

from bench import api
from bench.errors import BenchError
from bench.mcp.answers import MOST_CHARACTERS, MOST_ROWS, of_frame
from bench.mcp.confining import Confined

mcp = pytest.importorskip("mcp", reason="the server needs the extra 'mcp'")

TOOLS = {"list", "show", "leaderboard", "columns", "recommend", "audit", "score"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two months of a weather station, a model of the first, a run, and a file outside of the folder."""
    folder = tmp_path_factory.mktemp("served") / "folder"
    folder.mkdir()
    two_months.january().to_csv(folder / "january.csv", index=False)
    july = two_months.july()
    july["state"] = np.where(np.arange(len(july)) % 50, "ok", "broken")
    july.to_csv(folder / "july.csv", index=False)
    api.fit(folder / "january.csv", detector="hbos", drop="hour", time="when", save=folder / "weather.model")
    api.run(
        suite="quick", datasets="breast_cancer", detectors="knn,lof", jobs=1, results=folder / "results",
        name="mine",
    )  # fmt: skip
    (folder.parent / "outside.csv").write_text("a,b\n" + "1,2\n" * 50)
    (folder / "link.csv").symlink_to(folder.parent / "outside.csv")
    (folder / "out").symlink_to(folder.parent)
    (folder / "loop").symlink_to(folder / "loop")
    return folder


@pytest.fixture(scope="module")
def ask(folder):
    """Call a tool; the answer, or the text of the error."""
    from bench.mcp.server import make_server

    server = make_server(folder)

    async def called(name, arguments):
        async with mcp.Client(server) as client:
            found = await client.call_tool(name, arguments)
        return found.content[0].text if found.is_error else found.structured_content

    return lambda name, **arguments: asyncio.run(called(name, arguments))


def test_only_tools_that_read_are_offered(folder):
    from bench.mcp.server import make_server

    async def tools():
        async with mcp.Client(make_server(folder)) as client:
            return (await client.list_tools()).tools

    found = {tool.name: tool for tool in asyncio.run(tools())}
    assert found.keys() == TOOLS
    for tool in found.values():
        assert tool.annotations.read_only_hint
        assert tool.description
    assert found["columns"].input_schema["required"] == ["file"]


def test_detectors_are_listed_and_shown(ask):
    forests = ask("list", kind="detectors", contains="isolation", rows=1)
    assert len(forests["rows"]) == 1
    assert forests["left_out"] == forests["of"] - 1 > 0
    assert "core" in [row["suite"] for row in ask("list", kind="suites")["rows"]]
    shown = ask("show", detector="knn")
    assert "n_neighbors" in [row["parameter"] for row in shown["parameters"]]
    assert "did you mean 'knn'" in ask("show", detector="knnn")


def test_a_leaderboard_is_that_of_stored_runs(ask):
    board = ask("leaderboard")
    assert board["suite"] == "quick"
    assert {row["detector"] for row in board["rows"]} >= {"knn", "lof"}
    assert "did you mean 'quick'" in ask("leaderboard", suite="quik")


def test_columns_are_explained(ask):
    found = ask("columns", file="january.csv", drop=["hour"])
    assert found["rows_read"] == 744
    by_name = {name: row for row in found["rows"] for name in row["columns"]}
    assert by_name["wind"]["read_as"] == "text"
    assert by_name["humidity"]["empty"] == pytest.approx([30 / 744] * 2, rel=1e-4)


def test_a_detector_is_recommended_with_rows_to_look_at(ask):
    found = ask("recommend", file="january.csv", drop=["hour"], rows=3)
    assert found["detector"].startswith("rank_mean")
    assert found["chosen"] == "without labels"
    assert len(found["most_suspicious"]["rows"]) == 3
    assert found["most_suspicious"]["left_out"] == 741
    assert any("--time when" in note for note in found["notes"])
    assert "at most 600" in ask("recommend", file="january.csv", seconds=1e6)


def test_a_recommendation_says_why_and_what_goes_on_from_there(ask, folder):
    before = sorted(each.name for each in folder.iterdir())
    found = ask(
        "recommend", file="july.csv", drop=["hour", "when"], keep=["when"], label="state", normal="ok",
        missing="indicate", rows=2,
    )  # fmt: skip
    assert found["chosen"] == "by the labels"
    assert found["detector"] in {row["name"] for row in found["estimates"]["rows"]} | {found["detector"]}
    assert "15 say anomaly" in found["known"]
    assert "ROC AUC" in found["verdict"]
    assert found["because"]
    curve = found["roc_auc_by_labels"]
    assert [each["labels"] for each in curve] == sorted(each["labels"] for each in curve)
    for row in found["most_suspicious"]["rows"]:
        assert row["when"].startswith("20")
        assert row["why"]
    page, fit, score = found["commands"]
    options = "--drop hour,when {}--missing indicate --label state --normal ok"
    assert page == f"python -m bench recommend july.csv {options.format('--keep when ')} --page july.html"
    assert fit == f"python -m bench fit july.csv {options.format('')} --save july.model"
    assert "--model july.model" in score
    assert sorted(each.name for each in folder.iterdir()) == before
    assert "leave out one of the two" in ask("recommend", file="july.csv", time="when", missing="indicate")


def test_missing_numbers_may_have_a_column(ask):
    found = ask("columns", file="january.csv", drop=["hour"], missing="indicate")
    by_name = {name: row for row in found["rows"] for name in row["columns"]}
    assert "a column that says so" in by_name["humidity"]["becomes"]


def test_a_series_is_recommended_for_with_ranges(ask):
    found = ask("recommend", file="january.csv", drop=["hour", "wind"], time="when", rows=2, seconds=300)
    assert {"start", "end", "points", "score"} <= found["ranges"]["rows"][0].keys()


def test_a_labelled_file_is_audited(ask):
    found = ask("audit", file="july.csv", label="state", normal="ok", drop=["hour", "when"])
    assert found["found"]["rows"] == 744
    assert found["found"]["anomalies"] == 15
    assert "unknown column 'stat'" in ask("audit", file="july.csv", label="stat")


def test_next_months_file_is_scored_by_the_model(ask, folder):
    found = ask("score", file="july.csv", model="weather.model", rows=2)
    assert found["detector"] == "hbos"
    assert found["rows_scored"] == 744
    assert len(found["alarms"]["rows"]) == 2
    assert found["drift"]["rows"][0]["large"]
    assert any("state" in note for note in found["notes"]) or "notes" not in found
    assert all("temperature" in row["why"] or "wind" in row["why"] for row in found["alarms"]["rows"])
    assert found["alarms_a_day"]["days"] == 31
    assert found["alarms_a_day"]["mean"] == pytest.approx(found["alarms"]["of"] / 31, rel=1e-3)
    assert ask("score", file="july.csv", model="weather.model", alerts="5")["alarms"]["of"] == 5
    assert "is no" in ask("score", file="july.csv", model="january.csv")


def test_a_value_that_is_new_where_there_was_one_is_noted(ask, folder):
    two_months.january().assign(flag=0).to_csv(folder / "flags.csv", index=False)
    api.fit(folder / "flags.csv", detector="hbos", drop="hour", time="when", save=folder / "flags.model")
    two_months.july().assign(flag=np.arange(744) % 186 == 0).to_csv(folder / "flagged.csv", index=False)
    found = ask("score", file="flagged.csv", model="flags.model", rows=1)
    assert any("4 in 'flag' (was 0); their scores may not show it" in note for note in found["notes"])
    assert [row["column"] for row in found["drift"]["rows"]] == ["flag"]
    assert found["drift"]["rows"][0]["only"] == 0
    assert found["drift"]["rows"][0]["unseen"] == pytest.approx(4 / 744, rel=1e-4)


def test_alarms_are_shown_as_they_are_asked_for(ask):
    asked = {"file": "july.csv", "model": "weather.model"}
    plain = ask("score", **asked, alerts="2/day", time="when", explain=False, keep=["when", "state"],
                label="state", normal="ok", rows=3)  # fmt: skip
    assert plain["asked"] == "--alerts 2/day"
    assert plain["alarms"]["rows"][0].keys() == {"row", "score", "when", "state"}
    assert (plain["by_the_labels"]["labelled"], plain["by_the_labels"]["anomalies"]) == (744, 15)
    assert 0 <= plain["by_the_labels"]["roc_auc"] <= 1
    assert ask("score", **asked, alerts="744")["threshold"] is None  # below each score there is
    assert "give one of --budget and --alerts" in ask("score", **asked, budget="1%", alerts="5")
    assert "needs training rows with labels of both kinds" in ask("score", **asked, cost="50:1")
    assert "unknown column 'wen'" in ask("score", **asked, time="wen")
    assert "unknown column 'no'" in ask("score", **asked, keep=["no"])


@pytest.mark.parametrize(
    "name",
    ["/etc/hostname", "../outside.csv", "results/../../outside.csv", "link.csv", "out/outside.csv", "loop",
     "a\0b", "out", "..", "~/x/../../../y"],
)  # fmt: skip
def test_nothing_outside_of_the_folder_is_read(ask, name):
    said = ask("columns", file=name)
    assert f"{name!r} is outside of the folder that is served; give a path below it" in said
    for tool, argument in (("leaderboard", "results"), ("recommend", "file")):
        assert "is outside of the folder" in ask(tool, **{argument: name})
    for other in ({"labels": name}, {"file": name}):
        assert "is outside of the folder" in ask("recommend", **{"file": "january.csv", **other})
    assert "is outside of the folder" in ask("score", file="january.csv", model=name)
    assert "is outside of the folder" in ask("audit", file=name, label="a")


def test_a_run_that_is_a_link_out_of_the_folder_is_not_read(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    runs = tmp_path / "served" / "results" / "runs"
    (runs / "mine").mkdir(parents=True)
    confined = Confined(tmp_path / "served")
    assert confined.results("results") == runs.parent
    (runs / "mine" / "run.json").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BenchError, match="outside of the folder"):
        confined.results("results")


def test_a_table_of_a_database_is_named_and_no_query_is_run(tmp_path):
    with sqlite3.connect(tmp_path / "mine.db") as connection:
        connection.execute("CREATE TABLE t (a REAL)")
    confined = Confined(tmp_path)
    assert confined.file("mine.db::t").name == "mine.db::t"
    for query in ("SELECT 1", " with x as (select 1) select 1", "FROM t"):
        with pytest.raises(BenchError, match="queries are not run"):
            confined.file(f"mine.db::{query}")


def test_what_is_not_there_or_too_large_is_refused(tmp_path, monkeypatch):
    (tmp_path / "large.csv").write_text("a\n1\n")
    monkeypatch.setattr("bench.mcp.confining.MOST_MEGABYTES", 0)
    with pytest.raises(BenchError, match="at most 0 are read"):
        Confined(tmp_path).file("large.csv")
    with pytest.raises(BenchError, match=r"there is no file 'no\.csv'"):
        Confined(tmp_path).file("no.csv")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BenchError, match="there is no file 'pipe'"):
        Confined(tmp_path).file("pipe")
    with pytest.raises(BenchError, match="is not a folder"):
        Confined(tmp_path / "large.csv")


def test_answers_are_small_json():
    import pandas as pd

    frame = pd.DataFrame({"n": np.arange(1000), "x": np.nan, "t": "\x1b" + "a" * 1000})
    answer = json.loads(json.dumps(of_frame(frame, 10**6)))
    assert len(answer["rows"]) == MOST_ROWS
    assert answer["left_out"] == 1000 - MOST_ROWS
    assert answer["rows"][1]["n"] == 1
    assert answer["rows"][0]["x"] is None
    assert len(answer["rows"][0]["t"]) <= MOST_CHARACTERS
    assert "\x1b" not in answer["rows"][0]["t"]


def test_the_command_serves_on_standard_input_and_output(folder, bench_environment):
    server = mcp.StdioServerParameters(
        command=sys.executable, args=["-m", "bench", "mcp", "--folder", str(folder)], env=bench_environment
    )

    async def asked():
        async with mcp.Client(mcp.stdio_client(server)) as client:
            columns = await client.call_tool("columns", {"file": "january.csv"})
            found = await client.call_tool("recommend", {"file": "january.csv", "drop": ["hour"]})
        return columns.structured_content, found.structured_content

    columns, found = asyncio.run(asked())
    assert columns["rows_read"] == 744
    assert len(found["most_suspicious"]["rows"]) == 10


def test_a_folder_that_is_not_there_is_said(cli):
    failed = cli("mcp", "--folder", "nowhere")
    assert failed.returncode == 2
    assert failed.stderr.startswith("error: --folder: 'nowhere' does not exist")
