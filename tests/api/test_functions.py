"""Each verb of the command line is a function of `bench.api` with the same words."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import two_months
from pyod.models.lof import LOF
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

import bench
from bench import BenchError, Pipeline, api
from bench.cli._app import command_line

# Verbs without a function, and why.
NO_FUNCTION = {"mcp": "it serves until it is stopped"}
# Options that only say what is printed, or what the exit code is.
NO_KEYWORD = {
    "compare": {"fail_on"},  # `is_worse` of what is returned
    "list": {"markdown", "pictures"},  # the catalogues of the repository
    "data_audit": {"markdown"},
}
# The command line's words for what Python has as one `Dialect`.
DIALECT = {"sep", "decimal", "thousands", "encoding", "header", "empty"}
# How far it is: on the command line that is always printed.
ONLY_KEYWORD = {"say"}


def verbs():
    for name, verb in command_line().commands.items():
        below = getattr(verb, "commands", None)
        yield from ((f"{name}_{each}", found) for each, found in below.items()) if below else ((name, verb),)


def words(command):
    """The names of a command's arguments and options, as a person writes them."""
    for parameter in command.params:
        option = max(getattr(parameter, "opts", []), key=len)
        yield option.removeprefix("--").replace("-", "_")


VERBS = dict(verbs())


def test_each_verb_has_a_function_or_a_reason():
    assert set(api.__all__) == VERBS.keys() - NO_FUNCTION.keys()
    assert set(dir(api)) == set(api.__all__)


@pytest.mark.parametrize("name", sorted(VERBS.keys() - NO_FUNCTION.keys()))
def test_a_function_has_the_words_of_its_verb(name):
    function = getattr(api, name)
    keywords = set(inspect.signature(function).parameters) - ONLY_KEYWORD
    meant = set(words(VERBS[name])) - NO_KEYWORD.get(name, set())
    assert keywords == meant - DIALECT | ({"dialect"} if meant >= DIALECT else set())
    assert "Returns\n" in function.__doc__ or "; returns " in function.__doc__
    assert "Raises\n" in function.__doc__


