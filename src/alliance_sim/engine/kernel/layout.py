"""Where each number of a block of runs lies: rows of two-dimensional arrays, one column a run.

All of it is worked out from the declarations in `world.state` and `world.coefficients`. `S` holds
the first rows of states that are counted by what every world has alike, `A` those of what is worked
out on the way, `P` those of coefficients. `Rows` holds, for one shape of world, where rows begin
whose number depends on how many threats, members, laws and items there are: of states by their
names, of inputs after `given_`, of what holds throughout a run after `fixed_`, of noise channels
after `noise_`.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterable, Mapping
from itertools import count
from typing import Any, NamedTuple

from alliance_sim.world.coefficients import Coefficients
from alliance_sim.world.declaration import declared, flattened, size, unpacked
from alliance_sim.world.state import CONSTANTS, FIXED_AXES, STATES, Channels, Inputs
from alliance_sim.world.world import World

LANES = 64  # runs that a block holds; a multiple of what a processor handles at once
NEVER = 1e9  # a step that does not come
FIXED_COUNTS = {axis: len(labels) for axis, labels in FIXED_AXES.items()}

# What is worked out on the way and forgotten, with its axes.
ASIDE: dict[str, tuple[str, ...]] = {
    "push": ("side",),
    "asset_term": ("domain",),
    "wanted": ("domain",),  # what the alliance wants on average, weighed for this quarter
    "assets": (),
    "activity": (),
    "lost": (),
    "decisive": (),
    "tries": (),
    "asks_log_hazard": (),  # of the next rung, as the four that follow
    "asks_demand": (),
    "asks_domestic_demand": (),
    "asks_opens": (),
    "asks_granted": (),
    "mean": ("series",),  # events expected
    "size": ("series",),
    "nothing": ("series",),  # probability of no event
    "sees_overlap": (),
    "sees_distraction": (),
    "everybody": (),
    "backing": (),
    "risk": (),  # of losing a rung, in a quarter
    "hurry": (),
    "breaking": (),
    "strongest": (),  # threat that the state feels
    "refusals": ("side",),  # whether there are some in a state; its two take turns
    "before": (),  # age of the law that has to come first
    "formal": ("member",),  # comes last
}


class Shape(NamedTuple):
    """How many there are of each; runs of one block share it."""

    threats: int
    members: int
    rungs: int
    laws: int
    items: int
    leaders: int
    steps: int

    def counts(self) -> dict[str, int]:
        """Return how many labels there are along each axis."""
        own = {axis: getattr(self, field) for axis, field in COUNTED.items()}
        return {**FIXED_COUNTS, **own, "who": self.members + 1}


# The axis that each of them counts.
COUNTED = {
    "threat": "threats",
    "member": "members",
    "rung": "rungs",
    "law": "laws",
    "item": "items",
    "leader": "leaders",
}


def shape_of(world: World) -> Shape:
    """Return how many there are of each in a world."""
    counts = {field: world.counts[axis] for axis, field in COUNTED.items()}
    return Shape(**counts, steps=world.calendar.steps)


def _starts(
    stretches: Iterable[tuple[str, tuple[str, ...]]], counts: Mapping[str, int], first: int = 0
) -> tuple[dict[str, int], int]:
    """Return where stretches of rows begin that follow each other, and where the last ends."""
    found = {}
    for name, per in stretches:
        found[name] = first
        first += size(per, counts)
    return found, first


def _alike(per: tuple[str, ...]) -> bool:
    """Whether numbers are counted by what every world has alike."""
    return set(per) <= set(FIXED_AXES)


def _as_tuple(name: str, rows: Mapping[str, int]) -> Any:
    """Return rows as a named tuple, whose fields compiled functions read as constants."""
    make: Any = namedtuple  # mypy wants a list of fields to read; these are declared elsewhere
    return make(name, rows, module=__name__)(**rows)


ALIKE, FIXED = _starts(((v.name, v.per) for v in STATES if _alike(v.per)), FIXED_COUNTS)
S = _as_tuple("S", ALIKE)
A = _as_tuple("A", _starts(ASIDE.items(), {**FIXED_COUNTS, "member": 0})[0])
P: Any = unpacked(Coefficients, count(), FIXED_COUNTS)  # each coefficient's own position
COEFFICIENTS = len(flattened(P))


def _others(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the rows of all that is counted by what worlds have each to themselves."""
    states = [(v.name, v.per) for v in STATES if not _alike(v.per)]
    inputs = [(f"given_{name}", entry.per) for name, entry in declared(Inputs).items()]
    fixed = [(f"fixed_{name}", entry.per) for name, entry in CONSTANTS.items()]
    noise = declared(Channels).items()
    often = [(f"noise_{name}", entry.per) for name, entry in noise if entry.often]
    seldom = [(f"noise_{name}", entry.per) for name, entry in noise if not entry.often]
    rows: dict[str, int] = {}
    for stretches, first, end in (
        (states, FIXED, "all_states"),
        (inputs, 0, "all_inputs"),
        (fixed, COEFFICIENTS, "all_constants"),
        (often, 0, "drawn_for_blocks"),
        (seldom, sum(size(per, counts) for _, per in often), "all_channels"),
    ):
        found, rows[end] = _starts(stretches, counts, first)
        rows |= found
    return rows


Rows: Any = type(_as_tuple("Rows", _others(Shape(*[0] * 7).counts())))


def rows_of(shape: Shape) -> Any:
    """Return where rows begin in worlds of a shape, as a `Rows`."""
    return Rows(**_others(shape.counts()))


def state_rows(shape: Shape) -> dict[str, range]:
    """Return the rows of each state by its name."""
    counts, rows = shape.counts(), {**ALIKE, **rows_of(shape)._asdict()}
    return {v.name: range(rows[v.name], rows[v.name] + size(v.per, counts)) for v in STATES}


def reported_rows(shape: Shape) -> list[int]:
    """Return the row of each reported state, in the order of `world.state.state_names`."""
    found: list[int] = []
    for state, rows in zip(STATES, state_rows(shape).values(), strict=True):
        if state.reported and state.only:
            labels = FIXED_AXES[state.per[0]]
            each = len(rows) // len(labels)
            rows = rows[labels.index(state.only) * each :][:each]  # noqa: PLW2901 - some of them
        found += rows if state.reported else ()
    return found
