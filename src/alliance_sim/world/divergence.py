"""The first quarter that an edit touches: until then both worlds are the same to the last bit."""

from __future__ import annotations

from collections.abc import Iterator

from alliance_sim.world.coefficients import coefficients
from alliance_sim.world.world import Channels, Inputs, World

THROUGHOUT = (
    *("calendar", "threats", "offence", "distracting", "asian", "members", "offsets", "rungs"),
)


def first_touched(factual: World, edited: World) -> int | None:
    """Return the first step whose inputs differ between two worlds.

    Args:
        factual: A world.
        edited: Another with the same calendar.

    Returns:
        A step; 0 if they differ in what holds throughout; None if nothing differs.
    """
    if coefficients(factual.scenario) != coefficients(edited.scenario):
        return 0
    if any(getattr(factual, key) != getattr(edited, key) for key in THROUGHOUT):
        return 0
    if _decisions(factual) != _decisions(edited):
        return 0
    both_inputs = zip(_seen(factual), _seen(edited), strict=True)
    steps = [step for step, (a, b) in enumerate(both_inputs) if a != b][:1]
    laws, others = ({law.name: law for law in world.drawn_laws} for world in (factual, edited))
    for name in sorted(set(laws) | set(others)):
        pair = (laws.get(name), others.get(name))
        if pair[0] != pair[1]:
            steps += [law.first_step for law in pair if law is not None]
    items, other_items = (
        dict(zip(w.channels.item, w.items, strict=True)) for w in (factual, edited)
    )
    for channels in sorted(set(items) | set(other_items)):
        both = (items.get(channels), other_items.get(channels))
        if both[0] != both[1]:
            steps += [item.tabled for item in both if item is not None and item.tabled >= 0]
    steps = [step for step in steps if step < factual.calendar.steps]
    return min(steps) if steps else None


def _decisions(world: World) -> Channels:
    """Return the channels of what every world decides; others are compared where they act."""
    return world.channels._replace(law=(), leader=(), item=())


def _seen(world: World) -> Iterator[tuple[Inputs, dict[tuple[str, int], float]]]:
    """Yield each quarter's inputs, with drawn leaders by name and only while in office."""
    for now in world.inputs:
        shares = zip(world.drawn_leaders, now.drawn_push, strict=True)
        office = {(leader.name, leader.side): share for leader, share in shares if share > 0.0}
        yield now._replace(drawn_push=()), office
