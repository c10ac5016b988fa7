from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.errors import BenchError
from bench.files import plain_name, write_chosen, write_file, write_files


def names_in(folder):
    return sorted(file.name for file in folder.iterdir())


@pytest.mark.parametrize(
    "name",
    ["../x.md", "a/../../x.md", "/tmp/x.md", "", ".", "a//b", "a\x00b", "a\nb", "CON", "nul.md", "COM1.txt",
     "C:\\x", "a\\b", "x.md ", "x.", "x" * 300, "figures/", "a:stream"],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    folder = tmp_path / "results"
    with pytest.raises(BenchError, match="cannot name a file in"):
        write_file(folder, name, "text")
    assert not list(tmp_path.iterdir())


def test_a_file_is_written_in_folders_below(tmp_path):
    [first, second] = write_files({"a.md": "µ\n", "figures/b.svg": b"\x00"}, tmp_path / "new")
    assert first.read_bytes() == "µ\n".encode()
    assert second == tmp_path / "new" / "figures" / "b.svg"
    assert second.read_bytes() == b"\x00"
    assert names_in(tmp_path / "new") == ["a.md", "figures"]


def test_a_link_in_the_place_of_a_file_is_replaced_and_not_followed(tmp_path):
    elsewhere = tmp_path / "kept.txt"
    elsewhere.write_text("kept")
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "a.md").symlink_to(elsewhere)
    write_file(tmp_path / "results", "a.md", "text")
    assert elsewhere.read_text() == "kept"
    assert (tmp_path / "results" / "a.md").read_text() == "text"
    assert not (tmp_path / "results" / "a.md").is_symlink()


def test_a_folder_that_is_a_link_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "figures").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(BenchError, match=r"figures' is a link.*delete it"):
        write_file(tmp_path / "results", "figures/a.svg", "text")
    assert names_in(tmp_path / "elsewhere") == []


def test_what_cannot_be_written_leaves_the_old_file_and_no_part(tmp_path, monkeypatch):
    write_file(tmp_path, "a.md", "old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(BenchError, match=r"No space left on device; give another folder with --out"):
        write_file(tmp_path, "a.md", "new", option="--out")
    assert names_in(tmp_path) == ["a.md"]
    assert (tmp_path / "a.md").read_text() == "old"


def test_text_that_utf8_cannot_hold_is_written_escaped(tmp_path):
    assert write_file(tmp_path, "a.md", "x\udc80").read_text() == "x\\udc80"


def test_a_persons_own_link_leads_to_the_file_that_is_meant(tmp_path):
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    write_chosen(tmp_path / "link.csv", "1\n")
    assert (tmp_path / "real.csv").read_text() == "1\n"
    with pytest.raises(BenchError, match="cannot write"):
        write_chosen(tmp_path, "1")
    with pytest.raises(BenchError, match="cannot write"):
        write_chosen(tmp_path / "a\x00b", "1")


def test_what_is_no_file_is_written_to_as_it_is(tmp_path):
    write_chosen(Path("/dev/null"), "1")
    assert Path("/dev/null").is_char_device()


@given(st.text(max_size=300))
def test_any_text_gives_a_plain_name(text):
    name = plain_name(text)
    assert name == plain_name(text)
    assert "/" not in name
    assert len(name) <= 107
    assert name not in ("", ".", "..")


def test_honest_names_stay_and_others_keep_apart():
    assert plain_name("own-my_table.2-3f2a") == "own-my_table.2-3f2a"
    assert plain_name("größe") == "größe"
    assert len({plain_name(text) for text in ("../x", "x", "/x", "x\n", "CON", "con")}) == 6
