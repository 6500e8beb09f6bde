"""Does a scenario differ from one that was fitted by nothing but edits, and in what else if not?"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from alliance_sim import provenance
from alliance_sim.scenario.describe import diff

if TYPE_CHECKING:
    from alliance_sim.scenario import Scenario

MOST_TOLD = 3  # names of several that are told


def misfit(mine: Scenario, scenario: Scenario, *, fitted: Collection[str]) -> str:
    """Return in a sentence why draws do not go with a scenario, "" if they do.

    Args:
        mine: The scenario that was fitted.
        scenario: The scenario that they are wanted for.
        fitted: Paths of what the draws set, which may differ.
    """
    if scenario.relationship != mine.relationship:
        return (
            f"the posterior is of {mine.relationship!r}, and {scenario.name} of "
            f"{scenario.relationship or 'no relationship'!r}"
        )
    free = {*fitted, *provenance.BELIEFS}
    told = [change.path for change in scenario.edits]
    other = [
        place.path
        for place in diff(mine, scenario)
        if not any(_within(place.path, path) for path in free)
        and not any(_says(path, place.path) for path in told)
    ]
    if not other:
        return ""
    return (
        f"the posterior is of {mine.name}, and {scenario.name} differs from that, by no edit, "
        f"in {first_of(other)}"
    )


def first_of(names: Sequence[str]) -> str:
    """Return the first of several names, and how many more there are."""
    more = f" and {len(names) - MOST_TOLD} more" if len(names) > MOST_TOLD else ""
    return f"{', '.join(names[:MOST_TOLD])}{more}"


def _within(path: str, whole: str) -> bool:
    """Whether a path is another one, or leads to a part of what lies there."""
    return path == whole or path.startswith(f"{whole}.")


def _says(edit: str, path: str) -> bool:
    """Whether an edit at one path says what differs at another; junctures change as a whole."""
    head = edit.split(".")
    return _within(path, ".".join(head[:2]) if head[0] == "juncture" else edit)
