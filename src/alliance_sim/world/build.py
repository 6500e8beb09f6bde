"""Put a world together from a scenario: its recipe, what acts in it, what each quarter brings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from alliance_sim.recent import Recent
from alliance_sim.scenario import Scenario
from alliance_sim.world import fill as plain
from alliance_sim.world import settle
from alliance_sim.world.coefficients import Coefficients
from alliance_sim.world.declaration import declared, size
from alliance_sim.world.divergence import changed_inputs, drawn_effects
from alliance_sim.world.fill import Into, Places
from alliance_sim.world.recipe import COEFFICIENTS, COLUMNS, FILLED, Recipe
from alliance_sim.world.settle import ACTING, LAW, Counts, Numbers, Settled
from alliance_sim.world.state import FIXED_AXES, Channels, Inputs, axes_of, channels_of
from alliance_sim.world.tables import recipe_of
from alliance_sim.world.world import Drawn, DrawnLeader, ItemNumbers, RungNumbers, World

Fill = Callable[[Counts, Numbers, Settled, Places, Into], object]
# Tables that `settle` reads, and those that `settle_days` does.
CARDS, DAYS = ("juncture", "follows", "effect"), ("rung", "item")
FED = tuple(name for name in FILLED if name not in (*CARDS, *DAYS))
READ = tuple(name for name in COLUMNS if name not in COEFFICIENTS)
KEPT_WORLDS = 8  # for scenarios that are asked for again and again

_worlds: Recent[str, tuple[World, Coefficients]] = Recent(KEPT_WORLDS)


class Filled(NamedTuple):
    """A recipe filled in.

    Attributes:
        settled: What acts when, and what has to be drawn.
        leaders: Leaders whose push is drawn once per run.
        table: What each step brings, array (step, number) in the order of `Inputs`; not to be
            written to.
        made_anew: At which numbers of a row something was worked out instead of taken over.
    """

    settled: Settled
    leaders: tuple[DrawnLeader, ...]
    table: NDArray[np.float64]
    made_anew: NDArray[np.intp]


def build_world(
    scenario: Scenario, *, like: World | None = None, fill: Fill | None = None
) -> World:
    """Return the numbers that a scenario stands for.

    Args:
        scenario: The scenario.
        like: The world of another scenario. Inputs that no changed number feeds are taken over from
            it instead of worked out; best is one from which this scenario was made by edits that
            share what they leave alone.
        fill: `alliance_sim.world.fill.fill`, compiled; without it that function as it stands.

    Raises:
        ScenarioError: If a threat asks for a series that the record does not hold.
    """
    recipe = recipe_of(scenario, None if like is None else (like.scenario, like.recipe))
    if like is not None and _same_but_for_coefficients(recipe, like.recipe):
        return replace(like, scenario=scenario, recipe=recipe)
    filled = fill_in(recipe, like=like, fill=fill)
    settled, column = filled.settled, recipe.column
    if like is not None and _same_but_for_days(recipe, filled, like):
        return replace(
            like,
            scenario=scenario,
            recipe=recipe,
            settled=settled,
            rungs=like.rungs if settled is like.settled else _rungs(recipe, settled),
            items=like.items if settled is like.settled else _items(recipe, settled),
        )
    laws, relationship = drawn_laws(recipe, settled), recipe.partners[0]
    axes = axes_of(
        scenario,
        law=tuple(law.name for law in laws),
        leader=tuple(leader.name for leader in filled.leaders),
    )
    same = like is not None and like.recipe.partners == recipe.partners and like.axes == axes
    known = like.channels if like is not None and same else None
    world = World(
        scenario=scenario,
        recipe=recipe,
        settled=settled,
        calendar=recipe.calendar,
        threats=recipe.names("threat"),
        offence=tuple(column("threat", "offence")),
        distracting=tuple(x > 0.0 for x in column("threat", "distracts")),
        asian=tuple(x > 0.0 for x in column("threat", "asian")),
        members=recipe.names("member"),
        offsets=tuple(column("member", "offset")),
        table=filled.table,
        rungs=_rungs(recipe, settled),
        drawn_laws=laws,
        drawn_leaders=filled.leaders,
        items=_items(recipe, settled),
        channels=known or channels_of(Channels, relationship, axes),
    )
    if known is None and len(set(world.all_channels)) < len(world.all_channels):
        raise AssertionError(f"{scenario.name}: two decisions share a noise channel")
    return world


def prepared(scenario: Scenario) -> tuple[World, Coefficients]:
    """Return the world and the coefficients of a scenario; those asked for last are kept.

    They are kept by content, so that a scenario sent to another process again and again is built
    there once. Threads may ask at the same time; those that ask for the same get the same.
    """

    def built() -> tuple[World, Coefficients]:
        world = build_world(scenario)
        return world, world.coefficients

    return _worlds.get(scenario.model_dump_json(), built)


def _same_but_for_coefficients(recipe: Recipe, old: Recipe) -> bool:
    """Whether a recipe differs from another in coefficients that feed no input at most."""
    tables, others = recipe.tables, old.tables
    return (
        all(tables[name] is others[name] for name in READ)
        and recipe.fixed_inputs() == old.fixed_inputs()
        and recipe.calendar == old.calendar
        and recipe.partners == old.partners
    )


def _same_but_for_days(recipe: Recipe, filled: Filled, like: World) -> bool:
    """Whether a world differs from another in its rungs, items and coefficients at most."""
    old = like.recipe
    return (
        filled.table is like.table
        and recipe.partners == old.partners
        and recipe.shares(old, "threat", "member", *CARDS)
        and recipe.tables["item"].rows == old.tables["item"].rows
        and recipe.tables["rung"].rows == old.tables["rung"].rows
    )


def fill_in(recipe: Recipe, *, like: World | None = None, fill: Fill | None = None) -> Filled:
    """Return a recipe filled in; arguments as for `build_world`."""
    if like is not None and not _same_frame(recipe, like.recipe):
        like = None
    same_cards = like is not None and recipe.shares(like.recipe, *CARDS)
    if like is not None and same_cards and recipe.shares(like.recipe, *DAYS):
        settled = like.settled
    else:
        settled = settled_of(recipe, like.settled if like is not None and same_cards else None)
    if like is not None and same_cards and _feeds_nothing(recipe, like.recipe):
        return Filled(settled, like.drawn_leaders, like.table, np.array([], dtype=np.intp))
    leaders = _drawn_leaders(recipe, settled)
    at, _ = places_of(recipe.counts, len(leaders))
    drawn_at = drawn_places(recipe.counts, recipe.tables["effect"].values, settled)
    table = np.zeros((recipe.calendar.steps, at.width))
    wanted = np.ones(at.width)
    if like is not None:
        wanted = _take_over(like, changed_inputs(recipe, settled, like, at), (at, leaders), table)
        if not wanted.any():
            return Filled(settled, leaders, like.table, np.flatnonzero(wanted))
    work = np.zeros((recipe.counts.periods + 3) * recipe.calendar.steps)
    flat = table.reshape(-1)
    if fill is None:
        lists = Into(wanted.tolist(), drawn_at.tolist(), work.tolist(), flat.tolist())
        plain.fill(recipe.counts, recipe.listed, settled, at, lists)
        flat[:] = lists.table
    else:
        acting: list[Any] = [np.array(part, dtype=np.float64) for part in settled]
        target: list[Any] = [wanted, drawn_at, work, flat]
        fill(recipe.counts, recipe.numbers, Settled(*acting), at, Into(*target))
    table.setflags(write=False)
    return Filled(settled, leaders, table, np.flatnonzero(wanted))


def _feeds_nothing(recipe: Recipe, other: Recipe) -> bool:
    """Whether no number that differs feeds an input, at a glance."""
    return recipe.shares(other, *FED) and recipe.fixed_inputs() == other.fixed_inputs()


def _take_over(
    like: World,
    changed: NDArray[np.bool_],
    frame: tuple[Places, tuple[DrawnLeader, ...]],
    table: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Copy what has not changed into a table of zeros; return 1 for each number still wanted."""
    at, leaders = frame
    before, first_drawn = places_of(like.recipe.counts, len(like.drawn_leaders))
    if leaders == like.drawn_leaders:
        for place, leader in enumerate(leaders, first_drawn):
            changed[place] = changed[at.push + leader.side]
        kept = np.flatnonzero(~changed)
        table[:, kept] = like.table[:, kept]
    else:
        changed[at.push : at.involvement] = True
        kept = np.flatnonzero(~changed)
        moved = before.width - at.width  # what stands behind the leaders stands elsewhere
        table[:, kept] = like.table[:, np.where(kept < at.push, kept, kept + moved)]
    return changed.astype(np.float64)


