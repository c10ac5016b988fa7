"""What the page's folder holds beside the page: its own style and script, and the libraries'."""

from __future__ import annotations

import json
from importlib.resources import files

# DataTables comes as a module, which a page on disk may not load; it reads the module's text instead.
TABLES = "window.tablesModule = "


def assets() -> dict[str, str]:
    """Texts by file name: plotly and DataTables as the packages plotly and itables bring them."""
    own, plotly, itables = files("bench.report.page"), files("plotly"), files("itables")
    bundle = itables.joinpath("html", "dt_bundle.js").read_text(encoding="utf-8")
    return {
        "page.css": own.joinpath("page.css").read_text(encoding="utf-8"),
        "page.js": own.joinpath("page.js").read_text(encoding="utf-8"),
        "plotly.min.js": plotly.joinpath("package_data", "plotly.min.js").read_text(encoding="utf-8"),
        "tables.css": itables.joinpath("html", "dt_bundle.css").read_text(encoding="utf-8"),
        "tables.js": f"{TABLES}{json.dumps(bundle)};\n",
    }
