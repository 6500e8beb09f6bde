# ruff: noqa: INP001 - beside conf.py, not in a package
"""Tables of what files hold: the data dictionary, and the versions of formats."""

from __future__ import annotations

from cells import signed, table, text

from alliance_sim import load_scenario, provenance
from alliance_sim.glossary import unit_words
from alliance_sim.report.result_folder import ANY, columns_told, kinds_of_tables
from alliance_sim.results import saved
from alliance_sim.results.state_metadata import Meaning
from alliance_sim.shipped import usual_scenario
from alliance_sim.sweep import plan
from alliance_sim.sweep.store import metadata
from alliance_sim.sweep.store.parquet import ALWAYS
from alliance_sim.world import recipe
from alliance_sim.world.catalogue import catalogue


def formats() -> str:
    """Return what is written, in which format, and where its version stands."""
    results = "manifest of results or of a sweep, origin in a figure"
    rows = (
        ("ensemble", "`.parquet`, `.nc`", saved.FORMAT, f"`format` in the label `{saved.MARK}`"),
        ("sweep folder", f"`{metadata.METADATA}`", metadata.FORMAT, "`format`"),
        ("plan in a sweep folder", f"`plan` in `{metadata.METADATA}`", plan.FORMAT, "`format`"),
        (results, "`manifest.json`, PNG", provenance.MANIFEST_FORMAT, "`format`"),
        ("recipe", "JSON", recipe.VERSION, "`version`"),
    )
    head = ("what", "file", "format now", "where it stands")
    return table(head, rows)


def states_dictionary() -> str:
    """Return every state of the usual scenario: what it is, its unit, its range."""
    rows = catalogue("states", load_scenario(usual_scenario())).tree()
    return table(
        ("state", "what it is", "unit", "range"),
        ((f"`{r['name']}`", text(r["what_it_is"]), *_measured(r)) for r in rows),
    )


def outcomes_dictionary() -> str:
    """Return every standard outcome of the usual scenario, likewise, and the text that asks it."""
    rows = catalogue("outcomes", load_scenario(usual_scenario())).tree()
    return table(
        ("outcome", "what it is", "as text", "unit", "range"),
        (
            (f"`{r['name']}`", text(r["what_it_is"]), f"`{r['as_text']}`", *_measured(r))
            for r in rows
        ),
    )


def row_labels() -> str:
    """Return the columns that are in the rows of every sweep."""
    rows = ((f"`{name}`", text(told.long_name)) for name, told in ALWAYS.items())
    return table(("column", "what it holds"), rows)


def table_columns() -> str:
    """Return the columns of the tables that commands write: first those of any table."""
    shared = columns_told(ANY)
    rows = [
        ("any", f"`{name}`", text(told.long_name), _unit(told)) for name, told in shared.items()
    ]
    for kind in kinds_of_tables():
        rows += [
            (f"`{kind}`", f"`{name}`", text(told.long_name), _unit(told))
            for name, told in columns_told(kind).items()
            if shared.get(name) != told
        ]
    return table(("table", "column", "what it holds", "unit"), rows)


def _unit(told: Meaning) -> str:
    return text(told.unit) if told.unit not in {"", "1"} else "–"


def _measured(row: dict[str, object]) -> tuple[str, str]:
    return text(unit_words(str(row["unit"])) or "–"), signed(str(row["range"]))
