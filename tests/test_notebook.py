"""The notebook of the docs runs as it stands."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

nbclient = pytest.importorskip("nbclient", reason="the notebook needs the extra 'notebook'")
nbformat = pytest.importorskip("nbformat", reason="the notebook needs the extra 'notebook'")
pytest.importorskip("ipykernel", reason="the notebook needs the extra 'notebook'")

NOTEBOOK = Path(__file__).parents[1] / "docs" / "guide" / "notebook.ipynb"


@pytest.fixture
def notebook():
    return nbformat.read(NOTEBOOK, as_version=4)


def test_it_is_committed_without_outputs(notebook):
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


def test_its_cells_run_one_after_another(notebook, tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    nbclient.NotebookClient(notebook, timeout=240, resources={"metadata": {"path": str(tmp_path)}}).execute()
    texts = [
        output.get("text", "") or output.get("data", {}).get("text/plain", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
    ]
    assert any(text.startswith("rank_mean:") for text in texts)
    assert any("fault" in text for text in texts)  # among the highest scores of February
    assert any("false ones to expect" in text for text in texts)
    assert not any(output.output_type == "stream" and output.name == "stderr"
                   for cell in notebook.cells for output in cell.get("outputs", []))  # fmt: skip
