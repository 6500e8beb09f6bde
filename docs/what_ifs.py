# ruff: noqa: INP001 - beside conf.py, not in a package
"""The scenarios that come with the program: what each asks, and what the model says to it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from cells import table, text

from alliance_sim import compare
from alliance_sim.glossary import domain_words, percent, signed
from alliance_sim.scenario.file import shipped_scenarios as titles_and_questions
from alliance_sim.shipped import usual_scenario

if TYPE_CHECKING:
    from alliance_sim import Comparison

RUNS, SEED = 200, 1
LEAST = 0.01  # a difference that is told


def what_ifs(relationship: str = "") -> str:
    """Return the what-ifs of a relationship: name, title, question, and the answer of the model.

    Args:
        relationship: Folder of the scenarios; that of the usual one if left out.
    """
    folder = relationship or usual_scenario().partition("/")[0]
    found = _compared(folder)
    told = titles_and_questions()
    rows = []
    for name, label in zip(_edited(folder), found.edited, strict=True):
        title, question = told[name]
        rows.append((f"`{name}`", f"{text(title)}. *{text(question)}*", _headline(found, label)))
    return table(("scenario", "what it is, and what it asks", "what the model says"), rows)


def what_ifs_command() -> str:
    """Return how one answer of the table is computed again."""
    name = _edited(usual_scenario().partition("/")[0])[0]
    return (
        f"Computed from {RUNS} pairs of histories while this page was built; one of them again:\n\n"
        f"```sh\nalliance-sim compare {name} --runs {RUNS} --seed {SEED}\n```"
    )


def _edited(folder: str) -> list[str]:
    """Return the names of the scenarios in a folder that are edits of another."""
    told = titles_and_questions()
    return [n for n in told if n.startswith(f"{folder}/") and told[n][1]]


@cache
def _compared(folder: str) -> Comparison:
    return compare(*_edited(folder), runs=RUNS, seed=SEED)


def _headline(found: Comparison, label: str) -> str:
    """Return what an edited scenario comes to: the level that differs most, and formal steps."""
    of_label = found.table[found.table["scenario"] == label]
    rows: list[dict[Any, Any]] = of_label.to_dict("records")
    levels = [row for row in rows if row["outcome"] == f"{row['state']}@{row['year']}"]
    levels = [row for row in levels if row["state"].startswith("level_")]
    most = max(levels, key=lambda row: abs(row["difference"]))
    last = max((row for row in levels if row["state"] == most["state"]), key=lambda r: r["year"])
    steps = max((row for row in rows if row["state"] == "rung"), key=lambda row: row["year"])
    if abs(most["difference"]) < LEAST:
        told = [f"No level of cooperation differs by {LEAST:g}"]
    else:
        of = domain_words(most["state"].removeprefix("level_"))
        span = f"({signed(most['low'])} to {signed(most['high'])})"
        when = f"{of[:1].upper()}{of[1:]} at the end of {most['year']}"
        told = [f"{when}: {signed(most['difference'])} {span}"]
        if last["year"] != most["year"]:
            told.append(f"at the end of {last['year']}: {signed(last['difference'])}")
    told.append(
        f"formal step at the end of {steps['year']}: lower in {percent(steps['below'])}, higher in "
        f"{percent(steps['above'])} of the pairs"
    )
    return "; ".join(told)
