"""Writing texts as files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bench.runs.writing import unwritable


def write_texts(texts: Mapping[str, str], folder: Path) -> list[Path]:
    """Write each text into its file below a folder; returns their paths. BenchError if that fails."""
    try:
        for name, text in texts.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise unwritable(folder, error) from None
    return [folder / name for name in texts]
