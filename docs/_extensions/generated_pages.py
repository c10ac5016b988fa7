"""Write the pages that are made from the code, before Sphinx reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import command_line
import metric_lists
from sphinx.application import Sphinx

PAGES = {"commands": command_line.page, "metrics": metric_lists.page}


def write_pages(app: Sphinx) -> None:
    """Write each page into the folder ``reference``, which git ignores them in."""
    for name, page in PAGES.items():
        file = Path(app.srcdir) / "reference" / f"{name}.md"
        file.write_text("\n".join(page()) + "\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Called by Sphinx."""
    app.connect("builder-inited", write_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
