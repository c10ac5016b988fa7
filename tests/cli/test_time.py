"""The verb ``time``."""

from __future__ import annotations

import pandas as pd
import typer
from typer.testing import CliRunner

from bench.cli.time import command as time_command
from bench.timing import tables
from bench.trials.environment import DEVICE_VARIABLE


def test_the_verb_writes_both_files_and_says_that_there_is_no_gpu(tmp_path, monkeypatch):
    monkeypatch.setenv(DEVICE_VARIABLE, "cpu")
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    app = typer.Typer()
    app.command()(time_command)
    grid = ["--rows", "40,80", "--features", "2", "--detectors", "sampling,constant_score", "--repeats", "1"]
    outcome = CliRunner().invoke(app, [*grid, "--results", str(tmp_path)])
    assert outcome.exit_code == 0, outcome.output
    assert tables.NO_CUDA in outcome.output
    text = (tmp_path / "timing-grid.md").read_text(encoding="utf-8")
    assert "Measured on" in text
    assert "constant scores" in text
    frame = pd.read_csv(tmp_path / "timing-grid.csv")
    assert list(frame["rows"]) == [40, 80, 40, 80]
    assert list(frame["status"]) == ["failed", "failed", "ok", "ok"]
    assert (frame.loc[frame["detector"] == "sampling", "fit_seconds"] > 0).all()


def test_a_grid_of_another_name_has_files_of_its_own(tmp_path):
    app = typer.Typer()
    app.command()(time_command)
    grid = ["--rows", "40", "--features", "2", "--detectors", "sampling", "--repeats", "1"]
    outcome = CliRunner().invoke(app, [*grid, "--name", "large", "--results", str(tmp_path)])
    assert outcome.exit_code == 0, outcome.output
    assert {file.name for file in tmp_path.glob("*.*")} == {"timing-large.md", "timing-large.csv"}
    for name in ("series", "a/b", ""):
        outcome = CliRunner().invoke(app, [*grid, "--name", name, "--results", str(tmp_path)])
        assert f"--name {name!r} cannot name these files" in str(outcome.exception)


def test_series_are_timed_by_their_points(tmp_path):
    app = typer.Typer()
    app.command()(time_command)
    series = ["--points", "200,300", "--detectors", "spectral_residual,knn", "--repeats", "1"]
    outcome = CliRunner().invoke(app, [*series, "--results", str(tmp_path)])
    assert outcome.exit_code == 0, outcome.output
    assert "note: knn is left out: it reads no series" in outcome.output
    assert "2/2 spectral_residual 300: " in outcome.output
    assert {file.name for file in tmp_path.glob("timing*")} == {"timing-series.md", "timing-series.csv"}
    assert pd.read_csv(tmp_path / "timing-series.csv")["status"].tolist() == ["ok", "ok"]
    for option, said in (
        (["--implementations"], "--implementations are of tables, --points of series; leave one out"),
        (["--device", "cuda"], "--points are timed on the CPU; leave out --device cuda"),
    ):
        outcome = CliRunner().invoke(app, [*series, *option, "--results", str(tmp_path)])
        assert said in str(outcome.exception)


def test_implementations_are_timed_beside_the_librarys(tmp_path):
    app = typer.Typer()
    app.command()(time_command)
    pairs = ["--implementations", "--rows", "40", "--features", "2", "--detectors", "ecod", "--repeats", "1"]
    outcome = CliRunner().invoke(app, [*pairs, "--results", str(tmp_path)])
    assert outcome.exit_code == 0, outcome.output
    assert "ecod 40 × 2" in outcome.output
    assert [file.name for file in tmp_path.glob("timing*")] == ["timing-implementations.md"]
    text = (tmp_path / "timing-implementations.md").read_text(encoding="utf-8")
    assert "Scores that do not agree with the library's: none." in text
    outcome = CliRunner().invoke(app, [*pairs, "--device", "cuda", "--results", str(tmp_path)])
    assert "leave out --device" in str(outcome.exception)
