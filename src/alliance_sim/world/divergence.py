"""What an edit touches: which inputs, and from which quarter on.

Until the first quarter that it touches both worlds are the same to the last bit.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from alliance_sim.scenario.holds import window_of
from alliance_sim.world import settle as cards
from alliance_sim.world.declaration import declared, size
from alliance_sim.world.fill import Places
from alliance_sim.world.recipe import Recipe
from alliance_sim.world.settle import ACTING, Settled
from alliance_sim.world.state import SIDES, Channels, Inputs
from alliance_sim.world.world import World

THROUGHOUT = (
    *("calendar", "threats", "offence", "distracting", "asian", "members", "offsets", "rungs"),
)


def first_touched(factual: World, edited: World) -> int | None:
    """Return the first step whose inputs differ between two worlds.

    Args:
        factual: A world.
        edited: Another with the same calendar.

    Returns:
        A step; 0 if they differ in what holds throughout; None if nothing differs. A state that
        only one of them holds counts from the first step of its window.
    """
    if factual.coefficients != edited.coefficients:
        return 0
    if any(getattr(factual, key) != getattr(edited, key) for key in THROUGHOUT):
        return 0
    if _decisions(factual) != _decisions(edited):
        return 0
    differ = _inputs_differ(factual, edited)
    steps = [int(np.argmax(differ))] if differ.any() else []
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
    steps += _holds_differ(factual, edited)
    steps = [step for step in steps if step < factual.calendar.steps]
    return min(steps) if steps else None


def _holds_differ(factual: World, edited: World) -> list[int]:
    """Return the first step at which the worlds hold a state otherwise, if there is one."""
    differ = _held(factual).items() ^ _held(edited).items()
    return [min(step for (_, step), _ in differ)] if differ else []


def _held(world: World) -> dict[tuple[str, int], float]:
    """Return at what value each state is held in each step."""
    return {
        (hold.state, step): hold.value
        for hold in world.scenario.holds
        for step in range(*window_of(hold, world.calendar))
    }


def _decisions(world: World) -> Channels:
    """Return the channels of what every world decides; others are compared where they act."""
    return world.channels._replace(law=(), leader=(), item=())


def _inputs_differ(factual: World, edited: World) -> Wanted:
    """Return for each step whether its inputs differ: leaders by name, while they are in office."""
    both = (factual, edited)
    places = [_drawn_push(world) for world in both]
    rest = [
        np.delete(world.table, place, axis=1) for world, place in zip(both, places, strict=True)
    ]
    found: Wanted = (rest[0] != rest[1]).any(axis=1)
    one, other = (
        {
            (leader.name, leader.side): world.table[:, column]
            for leader, column in zip(
                world.drawn_leaders, range(place.start, place.stop), strict=True
            )
        }
        for world, place in zip(both, places, strict=True)
    )
    nobody = np.zeros(len(found))
    for leader in {*one, *other}:
        found |= one.get(leader, nobody) != other.get(leader, nobody)
    return found


def _drawn_push(world: World) -> slice:
    """Return where in a row of the table it stands whether drawn leaders are in office."""
    first = 0
    for name, entry in declared(Inputs).items():
        width = size(entry.per, world.counts)
        if name == "drawn_push":
            return slice(first, first + width)
        first += width
    raise AssertionError("inputs hold no drawn leaders")


Wanted = NDArray[np.bool_]


def changed_inputs(recipe: Recipe, settled: Settled, like: World, at: Places) -> Wanted:
    """Return which numbers of a row can differ from another world with the same frame.

    Args:
        recipe: A recipe with the calendar, threats and members of the other world.
        settled: What acts in it.
        like: The other world.
        at: Where inputs stand in a row of the recipe's table.

    Returns:
        Array (number,): True for what a number feeds that is another one. Of drawn leaders only
        those who fade at another speed; the rest is left to who looks at the leaders themselves.
    """
    wanted = np.zeros(at.width, dtype=np.bool_)
    counts, old = recipe.counts, like.recipe
    keys: Wanted = np.any(_differing(recipe, old, "period"), axis=0)
    if keys[cards.START]:  # seen in all settings of the period
        keys[:] = True
    wanted[at.commitment : at.capability_state] = keys[cards.COMMITMENT : cards.HOSTILITY]
    by_threat = keys[cards.HOSTILITY :].reshape(3, counts.threats)
    wanted[at.hostility : at.capability] = by_threat[0]
    wanted[at.exposure_state : at.exposure_member] = by_threat[1]
    exposures = _differing(recipe, old, "exposure") | by_threat[2]
    wanted[at.exposure_member : at.weight] = exposures.reshape(-1)
    yearly: Wanted = np.any(_differing(recipe, old, "series"), axis=1)
    yearly |= np.any(_differing(recipe, old, "yearly"), axis=1)
    wanted[at.capability_state : at.push] = yearly[0]
    wanted[at.capability : at.exposure_state] = yearly[1:]
    one, other = recipe.numbers, old.numbers
    diversity = one.diversity != other.diversity
    wanted[at.weight : at.commitment] = diversity or _differing(recipe, old, "accession").any()
    wanted[at.shut : at.missions_ended] = one.win_set != other.win_set
    spells: Wanted = np.any(_differing(recipe, old, "leader"), axis=1)
    if len(spells) != old.counts.leaders:
        wanted[at.push : at.push + 2] = True
    else:
        for r in (recipe, old):
            sides = r.tables["leader"].values[spells, cards.SIDE]
            wanted[at.push + sides.astype(np.intp)] = True
    _mark_effects(recipe, settled, like, at, wanted)
    same_missions = np.array_equal(_missions(recipe, settled), _missions(like.recipe, like.settled))
    wanted[[at.missions_ended, at.missions]] = not same_missions
    return wanted


def _missions(recipe: Recipe, settled: Settled) -> NDArray[np.float64]:
    """Return from when to when each mission runs that is there, array (mission, 2)."""
    rows = recipe.tables["juncture"].values
    there = (rows[:, cards.PRESENT] > 0.0) & (np.array(settled.missing) < 0.0)
    spans: NDArray[np.float64] = rows[there & (rows[:, cards.MISSION] > 0.0)]
    return spans[:, [cards.DATE, cards.END]]


def _differing(recipe: Recipe, other: Recipe, table: str) -> Wanted:
    """Return where a table holds other numbers: everywhere, if it has other rows."""
    one, two = recipe.tables[table].values, other.tables[table].values
    if one.shape != two.shape:
        return np.ones(one.shape, dtype=np.bool_)
    found: Wanted = one != two
    return found


FIXED = (cards.OF_JUNCTURE, cards.STANDS_IN, cards.MOVES, cards.OF, cards.DOMAIN, cards.DRAWN)


def _mark_effects(
    recipe: Recipe, settled: Settled, like: World, at: Places, wanted: Wanted
) -> None:
    """Mark what effects move that act at other times, with another size, or are not the same."""
    both = (recipe.tables["effect"].values, like.recipe.tables["effect"].values)
    acting = tuple(np.array(s.acting).reshape(-1, ACTING) for s in (settled, like.settled))
    differing = _differing(recipe, like.recipe, "effect")
    if both[0].shape != both[1].shape or differing[:, FIXED].any():
        for rows, spans in zip(both, acting, strict=True):
            _mark(rows[spans[:, cards.ACTS] > 0.0], at, wanted)
        return
    drawn = drawn_effects(both[0], settled)
    shares = np.flatnonzero(differing[drawn, cards.HALF_LIFE])
    wanted[at.push + len(SIDES) + shares] = True
    changed = differing.any(axis=1) | (acting[0] != acting[1]).any(axis=1)
    changed &= (acting[0][:, cards.ACTS] > 0.0) | (acting[1][:, cards.ACTS] > 0.0)
    _mark(both[0][changed], at, wanted)


def drawn_effects(effects: NDArray[np.float64], settled: Settled) -> list[int]:
    """Return the acting effects by which drawn leaders lead, in the order of the leaders."""
    acts = np.array(settled.acting).reshape(-1, ACTING)[:, cards.ACTS] > 0.0
    return np.flatnonzero((effects[:, cards.DRAWN] > 0.0) & acts).tolist()


def _mark(effects: NDArray[np.float64], at: Places, wanted: Wanted) -> None:
    """Mark what some effects move."""
    for row in effects.tolist():
        moves, of, domain = (int(row[k]) for k in (cards.MOVES, cards.OF, cards.DOMAIN))
        place = {
            cards.MOVES_HOSTILITY: at.hostility + of,
            cards.MOVES_WIN_SET: at.shut + of,
            cards.MOVES_LEADERS: at.push + of,
            cards.MOVES_INVOLVEMENT: at.involvement + of,
            cards.MOVES_NEED: at.need + 3 * of + domain,
            cards.MOVES_ATTENTION: at.attention,
        }.get(moves, at.commitment + moves - cards.MOVES_LEVEL)
        wanted[place] = True
