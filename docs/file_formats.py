# ruff: noqa: INP001 - beside conf.py, not in a package
"""The table of file formats: the versions stand in the code that writes and reads each."""

from __future__ import annotations

from cells import table

from alliance_sim import provenance
from alliance_sim.results import saved
from alliance_sim.sweep import plan
from alliance_sim.sweep.store import metadata
from alliance_sim.world import recipe


def formats() -> str:
    """Return what is written, in which format, and where its version stands."""
    results = "manifest of results, origin in a figure"
    rows = (
        ("ensemble", "`.parquet`, `.nc`", saved.FORMAT, f"`format` in the label `{saved.MARK}`"),
        ("sweep folder", f"`{metadata.METADATA}`", metadata.FORMAT, "`format`"),
        ("plan in a sweep folder", f"`plan` in `{metadata.METADATA}`", plan.FORMAT, "`format`"),
        (results, "`manifest.json`, PNG", provenance.MANIFEST_FORMAT, "`format`"),
        ("recipe", "JSON", recipe.VERSION, "`version`"),
    )  # fmt: skip
    head = ("what", "file", "format now", "where it stands")
    return table(head, rows)
