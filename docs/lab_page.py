# ruff: noqa: INP001 - a page-building extension beside conf.py, not a package
"""The lab on the first screen of the documentation: one file beside the pages, made by the build.

It comes without draws of the posterior, so that it is small: it runs histories of its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from alliance_sim import load_scenario
from alliance_sim.lab.exporting import export
from alliance_sim.lab.payload import payload_of
from alliance_sim.shipped import usual_scenario

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FILE = "lab.html"


def write(app: Sphinx, problem: Exception | None) -> None:
    """Write the page beside those that were built."""
    if problem is None and app.builder.format == "html":
        payload = payload_of(load_scenario(usual_scenario()), draws=False)
        export(payload, Path(app.outdir) / FILE)


def setup(app: Sphinx) -> dict[str, Any]:
    """Let the build write the page."""
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
