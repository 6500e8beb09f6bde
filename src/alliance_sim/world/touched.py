"""The first quarter that an edit touches: until then both worlds are the same to the last bit."""

from __future__ import annotations

from alliance_sim.world.coefficients import coefficients
from alliance_sim.world.parts import World


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
    throughout = ("calendar", "threats", "members", "rungs")
    if any(getattr(factual, key) != getattr(edited, key) for key in throughout):
        return 0
    steps = [
        step
        for step, (a, b) in enumerate(zip(factual.inputs, edited.inputs, strict=True))
        if not _same(a, b)
    ][:1]
    laws = {law.name: law for law in factual.drawn_laws}
    others = {law.name: law for law in edited.drawn_laws}
    for name in sorted(set(laws) | set(others)):
        if laws.get(name) != others.get(name):
            steps += [law.first_step for law in (laws.get(name), others.get(name)) if law]
    steps += [
        max(0, min(step for step in pair if step >= 0))
        for pair in zip(factual.items, edited.items, strict=False)
        if pair[0] != pair[1] and max(pair) >= 0
    ]
    return min(steps) if steps else None


def _same(a: tuple[object, ...], b: tuple[object, ...]) -> bool:
    """Whether two quarters bring the same; a drawn leader out of office brings nothing."""
    left, right = list(a), list(b)
    for values in (left, right):
        for position, value in enumerate(values):
            if isinstance(value, tuple) and not any(value):
                values[position] = ()
    return left == right