def settled_of(recipe: Recipe, cards: Settled | None = None) -> Settled:
    """Return what the cards of a recipe's junctures amount to, and when rungs open.

    Args:
        recipe: The recipe.
        cards: What another with the same cards amounts to, if there is one.
    """
    counts = recipe.counts
    days = {"rung_opens": [0.0] * counts.rungs, "tabled": [0.0] * counts.items}
    if cards is None:
        settled = Settled(
            missing=[0.0] * counts.junctures,
            acting=[0.0] * (counts.effects * ACTING),
            law=[0.0] * (counts.junctures * LAW),
            **days,
        )
        settle.settle(counts, recipe.listed, settled)
    else:
        settled = cards._replace(**days)
    settle.settle_days(counts, recipe.listed, settled)
    return settled


def places_of(counts: Counts, leaders: int) -> tuple[Places, int]:
    """Return where each input stands in a row of the table, and where drawn leaders begin."""
    labels = {axis: len(labels) for axis, labels in FIXED_AXES.items()}
    labels |= {"threat": counts.threats, "member": counts.members, "leader": leaders}
    at, width = {}, 0
    for name, entry in declared(Inputs).items():
        at[name] = width
        width += size(entry.per, labels)
    return Places(**{name: at[name] for name in Places._fields[:-1]}, width=width), at["drawn_push"]


