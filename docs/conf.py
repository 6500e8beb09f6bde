"""How the documentation is built: `sphinx-build -W docs build/docs`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # where `from_package` stands

project = "alliance-sim"
author = "alliance-sim contributors"
copyright = "2026, alliance-sim contributors"

extensions = [
    "from_package",
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["images"]

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_custom_sections = ["Source"]
napoleon_numpy_docstring = False

html_theme = "furo"
html_title = "alliance-sim"
html_show_sourcelink = False
