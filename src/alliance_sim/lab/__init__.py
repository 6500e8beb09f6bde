"""The teaching page: the same model in the reader's browser, bit for bit.

    from alliance_sim.lab import solution

    solution("#v=1&edit=without+great_raid", "two_islands/baseline")

`alliance-sim lab` opens the page and writes it as one file; in a notebook `scenario.lab()` shows
it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alliance_sim.late_names import late_names

if TYPE_CHECKING:
    from alliance_sim.lab.shown_page import Page
    from alliance_sim.lab.solving import solution

__all__ = ["Page", "solution"]

_HOMES = {
    "alliance_sim.lab.shown_page": ["Page"],
    "alliance_sim.lab.solving": ["solution"],
}

__getattr__, __dir__ = late_names(__name__, _HOMES)
