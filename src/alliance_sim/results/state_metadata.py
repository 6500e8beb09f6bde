"""What each reported state means, and its unit, in words for axes and file attributes.

States are told by how their names begin, because the rest of a name is a partner, a threat or a
member of whatever scenario was run.
"""

from __future__ import annotations

from typing import NamedTuple


class Meaning(NamedTuple):
    """A state in words.

    Attributes:
        long_name: What it is.
        unit: "1" for a share or a number without unit; empty where it cannot be told.
    """

    long_name: str
    unit: str


WHOLE = {
    "agenda_overlap": Meaning("how far both sides fear the same threats", "1"),
    "assets_general": Meaning("institutional assets that outlive a mission", "1"),
    "assets_mission": Meaning("institutional assets tied to missions", "1"),
    "rung": Meaning("formal steps climbed", "rung"),
    "agreements": Meaning("agreements with single allies in force", "agreements"),
    "suspensions": Meaning("whether running operations are suspended in the quarter", "1"),
    "blocked": Meaning("formal steps tried and refused in the quarter", "steps"),
}
BEGINNINGS = {
    "level_": Meaning("level of cooperation: {}", "1"),
    "willing_": Meaning("level that a side would choose alone: {}", "1"),
    "win_set_": Meaning("part of a domain that domestic law leaves open: {}", "1"),
    "attention_": Meaning("attention to distant theatres: {}", "1"),
    "ratio_": Meaning("log benefit/cost of political cooperation: {}", "log-odds"),
    "perceived_": Meaning("how strongly a side feels a threat: {}", "1"),
    "hostility_": Meaning("how hostile a threat is: {}", "1"),
    "count_": Meaning("events in the quarter: {}", "events"),
    "refused_": Meaning("whether a formal step failed by a refusal of: {}", "1"),
    "passed_": Meaning("whether a proposal has passed: {}", "1"),
}


def meaning(state: str) -> Meaning:
    """Return what a reported state means; its name alone if it begins like none of them."""
    if state in WHOLE:
        return WHOLE[state]
    for beginning, found in BEGINNINGS.items():
        if state.startswith(beginning):
            rest = state.removeprefix(beginning).replace("_", " ")
            return Meaning(found.long_name.format(rest), found.unit)
    return Meaning(state.replace("_", " "), "")
