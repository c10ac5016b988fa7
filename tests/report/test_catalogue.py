"""detectors/README.md is what the plugins declare of themselves."""

from __future__ import annotations

import re
from dataclasses import replace

from bench.plugins.contract import FAMILIES
from bench.plugins.registry import builtin_folders
from bench.report.catalogue import markdown

COMMITTED = builtin_folders()[0] / "README.md"


def test_the_committed_catalogue_is_up_to_date(cli):
    made = cli("list", "detectors", "--markdown")
    assert made.returncode == 0, made.stderr
    assert made.stdout == COMMITTED.read_text(encoding="utf-8"), (
        "run: python -m bench list detectors --markdown > detectors/README.md"
    )


def test_every_detector_has_its_row_in_the_table_of_its_family(registry):
    sections = dict(
        re.findall(r"## (\w+): [^\n]*\n\n(.*?)(?=\n\n##|\Z)", markdown(registry.detectors.values()), re.S)
    )
    assert set(sections) == set(FAMILIES)
    for name, plugin in registry.detectors.items():
        assert len(re.findall(rf"^\| {name}(?: †)? +\|", sections[plugin.family], re.M)) == 1


def test_every_builtin_detector_says_what_it_is_and_where_it_comes_from(registry):
    for name, plugin in registry.detectors.items():
        if plugin.family == "baseline":
            continue
        assert re.search(r"\(.*((17|18|19|20)\d\d|the article).*\)\.$", plugin.summary), name
        assert len(plugin.summary) <= 110, name
        assert plugin.family, name
        assert plugin.complexity, name


def test_no_detector_file_is_over_two_hundred_lines():
    for file in builtin_folders()[0].glob("*.py"):
        assert len(file.read_text(encoding="utf-8").splitlines()) <= 200, file.name


def test_what_is_installed_does_not_matter(registry, monkeypatch):
    before = markdown(registry.detectors.values())
    monkeypatch.setattr("bench.plugins.registry._importable", lambda _: False)
    assert markdown(registry.detectors.values()) == before
    assert "xgboost" in before


def test_a_detector_of_no_family_stands_apart(registry):
    plugin = replace(registry.detectors["knn"], family="")
    assert "## other: of no stated family" in markdown([plugin])
