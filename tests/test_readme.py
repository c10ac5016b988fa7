"""What the README shows works as it stands."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

# What tells `run` where to run is nothing to `status`.
ENGINE = ("--until-resolved", "--engine", "ray", "--address", "auto")
ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def block(language, word):
    [found] = [text for text in blocks(language) if word in text]
    return found


def test_the_plugins_of_the_readme_run_together(cli, tmp_path):
    folder = tmp_path / "plugins"
    folder.mkdir()
    for name, word in (
        ("mine", "class CentreDistance"),
        ("library", "wide_cof = estimator"),
        ("data", "def shifted"),
    ):
        (folder / f"{name}.py").write_text(block("python", word))
    process = cli("run", "--suite", "quick", "--detectors", "centre_distance,wide_cof,sgd", "--datasets",
                  "shifted:distance=1", "--plugins", "plugins")  # fmt: skip
    assert process.returncode == 0, process.stderr
    assert process.stderr == ""
    [file] = (tmp_path / "results" / "runs").glob("*/trials.jsonl")
    records = [json.loads(line) for line in file.read_text().splitlines()]
    assert {record["detector"]["label"] for record in records} == {"centre_distance", "wide_cof", "sgd"}
    assert {record["status"] for record in records} == {"ok"}
    auc = {record["detector"]["name"]: record["metrics"]["ranking"]["roc_auc"] for record in records}
    assert auc["centre_distance"] > 0.6  # the signs are right: these anomalies lie far from the centre
    assert auc["wide_cof"] > 0.6
    documented = set(re.findall(r"`(\w+)(?:\.[A-Z.]+)?`", README))
    assert {*records[0], *records[0]["costs"], *records[0]["rows"]} - documented == set()
    snippet = subprocess.run(
        [sys.executable, "-c", block("python", "json_normalize") + "\nprint(len(frame), len(scores))"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert snippet.stdout.split() == ["3", "150"]


def test_the_commands_of_the_readme_are_understood(cli, tmp_path):
    """With `status` in the place of `run`: it takes the same options and runs nothing."""
    commands = [
        re.sub(r"\s+#.*", "", line).removeprefix("python -m bench ")
        for text in blocks("sh")
        for line in text.splitlines()
        if line.startswith("python -m bench ")
    ]
    assert len(commands) >= 7
    write_machines(tmp_path / "machines.csv")
    for command in commands:
        arguments = shlex.split(command)
        if any(word in command for word in ("FOLDER", "BEFORE", "data pull", "adbench:")):
            continue  # they need what is not here
        match arguments[0]:
            case "run" if "--data" in arguments:
                arguments += ["--detectors", "knn", "--seeds", "1"]
            case "run":
                arguments = ["status", *[part for part in arguments[1:] if part not in ENGINE]]
            case "time" | "inspect" | "rank" | "report" | "recommend":  # each has tests of its own
                arguments = [arguments[0], "--help"]
        process = cli(*arguments)
        assert process.returncode == 0, (command, process.stderr)


def write_machines(file):
    """The table of the README's example."""
    rng = np.random.default_rng(0)
    states = np.where(np.arange(90) % 9, "ok", "broken")
    rows = [f"{i},note {i},{state},{rng.normal():.3f},{rng.normal(3 * (state != 'ok')):.3f}"
            for i, state in enumerate(states)]  # fmt: skip
    file.write_text("\n".join(["id,note,state,heat,noise", *rows]))


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_the_links_of_the_readme_lead_somewhere(link):
    assert (ROOT / link).exists()


def test_the_notebook_of_the_readme_runs_on_the_reference_results():
    code = block("python", "bench.load_results").replace('"results"', repr(str(ROOT / "results")))
    names = {}
    exec(code, names)
    assert len(names["trials"]) > 1000
