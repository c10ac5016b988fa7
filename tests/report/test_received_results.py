"""Results that someone else has sent: nothing leaves the folder, or becomes markup or commands."""

from __future__ import annotations

import csv
import io
import json
import lzma
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bench.analysis.results import load_suite_results
from bench.cli._output import console
from bench.errors import BenchError
from bench.report import write_report
from bench.report.exports import export
from bench.report.terminal import print_leaderboards
from bench.runs.rewriting import pack_run

RESULTS = Path(__file__).parents[2] / "results"
# Harmless markers: each would show in some format if it were not escaped.
MARKS = (
    "<b id=marker>x</b> =1+1 [bold]y[/bold] \x1b[31mred\x1b]0;title\x07 \u202e| \\input{z} $\\frac$ `q` :bug:"
)


@pytest.fixture(scope="module")
def received(tmp_path_factory):
    """A run whose every free text is hostile, and whose suite is named so as to lead out of the folder."""
    folder = tmp_path_factory.mktemp("received") / "results"
    run = folder / "runs" / "sent"
    shutil.copytree(RESULTS / "runs" / "reference-article", run)
    info = json.loads(lzma.decompress((run / "run.json.xz").read_bytes()))
    (run / "run.json.xz").unlink()
    info["suite"] |= {"name": "../../outside", "title": f"=1+1 {MARKS}"}
    for environment in info["environments"].values():
        environment["cpu"] = MARKS
    lines = lzma.decompress((run / "trials.jsonl.xz").read_bytes()).splitlines()
    (run / "trials.jsonl.xz").unlink()
    names = {}
    records = [json.loads(line) for line in lines]
    for record in records:
        label = record["detector"]["label"]
        names[label] = record["detector"]["label"] = f"=1+1{label} {MARKS}"
    records[-1] |= {"status": "failed", "reason": f"=1+1 {MARKS}\n| a | b |", "metrics": {}}
    for plan in info["plans"]:
        for cell in plan["cells"]:
            cell["detectors"] = [names.get(name, name) for name in cell["detectors"]]
    (run / "run.json").write_text(json.dumps(info))
    (run / "trials.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    return folder


@pytest.fixture(scope="module")
def loaded(received):
    return load_suite_results(received)


@pytest.fixture(scope="module")
def written(received, loaded):
    return write_report(loaded, received)


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.ids = []

    def handle_starttag(self, tag, attrs):
        self.ids += [value for name, value in attrs if name == "id"]


def test_nothing_is_written_outside_the_folder(received, written):
    inside = received.resolve()
    assert {entry.name for entry in inside.parent.iterdir()} == {"results"}
    assert all(file.resolve().is_relative_to(inside) for file in written)


def test_markdown_and_page_hold_no_markup_and_no_codes(written):
    for file in written:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text), file
        if file.suffix == ".md":
            assert "<b" not in text
        if file.suffix == ".html":
            tags = _Tags()
            tags.feed(text)
            assert "marker" not in tags.ids
            assert "1+1knn" in text or "1+1isolation_forest" in text  # it is about these names


def test_drawings_hold_no_elements_from_names(written):
    for file in written:
        if file.suffix == ".svg":
            tree = ElementTree.parse(file)
            assert not [element for element in tree.iter() if element.get("id") == "marker"]


def test_tables_for_spreadsheets_hold_no_formulas(written, loaded):
    texts = [file.read_text(encoding="utf-8") for file in written if file.suffix == ".csv"]
    for text in [*texts, export(loaded, "csv").decode()]:
        cells = [cell for row in csv.reader(io.StringIO(text)) for cell in row]
        assert any(cell.startswith("'=1+1") for cell in cells)
        assert not [cell for cell in cells if cell.startswith("=")]


def test_latex_holds_no_commands_from_names(loaded):
    text = export(loaded, "latex").decode()
    assert "\\input" not in text
    assert r"\label{tab:..-..-outside-" in text
    assert "\x1b" not in text


def test_the_terminal_is_not_steered(loaded, capsys):
    for results in loaded:
        print_leaderboards(results, console())
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "\\x1b[31mred" in shown
    assert "[bold]y[/bold]" in shown
    assert ":bug:" in shown


def test_links_in_received_results_lead_nowhere(received, loaded, tmp_path):
    results = tmp_path / "results"
    shutil.copytree(received / "runs", results / "runs")
    kept = tmp_path / "kept.txt"
    kept.write_text("kept")
    (results / "leaderboard.md").symlink_to(kept)
    write_report(loaded, results)
    assert kept.read_text() == "kept"


def test_a_run_is_not_packed_through_a_link(received, tmp_path):
    results = tmp_path / "results"
    shutil.copytree(received / "runs", results / "runs")
    kept = tmp_path / "kept.bin"
    kept.write_bytes(bytes(range(256)) * 100)
    (results / "runs" / "sent" / "scores.f64").symlink_to(kept)
    with pytest.raises(BenchError, match="is a link, through which nothing is written"):
        pack_run(results, "sent", keep_scores=1)
    assert kept.read_bytes() == bytes(range(256)) * 100
