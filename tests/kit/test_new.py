"""Plugin files to start from, where they cannot be written."""

from __future__ import annotations

import pytest

from bench.errors import BenchError
from bench.kit.new import write_plugin


def test_no_file_is_overwritten(tmp_path):
    file = write_plugin("detector", "mine", tmp_path)
    file.write_text("changed")
    with pytest.raises(BenchError, match="exists already"):
        write_plugin("detector", "mine", tmp_path)
    assert file.read_text() == "changed"


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BenchError, match="give another folder with --folder"):
        write_plugin("dataset", "mine", tmp_path / "file")
