"""Where each number of a block of runs lies: rows of two-dimensional arrays, one column a run.

`LEVEL`, `PEAK` and so on are rows of the state that every scenario has; `Rows` holds where the
rows begin whose number depends on how many threats, members, laws and items there are.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from alliance_sim.world.coefficients import Coefficients
from alliance_sim.world.world import World

LANES = 64  # runs that a block holds; a multiple of what a processor handles at once

# The state of the relationship and of both sides.
LEVEL = 0  # 3, by domain
PEAK = 3
GENERAL = 4
MISSION = 5
RUNG = 6
CLIMBED = 7
AGREEMENTS = 8
NETWORK = 9
ATTENTION = 10
OVERLAP = 11
WIN_SET = 12  # 3
SLOW = 15  # 6: state, alliance
RATIO = 21  # 3, the state's
WILLING = 24  # 3, the state's
COUNT = 27  # 4, by series
SUSPENDED = 31
BLOCKED = 32
MEAN_RATIO = 33  # the alliance's, political
MEAN_WILLING = 34  # 3, the alliance's
FIXED = 37

# What is worked out on the way and forgotten.
PUSH = 0  # 2: state, alliance
ASSET_TERM = 2  # 3
WANTED = 5  # 3: what the alliance wants on average, weighed for this quarter
ASSETS = 8
ACTIVITY = 9
LOST = 10
DECISIVE = 11
TRIES = 12
ASKS = 13  # 5: log hazard, demand, domestic demand, step it opens, granted
MEAN = 18  # 4: events expected, by series
SIZE = 22  # 4
NOTHING = 26  # 4: probability of none
SEES_OVERLAP = 30
SEES_DISTRACTION = 31
EVERYBODY = 32
BACKING = 33
RISK = 34  # of losing a rung, in a quarter
HURRY = 35
BREAKING = 36
STRONGEST = 37  # threat that the state feels
BEFORE = 38  # age of the law that has to come first
FORMAL = 39  # one for each member

# Per rung: as in `ASKS`.
PER_RUNG = 5
NEVER = 1e9  # a step that does not come


class Shape(NamedTuple):
    """How many there are of each; runs of one block share it."""

    threats: int
    members: int
    rungs: int
    laws: int
    items: int
    leaders: int
    steps: int


class Rows(NamedTuple):
    """First rows of what comes in numbers: of the state, of the inputs, of constants, of noise."""

    mood: int
    hostility: int
    menace: int
    felt_state: int
    felt_alliance: int
    felt_member: int  # member by member, in each threat by threat
    ratio_member: int  # member by member, in each domain by domain
    willing_member: int
    law_age: int
    passed: int
    refused: int  # members, then the state
    item_refused: int  # item by item
    all_states: int

    given_hostility: int
    given_capability: int
    exposure_state: int
    exposure_member: int
    weight: int
    reluctance: int
    states: int
    commitment: int
    networking: int
    link: int
    capability_state: int
    capability_change: int
    push: int
    drawn_push: int
    involvement: int
    need: int
    shut: int
    missions_ended: int
    all_inputs: int

    offence: int
    offset: int
    rung: int
    law: int  # log hazard, first step, lasts, opens by domain
    item: int  # step tabled, demand
    all_constants: int

    noise_mood: int
    noise_slow: int
    noise_count: int
    noise_tried: int
    noise_fall: int
    noise_agreement: int
    noise_suspension: int
    noise_law: int
    in_lanes: int  # channels up to here are drawn for whole blocks, the rest when needed
    noise_council: int  # members, then the state's ratification
    noise_item: int  # the same, item by item
    noise_leader: int
    all_channels: int


PER_LAW = 6
PER_ITEM = 2


def shape_of(world: World) -> Shape:
    """Return how many there are of each in a world."""
    return Shape(
        len(world.threats),
        len(world.members),
        len(world.rungs),
        len(world.drawn_laws),
        len(world.items),
        len(world.drawn_leaders),
        world.calendar.steps,
    )


def rows_of(shape: Shape) -> Rows:
    """Return where rows begin."""
    t, m, k, laws = shape.threats, shape.members, shape.items, shape.laws
    state = (t, t, t, t, t, m * t, 3 * m, 3 * m, laws, k, m + 1, k * (m + 1))
    inputs = (t, t, t, m * t, m, m, 1, 1, 1, 1, 1, 1, 2, shape.leaders, 2, 6, 3, 1)
    constants = (t, m, PER_RUNG * shape.rungs, PER_LAW * laws, PER_ITEM * k)
    noise = (t, 6, 4, 1, 1, 1, 1, laws, 0, m + 1, k * (m + 1), shape.leaders)
    starts = [
        *_starts(FIXED, state),
        *_starts(0, inputs),
        *_starts(len(flattened(POSITIONS)), constants),
        *_starts(0, noise),
    ]
    return Rows(*starts)


def _starts(first: int, counts: tuple[int, ...]) -> list[int]:
    """Return where each of several stretches of rows begins, and where the last ends."""
    found = [first]
    for count in counts:
        found.append(found[-1] + count)
    return found


def flattened(tree: Any) -> list[float]:
    """Return the numbers of nested tuples, in order."""
    if isinstance(tree, tuple):
        return [number for entry in tree for number in flattened(entry)]
    return [float(tree)]


def positions() -> Coefficients:
    """Return coefficients that hold their own positions among all, in order."""
    from alliance_sim.rules.domestic import LawPull
    from alliance_sim.rules.events import Counting
    from alliance_sim.rules.ladder import AgreementPull, LadderPull
    from alliance_sim.rules.levels import Growth, Pace
    from alliance_sim.rules.perception import Perception
    from alliance_sim.rules.threats import ThreatHabits
    from alliance_sim.rules.willingness import AssetPull, GuarantorPull, ThreatPull

    counter = iter(range(10_000))

    def leaf() -> Any:
        return next(counter)

    def some(kind: type, count: int) -> Any:
        return tuple(one(kind) for _ in range(count))

    def one(kind: type) -> Any:
        return kind(*(leaf() for _ in kind._fields))  # type: ignore[attr-defined]

    return Coefficients(
        dt=leaf(),
        habits=one(ThreatHabits),
        eyes=one(Perception),
        floors=tuple(tuple(leaf() for _ in range(3)) for _ in range(2)),
        threat_pulls=tuple(some(ThreatPull, 3) for _ in range(2)),
        guarantor_pull=one(GuarantorPull),
        asset_pulls=some(AssetPull, 3),
        dependence=leaf(),
        slow_carry=leaf(),
        slow_jolt=leaf(),
        pace=one(Pace),
        softness=leaf(),
        growth=one(Growth),
        domestic=leaf(),
        leader_spread=leaf(),
        law=one(LawPull),
        ratification_spread=leaf(),
        leverage=leaf(),
        attention_speed=leaf(),
        decision=leaf(),
        leading=leaf(),
        majority=leaf(),
        member_spread=leaf(),
        ladder=one(LadderPull),
        downgrade=leaf(),
        agreement=one(AgreementPull),
        network_lag=leaf(),
        counting=some(Counting, 4),
        suspension=leaf(),
        suspension_entrapment=leaf(),
    )


POSITIONS = positions()
