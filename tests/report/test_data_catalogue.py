"""datasets/README.md is what the families declare of themselves, and their pictures are there."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bench.plans.suite import suite_names
from bench.plugins.decorators import dataset
from bench.plugins.registry import builtin_folders
from bench.report.data_catalogue import is_drawn, markdown, meaning, picture_of
from bench.report.data_pictures import draw_pictures
from bench.splits.corruption import CORRUPTIONS

DATASETS = builtin_folders()[1]
COMMITTED = DATASETS / "README.md"


@pytest.fixture(scope="module")
def families(registry):
    return registry.datasets


def sections(text):
    """The text under each heading of a family."""
    return dict(re.findall(r"^### (\S+)\n\n(.*?)(?=\n\n##|\Z)", text, re.S | re.M))


def test_the_committed_catalogue_is_up_to_date(cli):
    made = cli("list", "datasets", "--markdown")
    assert made.returncode == 0, made.stderr
    assert made.stdout == COMMITTED.read_text(encoding="utf-8"), (
        "run: python -m bench list datasets --markdown --pictures datasets/pictures > datasets/README.md"
    )


def test_every_family_has_a_row_and_a_section_with_its_parameters(families):
    text = markdown(families.values())
    overview = text.partition("\n## ")[0]
    assert set(sections(text)) == set(families)
    for name, plugin in families.items():
        assert len(re.findall(rf"^\| {name} +\|", overview, re.M)) == 1
        for parameter in plugin.defaults:
            assert re.search(rf"^\| {parameter} +\|", sections(text)[name], re.M), (name, parameter)


def test_every_corruption_is_explained_and_every_sweep_listed(families):
    _, corruptions, sweeps = re.split("\n## (?:Corruptions|Sweeps)\n", markdown(families.values()))
    assert re.findall(r"^\| (\w+) ", corruptions, re.M)[1:] == list(CORRUPTIONS)
    listed = re.findall(r"^\| (sweep-\S+) ", sweeps, re.M)
    assert listed == [name for name in suite_names() if name.startswith("sweep-")]


def test_the_pictures_are_there_and_small(families):
    wanted = {picture_of(plugin) for plugin in families.values()} - {None}
    pictures = list((DATASETS / "pictures").iterdir())
    assert {file.name for file in pictures} == wanted
    assert {picture_of(plugin) for plugin in families.values() if is_drawn(plugin)} <= wanted
    assert sum(file.stat().st_size for file in pictures) < 500_000
    shown = re.findall(r"!\[(.+?)\]\(pictures/(.+?)\)", COMMITTED.read_text(encoding="utf-8"))
    assert {name for _, name in shown} == wanted
    assert all(alternative.startswith(name[:-4]) for alternative, name in shown)


def test_every_real_family_whose_data_are_at_hand_states_its_licence_and_source(families):
    for plugin in families.values():
        if not is_drawn(plugin) and not plugin.required:
            assert plugin.licence, plugin.name
            assert "Source: " in plugin.doc, plugin.name


def test_what_is_installed_does_not_matter(families, monkeypatch):
    before = markdown(families.values())
    monkeypatch.setattr("bench.plugins.registry._importable", lambda _: False)
    assert markdown(families.values()) == before


@dataset(modality="curve", examples=({"tall": 1}, {"tall": 2}))
def told(rng, *, normals=5, test_normals=3, tall=1, wide=2, calibration=0.1, shape="a", low=0.0):
    """Curves that are ``tall``.

    ``shape``: a, b; or c. ``wide`` is the width; ``low`` the lowest value. A row has ``tall`` values.
    """


def test_a_parameter_means_what_the_docstring_says_it_is():
    plugin = told.__bench_plugin__
    found = {name: meaning(plugin, name) for name in plugin.defaults}
    assert found["shape"] == "a, b; or c"
    assert found["wide"] == "the width"
    assert found["tall"] == found["low"] == "described above"
    assert found["normals"].startswith("normal rows to learn from")
    assert found["calibration"].startswith("share of the rows to learn from")
    assert meaning(replace(plugin, doc=""), "wide") == "–"


@pytest.mark.parametrize("name", ["blobs", "bumps", "digits"])
def test_the_same_picture_is_drawn_again(families, tmp_path, name):
    files = []
    for folder in ("one", "two"):
        assert draw_pictures([families[name]], tmp_path / folder) == [f"{name}.png"]
        files.append((tmp_path / folder / f"{name}.png").read_bytes())
    assert files[0] == files[1]
    assert files[0].startswith(b"\x89PNG")


def test_data_that_need_a_file_and_packages_that_are_missing_give_no_picture(families, tmp_path):
    missing = replace(families["blobs"], requires=("no_such_package",))
    assert draw_pictures([families["adbench"], missing], tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_a_catalogue_is_of_detectors_or_of_datasets(cli):
    made = cli("list", "--markdown")
    assert made.returncode == 2
    assert "`list detectors --markdown` or `list datasets --markdown`" in made.stderr
    made = cli("list", "detectors", "--pictures", "here")
    assert made.returncode == 2
    assert "--pictures goes with `list datasets --markdown`" in made.stderr
