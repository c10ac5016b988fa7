"""The documentation site: `make docs` builds it, and a warning of any kind fails the build."""

import sys
from pathlib import Path

import bench

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "detector-bench"
author = "the detector-bench authors"
version = release = bench.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.githubpages",
    "numpydoc",
    "sphinx_copybutton",
    "sphinx_design",
    "generated_pages",
    "public_names",
]
exclude_patterns = ["_build"]
nitpicky = True
smartquotes = False  # they make a dash of --all
show_warning_types = True

myst_enable_extensions = ["attrs_block", "colon_fence", "deflist"]
myst_heading_anchors = 3
copybutton_exclude = ".linenos, .gp, .go"

# Single backticks in a docstring name a public object; what is not one is written with double backticks.
default_role = "py:obj"
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
# A documented name has a docstring (GL08) with each of its parameters (PR01) and no others (PR02).
numpydoc_validation_checks = {"GL08", "PR01", "PR02"}
# What functions return has attributes, which its docstring names; nobody makes one.
numpydoc_validation_exclude = {
    r"^bench\.api\._\w+\.[A-Z]\w*$",
    r"^bench\.analysis\.(comparison\.RunComparison|placing\.Placing)$",
}

html_theme = "pydata_sphinx_theme"
html_title = "detector-bench"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_show_sourcelink = False
html_sidebars = {"index": [], "first-hour": []}  # they stand in no section
html_theme_options = {
    "navbar_align": "left",
    "header_links_before_dropdown": 6,
    "navigation_with_keys": False,
    "show_toc_level": 2,
    "show_prev_next": True,
    "footer_start": ["copyright"],
    "footer_end": ["theme-version"],
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
copyright = "the detector-bench authors, BSD-3-Clause"