def _same_frame(recipe: Recipe, other: Recipe) -> bool:
    if recipe.calendar is not other.calendar and recipe.calendar != other.calendar:
        return False
    tables = ("threat", "member")
    return recipe.shares(other, *tables) or all(
        recipe.tables[name].rows == other.tables[name].rows for name in tables
    )


def _drawn_leaders(recipe: Recipe, settled: Settled) -> tuple[DrawnLeader, ...]:
    """Return the leaders whose push is drawn, in the order of the effects by which they lead."""
    found = []
    junctures = recipe.names("juncture")
    rows = recipe.tables["effect"].values
    for e in drawn_effects(rows, settled):
        name = junctures[int(rows[e, settle.OF_JUNCTURE])]
        name = f"{name} replaced" if rows[e, settle.STANDS_IN] > 0.0 else name
        found.append(DrawnLeader(name, int(rows[e, settle.OF])))
    return tuple(found)


def drawn_places(
    counts: Counts, effects: NDArray[np.float64], settled: Settled
) -> NDArray[np.float64]:
    """Return per effect at which number of a row its leader's share stands, -1 if nowhere."""
    drawn = drawn_effects(effects, settled)
    _, first = places_of(counts, len(drawn))
    found = np.full(len(effects), -1.0)
    found[drawn] = first + np.arange(len(drawn))
    return found


def drawn_laws(recipe: Recipe, settled: Settled) -> tuple[Drawn, ...]:
    """Return the laws that are drawn because what they follow is missing."""
    rows = [settled.law[j * LAW : (j + 1) * LAW] for j in range(recipe.counts.junctures)]
    drawn = [j for j, row in enumerate(rows) if row[settle.LAW_DRAWN] > 0.0]
    names, hazards = recipe.names("juncture"), recipe.column("juncture", "log_hazard")
    found = []
    for j in drawn:
        _, first_step, lasts, after, *opens = rows[j]
        found.append(
            Drawn(
                name=names[j],
                log_hazard=hazards[j],
                first_step=int(first_step),
                lasts=lasts,
                after=drawn.index(int(after)) if after >= 0.0 else -1,
                opens=(opens[0], opens[1], opens[2]),
            )
        )
    return tuple(found)


def _items(recipe: Recipe, settled: Settled) -> tuple[ItemNumbers, ...]:
    return tuple(map(ItemNumbers, map(int, settled.tabled), recipe.column("item", "demand")))


def _rungs(recipe: Recipe, settled: Settled) -> tuple[RungNumbers, ...]:
    rows = recipe.tables["rung"].values.tolist()
    return tuple(
        RungNumbers(log_hazard, demand, domestic_demand, int(opens), granted > 0.0)
        for (log_hazard, demand, domestic_demand, _, granted), opens in zip(
            rows, settled.rung_opens, strict=True
        )
    )


# What inputs, laws and channels are made of: parts of a scenario, and numbers inside parts.
INPUT_PARTS = (
    *("time", "partners", "periods", "threats", "members", "leaders", "junctures", "series"),
)


def shares_inputs(scenario: Scenario, other: Scenario) -> bool:
    """Whether two scenarios share every part that inputs, laws and channels are made of."""
    now, before = vars(scenario), vars(other)
    return (
        all(now[part] is before[part] for part in INPUT_PARTS)
        and scenario.council.diversity is other.council.diversity
        and scenario.domestic.win_set is other.domestic.win_set
        and (
            scenario.items is other.items
            or [item.name for item in scenario.items] == [item.name for item in other.items]
        )
    )