def test_nothing_is_imported_before_a_function_is_asked_for():
    script = (
        "import sys; from bench import api\n"
        "assert not {'numpy', 'pandas', 'torch', 'sklearn'} & set(sys.modules)\n"
        "assert not [name for name in sys.modules if name.startswith('bench.api.')]"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    subprocess.run([sys.executable, "-c", script], check=True, env=environment)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A results folder with two runs of three detectors."""
    folder = tmp_path_factory.mktemp("results")
    for name in ("before", "after"):
        api.run(
            suite="quick", datasets=["breast_cancer"], detectors="knn,lof,ecod", seeds=2, jobs=1,
            results=folder, name=name, fresh=True,
        )  # fmt: skip
    return folder


def test_a_run_gives_frames_and_says_how_far_it_is_where_asked(folder, capsys):
    said = []
    found = api.run(
        suite="quick", datasets="breast_cancer", detectors=["knn", "lof"], seeds=[0, 1], jobs=1,
        results=folder, say=said.append,
    )  # fmt: skip
    assert said[0] == "suite quick: 0 trials to run, 4 of 4 trials finished before"
    assert said[-1].startswith("wrote ")
    assert capsys.readouterr() == ("", "")
    assert found.suites == ["quick"]
    board = found.leaderboard(regime="unsupervised")
    assert {"knn", "lof", "ecod"} <= set(board.index)
    assert (folder / "leaderboard.md").is_file()


def test_status_says_what_would_run(folder):
    found = api.status(suite="quick", datasets="breast_cancer", detectors="knn,loda", seeds=3, results=folder)
    assert (found.suite, found.trials, found.to_run) == ("quick", 6, 4)
    assert found.pending.to_dict("records") == [
        {"detector": "knn", "to_run": 1, "because": "not run before"},
        {"detector": "loda", "to_run": 3, "because": "not run before"},
    ]


def test_runs_are_compared_ranked_and_written(folder, tmp_path):
    compared = api.compare("before", folder / "runs" / "after", results=folder)
    assert compared.names == ("before", "after")
    assert set(compared.rows["detector"]) == {"knn", "lof", "ecod"}
    assert not (compared.rows["measure"].eq("f1") & compared.rows["verdict"].eq("worse")).any()
    [placing] = api.rank("knn", suite="quick", results=folder)
    assert placing.places["of"].tolist() == [3]
    assert placing.kinds.loc[0, "name"] == "table"
    file = api.export("csv", out=tmp_path / "trials.csv", results=folder)
    assert len(pd.read_csv(file)) == 6
    assert api.report(results=folder)[-1].exists()
    assert (folder / "report" / "index.html").is_file()
    packed = api.pack("before", results=folder)
    assert packed == folder / "runs" / "before"
    entry = api.submit("after", out=tmp_path / "entry.zip", results=folder)
    verified = api.verify(entry, jobs=1, results=folder)
    assert verified.verdict == "refused"  # it has a part of the suite's trials
    assert verified.frame["trials"].tolist() == [2, 2, 2]


def offered(shown):
    """The parameters of the harness that a detector can be given, as `show` lists them."""
    return [line.partition(":")[0] for line in shown.facts["also takes"].splitlines()]


def test_plugins_are_listed_shown_made_and_checked(tmp_path):
    for kind, name in (("detectors", "knn"), ("features", "hog"), ("datasets", "bumps"), ("suites", "core")):
        assert name in api.list(kind).iloc[:, 0].tolist()
    shown = api.show("knn")
    assert "n_neighbors" in shown.parameters["parameter"].tolist()
    assert shown.facts["available"] == "yes"
    assert offered(shown) == ["features=", "window=, normalize=", "smoothing=", "scaling="]
    assert offered(api.show("sub_knn")) == ["smoothing=", "scaling="]  # it has a window of its own
    assert offered(api.show("autoencoder")) == ["features=", "smoothing="]  # it shares a stage
    file = api.new("detector", "mine", folder=tmp_path)
    assert file == tmp_path / "mine.py"
    said = []
    checked = api.check("mine", plugins=tmp_path, jobs=1, say=said.append)
    assert checked.failures == {}
    assert set(checked.frame["verdict"]) <= {"ok", "-"}
    assert said[0].startswith("1/1 mine")


def test_data_sets_are_listed_and_audited(tmp_path):
    assert "adbench:*" not in api.data_list()["label"].tolist()
    assert api.data_list("adbench:*cardio*")["rows"].gt(0).all()
    audits = api.data_audit("breast_cancer")
    assert audits.frame.loc[0, "rows"] == 569
    assert audits.sentences == []
    file = tmp_path / "copies.csv"
    pd.DataFrame({"a": np.arange(200) % 50, "b": 1, "y": np.arange(200) % 10 == 0}).to_csv(file, index=False)
    audits = api.data_audit([f'file:"{file}",label=y'])
    assert audits.frame.loc[0, "copies"] == pytest.approx(0.75)
    assert any("constant" in sentence for sentence in audits.sentences)


def test_a_record_follows_from_its_split_without_the_harness(folder, tmp_path):
    api.data_split("breast_cancer", seed=1, regime="unsupervised", out=tmp_path / "split.npz")
    with np.load(tmp_path / "split.npz") as split:
        scale = StandardScaler().fit(split["X_train"]).transform
        lof = LOF().fit(scale(split["X_train"]))
        made = roc_auc_score(split["y_test"], lof.decision_function(scale(split["X_test"])))
        assert (split["y_seen"] == -1).all()
        assert len(split["X_train"]) + len(split["X_calibration"]) + len(split["X_test"]) == 569
    records = map(json.loads, (folder / "runs" / "after" / "trials.jsonl").read_text().splitlines())
    [stored] = [each["metrics"]["ranking"]["roc_auc"] for each in records
                if (each["detector"]["name"], each["seed"]) == ("lof", 1)]  # fmt: skip
    assert made == pytest.approx(stored, abs=1e-9)


def test_a_trial_is_inspected(tmp_path):
    found = api.inspect("knn", "blobs:normals=100,anomalies=10", out=tmp_path)
    assert found.rows["score"].is_monotonic_decreasing
    assert set(found.rows["became"]) <= {"missed", "caught", "false alarms", "passed"}
    assert tmp_path / "index.md" in found.files


def test_sizes_are_timed(tmp_path):
    found = api.time(detectors="hbos", rows=[40], features=2, device="cpu", repeats=1, results=tmp_path)
    assert found["rows"].tolist() == [40]
    assert found["status"].tolist() == ["ok"]


@pytest.fixture(scope="module")
def months(tmp_path_factory):
    folder = tmp_path_factory.mktemp("months")
    two_months.january().to_csv(folder / "january.csv", index=False)
    two_months.july().to_csv(folder / "july.csv", index=False)
    return folder


def test_a_model_of_one_month_scores_the_next(months, tmp_path):
    model = api.fit(months / "january.csv", detector="hbos", drop="hour", time="when", save=tmp_path / "m")
    assert isinstance(model, Pipeline)
    found = api.score(months / "july.csv", model=model, out=tmp_path / "scores.csv")
    assert found.frame["row"].tolist() == list(range(1, 745))
    assert found.alarms["score"].is_monotonic_decreasing
    assert len(found.alarms) == found.frame["anomaly"].sum()
    assert found.drift.loc[found.drift["column"] == "temperature", "large"].item()
    drift, january = found.drift.set_index("column"), pd.read_csv(months / "january.csv")
    assert drift.loc["temperature", "highest"] == january["temperature"].max()
    july = pd.read_csv(months / "july.csv")["temperature"]
    outside = ((july > january["temperature"].max()) | (july < january["temperature"].min())).mean()
    assert drift.loc["temperature", "unseen"] == pytest.approx(outside)
    assert drift["only"].isna().all()
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "scores.csv"), found.frame, check_dtype=False)
    again = api.score(months / "july.csv", model=tmp_path / "m", alerts=5)
    assert len(again.alarms) == 5
    np.testing.assert_allclose(again.frame["score"], found.frame["score"])
    why = api.score(months / "july.csv", model=model, explain=3, keep="when", out=tmp_path / "s.csv").frame
    assert why.columns.tolist() == ["row", "score", "anomaly", "why", "when"]
    assert set(why.index[why["why"] != ""]) == set(why["score"].nlargest(3, keep="first").index)
    assert pd.read_csv(tmp_path / "s.csv", keep_default_na=False)["why"].tolist() == why["why"].tolist()


def test_scores_say_how_well_they_agree_with_labels(months, tmp_path):
    model = api.fit(months / "january.csv", detector="hbos", drop="hour", time="when")
    july = pd.read_csv(months / "july.csv")
    july["state"] = np.where(july["temperature"] > july["temperature"].quantile(0.9), "hot", "ok")
    july.loc[::3, "state"] = None
    july.to_csv(tmp_path / "july.csv", index=False)
    found = api.score(tmp_path / "july.csv", model=model, label="state", normal="ok", alerts=50)
    known, is_hot = july["state"].notna(), july["state"] == "hot"
    is_alarm = found.frame["anomaly"] == 1
    agreed = found.agreement
    assert (agreed.rows, agreed.labelled, agreed.anomalies) == (744, known.sum(), is_hot.sum())
    assert (agreed.alarms, agreed.hits) == ((is_alarm & known).sum(), (is_alarm & is_hot).sum())
    assert agreed.roc_auc == pytest.approx(
        roc_auc_score(july["state"][known] == "hot", found.frame["score"][known])
    )
    assert api.score(tmp_path / "july.csv", model=model).agreement is None


def test_what_is_kept_of_a_file_that_has_changed_stands_beside_no_score(months, tmp_path):
    model = api.fit(months / "january.csv", detector="hbos", drop="hour,when")
    rows = pd.read_csv(months / "july.csv")
    rows.to_csv(tmp_path / "july.csv", index=False)
    found = api.score(tmp_path / "july.csv", model=model, keep="when")
    rows.iloc[::-1].assign(extra=1).to_csv(tmp_path / "july.csv", index=False)
    with pytest.raises(BenchError, match=r"july\.csv has changed since it was scored; score it again"):
        found.frame  # noqa: B018


def test_missing_numbers_count_where_that_is_asked_for(months, tmp_path):
    january = pd.read_csv(months / "january.csv")
    january.loc[::50, "temperature"] = np.nan
    january.to_csv(tmp_path / "gaps.csv", index=False)
    model = api.fit(tmp_path / "gaps.csv", detector="hbos", drop="hour,when", missing="indicate")
    assert model.encoder_.gaps.count("temperature") == 1


def test_a_detector_is_recommended_for_a_table_and_for_a_series(months, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.warns(bench.errors.BenchWarning, match="--time when"):
        found = api.recommend(
            months / "january.csv", drop=["hour"], ask=5, out="scores.csv", page="page.html",
            missing="indicate",
        )  # fmt: skip
    assert found.name.startswith("rank_mean:")
    assert found.frame["score"].is_monotonic_decreasing
    assert found.frame["why"].iloc[0]
    assert found.estimates.empty
    assert (tmp_path / found.asked).is_file()
    assert len(pd.read_csv("to-label.csv")) == 5
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "--missing indicate --save january.model" in page
    assert 'href="to-label.csv"' in page
    assert len(pd.read_csv("scores.csv")) == len(found.frame) == 744
    series = api.recommend(months / "january.csv", drop=["hour", "wind"], time="when", budget=300)
    assert {"start", "end", "points", "score"} <= set(series.frame.columns)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: api.run(), "say what to run"),
        (lambda: api.run(detectors="iforst"), "did you mean"),
        (lambda: api.run(suite="quick", seeds=[]), "names no seeds"),
        (lambda: api.show("knnn"), "did you mean 'knn'"),
        (lambda: api.list("detector"), "did you mean 'detectors'"),
        (lambda: api.export("tex"), "did you mean 'latex'"),
        (lambda: api.data_split("breast_cancer", regime="one_class"), "did you mean 'one-class'"),
        (lambda: api.data_split("*"), "name one"),
        (lambda: api.recommend("nothing.csv", budget="soon"), "'soon' is not a length of time"),
        (lambda: api.recommend("nothing.csv"), "nothing.csv"),
        (lambda: api.recommend("nothing.csv", time="when", page="page.html"), "a page is made of a table"),
        (lambda: api.score("nothing.csv", model="m", explain="some"), "'some' says no rows"),
        (lambda: api.rank("knn", results="nowhere"), "there are no runs"),
        (lambda: api.fit("nothing.csv", save="nowhere/model"), "there is no folder"),
        (lambda: api.verify("nothing.zip", rerun=2), "no share"),
    ],
)
def test_what_is_wrong_is_an_error_of_ours(call, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BenchError, match=message):
        call()
