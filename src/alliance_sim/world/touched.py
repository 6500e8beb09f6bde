"""The first quarter that an edit touches: until then both worlds are the same to the last bit."""

from __future__ import annotations

from alliance_sim.world.coefficients import coefficients
from alliance_sim.world.parts import World

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
    inputs = zip(factual.inputs, edited.inputs, strict=True)
    steps = [step for step, (a, b) in enumerate(inputs) if not _same(a, b)][:1]
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


def _same(a: tuple[object, ...], b: tuple[object, ...]) -> bool:
    """Whether two quarters bring the same; a drawn leader out of office brings nothing."""
    left, right = list(a), list(b)
    for values in (left, right):
        for position, value in enumerate(values):
            if isinstance(value, tuple) and not any(value):
                values[position] = ()
    return left == right
