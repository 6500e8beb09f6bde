"""What each reported state means, and its unit, in words for axes and file attributes.

The states are declared in a room above; what they mean comes with the results from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import NamedTuple

from alliance_sim.glossary import with_unit


class Meaning(NamedTuple):
    """A state in words.

    Attributes:
        long_name: What it is called, in plain words.
        unit: "1" for a share from 0 to 1; one that ends in " a quarter" for what happens in a
            quarter and can be summed; empty where it cannot be told.
        low: Lowest value that it can have; infinite where there is no limit.
        high: Highest value.
    """

    long_name: str
    unit: str
    low: float = -inf
    high: float = inf

    def axis(self, unit: str | None = None) -> str:
        """Return the label of an axis: the name with its unit or its range, or another unit."""
        unit = self.unit if unit is None else unit
        return with_unit(self.long_name, "0 to 1" if unit == "1" else unit)


Meanings = Mapping[str, Meaning]  # by the name of the state


def meaning(state: str, meanings: Meanings) -> Meaning:
    """Return what a state means; its name alone if nobody says."""
    return meanings.get(state, Meaning(state.replace("_", " "), ""))
