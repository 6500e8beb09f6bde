"""How the documentation is built: `sphinx-build -W docs build/docs`."""

import gc
import sys
from pathlib import Path

# What is read of all pages stays to the end: to look for garbage among it took a third of the time.
gc.disable()
sys.path.insert(0, str(Path(__file__).parent))  # where `from_package` stands

project = "alliance-sim"
author = "alliance-sim contributors"
copyright = "2026, alliance-sim contributors"

extensions = [
    "from_package",
    "lab_page",
    "mathml",
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
]
exclude_patterns = ["images"]

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 4

# Notebooks are kept without output, and run whenever the pages are built.
nb_execution_mode = "force"
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_execution_timeout = 600
nb_merge_streams = True

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
napoleon_custom_sections = ["Source"]
napoleon_numpy_docstring = False

html_math_renderer = "mathml"
html_static_path = ["static"]
html_css_files = ["pages.css"]
html_js_files = ["pages.js"]
html_theme = "furo"
html_title = "alliance-sim"
html_show_sourcelink = False
