"""What each reported state means, and its unit, in words for axes and file attributes.

The states are declared in a room above; what they mean comes with the results from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Meaning(NamedTuple):
    """A state in words.

    Attributes:
        long_name: What it is.
        unit: "1" for a share or a number without unit; empty where it cannot be told.
    """

    long_name: str
    unit: str


Meanings = Mapping[str, Meaning]  # by the name of the state


def meaning(state: str, meanings: Meanings) -> Meaning:
    """Return what a state means; its name alone if nobody says."""
    return meanings.get(state, Meaning(state.replace("_", " "), ""))
