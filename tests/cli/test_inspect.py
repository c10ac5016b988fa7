from __future__ import annotations

import json
import re

import pytest


def test_pictures_of_a_trial_are_written_and_its_metrics_are_those_of_the_run(cli, tmp_path):
    process = cli("inspect", "autoencoder:epochs=2", "breast_cancer", "--seed", "2")
    assert process.returncode == 0, process.stderr
    said, wrote = process.stdout.splitlines()
    [folder] = (tmp_path / "results" / "inspect").glob("autoencoder-epochs-2-breast_cancer-unsupervised-2*")
    named = re.findall(r"[^\s,]+/inspect/[^\s,]*/[\w-]+\.(?:png|md)", wrote)
    assert len(named) == 9
    assert {tmp_path / name for name in named} == set(folder.iterdir())
    cli("run", "--suite", "quick", "--datasets", "breast_cancer", "--detectors", "autoencoder:epochs=2",
        "--regimes", "unsupervised", "--seeds", "2-2")  # fmt: skip
    [file] = (tmp_path / "results" / "runs").glob("*/trials.jsonl")
    record = json.loads(file.read_text())
    for policy in ("ranking", "native"):
        for name, value in record["metrics"][policy].items():
            assert f"{name} {value:.3f}" in said
    assert "seed 2, unsupervised: ok" in said


def test_the_folder_and_the_regime_can_be_chosen(cli, tmp_path):
    process = cli("inspect", "knn", "breast_cancer", "--regime", "one-class", "--out", "mine")
    assert process.returncode == 0, process.stderr
    assert "one-class: ok" in process.stdout
    assert "not shown: " in process.stdout
    assert (tmp_path / "mine" / "index.md").exists()
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("constant_score", "breast_cancer"), "failed: constant scores"),
        (("k*", "breast_cancer"), "detectors; name one"),
        (("knn", "sweep*"), "unknown dataset"),
        (("knn", "breast_cancer", "--regime", "supervised"), "but for: unsupervised, one-class"),
        (("knn", "breast_cancer", "--regime", "supervise"), "did you mean 'supervised'?"),
        (("bayes_optimal", "breast_cancer"), "no detector fits"),
    ],
)
def test_what_cannot_be_inspected_is_one_sentence(cli, tmp_path, arguments, words):
    process = cli("inspect", *arguments)
    assert process.returncode == 2
    assert words in process.stderr
    assert len(process.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "results").exists()


def test_a_folder_that_cannot_be_written_is_said(cli, tmp_path):
    (tmp_path / "file").touch()
    process = cli("inspect", "knn", "breast_cancer", "--out", "file")
    assert process.returncode == 2
    assert "give another folder with --out" in process.stderr
