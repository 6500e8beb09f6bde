"""What only an edited world has, for the page's module: states that are held, counts by thinning.

A quarter of the engine knows of neither. States that are held are put in their place after it, by
`engine.held`; counts are told from the paths of both worlds, as `counterfactual.thinning` does.
What is kept of the quarter, and what is folded of it, is kept and folded after that.

Written in the exact subset of the rules, with arrays besides: the same source is compiled for the
page and runs as plain Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim.compiled import stage
from alliance_sim.counterfactual.thin_rules import thinned_count
from alliance_sim.engine.held import held_block
from alliance_sim.engine.kernel.generated import counting_of
from alliance_sim.engine.kernel.layout import P, Shape
from alliance_sim.engine.kernel.noise import NoiseRequest, uniform_of
from alliance_sim.engine.kernel.outputs import Outputs, keep
from alliance_sim.rules.events import expected_events, institution, risen
from alliance_sim.rules.levels import all_assets

if TYPE_CHECKING:
    from collections.abc import Mapping

Floats = Any  # array of float64
Ints = Any  # array of int64

# Where the states stand that counts are thinned from, `counterfactual.thinning.NEEDED`.
POLITICAL, INSTITUTION, GENERAL, MISSION, COUNTS = 0, 3, 3, 4, 5
SERIES = 4


def hold_states(
    n: int,
    shape: Shape,
    at: Any,
    kept: Outputs,
    c: Floats,
    now: Floats,
    u: Floats,
    s: Floats,
    x: Floats,
    a: Floats,
    odd: Floats,
    rows: Ints,
    values: Floats,
    step: int,
) -> None:
    """Put held states in the place of what the quarter gave that was just brought, and keep it.

    Args:
        n: How many columns are in use.
        shape: How many there are of each.
        at: Where rows begin.
        kept: What is kept; outcomes must not have been folded of this quarter yet.
        c: Constants.
        now: Inputs of the quarter.
        u: Uniforms of the quarter.
        s: The state before it; zeros before the first.
        x: The state after it.
        a: What was worked out on the way.
        odd: Room to work in.
        rows: Rows of the states that are held in it.
        values: What each is held at.
        step: The quarter.
    """
    held_block(n, shape, at, step, rows, values, c, now, u, s, x, a)
    keep(n, step, kept, x, odd)  # type: ignore[no-untyped-call]


@stage
def _expected(paths: Floats, c: Floats, place: tuple[int, int, int]) -> float:
    """Return how many acts of a series are expected in a step, by lane, step and series."""
    i, step, series = place
    if series < INSTITUTION:
        shown = paths[i, step, series]
        up = risen(paths[i, step - 1, series], shown)
    else:
        had = all_assets(paths[i, step - 1, GENERAL], paths[i, step - 1, MISSION])
        built = all_assets(paths[i, step, GENERAL], paths[i, step, MISSION])
        shown = institution(had, paths[i, step - 1, POLITICAL])
        up = risen(shown, institution(built, paths[i, step, POLITICAL]))
    counting = counting_of(c, series, i)
    mean: float = expected_events(counting, shown, up, c[P.dt, i])
    return mean


@stage
def _size(c: Floats, series: int, i: int) -> float:
    """Return the size of a series' negative binomial."""
    found: float = counting_of(c, series, i).size
    return found


def thin_counts(
    n: int,
    shape: Shape,
    kept: Outputs,
    lucks: NoiseRequest,
    factual: Floats,
    one: Floats,
    other: Floats,
    x: Floats,
    odd: Floats,
    first: int,
) -> None:
    """Thin counts of the edited world from a step on, and fold outcomes of that step and later.

    Args:
        n: How many lanes are in use.
        shape: How many there are of each.
        kept: What is kept of the edited world, states of `NEEDED`; its counts are written over, and
            outcomes folded from the first step on.
        lucks: Whose noise, and channels by series.
        factual: Array (lane, step, state): the same states of the factual world.
        one: Constants of the factual world.
        other: Constants of the edited one.
        x: Room for a state.
        odd: Room to work in.
        first: First step in which the worlds may differ.
    """
    edited = kept.trajectories
    for step in range(max(1, first), shape.steps):
        lucks.step[0] = step
        for series in range(SERIES):
            for i in range(n):
                size = _size(one, series, i)
                if size == _size(other, series, i):
                    edited[i, step, COUNTS + series] = thinned_count(
                        factual[i, step, COUNTS + series],
                        _expected(factual, one, (i, step, series)),
                        _expected(edited, other, (i, step, series)),
                        size,
                        uniform_of(lucks, i, series),  # type: ignore[no-untyped-call]
                    )
    for step in range(first, shape.steps):
        for place in range(kept.reported.shape[0]):
            for i in range(n):
                x[kept.reported[place], i] = edited[i, step, place]
        keep(n, step, kept, x, odd)  # type: ignore[no-untyped-call]


def given_of(block: Mapping[str, Any], factual: Floats, thinned: Ints) -> dict[str, dict[str, Any]]:
    """Return what both functions are given, out of what `advance_block` is.

    Args:
        block: What `advance_block` is given, by name.
        factual: Constants of the factual world, which `touched` compares with.
        thinned: Halves of the numbers of the channels of thinned counts, array (2, series).
    """
    space, asked, given = block["space"], block["asked"], block["given"]
    common = {name: block[name] for name in ("n", "shape")}
    return {
        "hold_states": {
            **common,
            "rows": block["rows"],
            "kept": block["kept"],
            "constants": given.constants,
            "now": space.now,
            "noise": space.noise,
            "held.before": np.zeros_like(space.after),
            "after": space.after,
            "aside": space.aside,
            "odd": space.odd,
            "held.rows": np.zeros(0, dtype=np.int64),
            "held.values": np.zeros(0),
            "step": 0,
        },
        "thin_counts": {
            **common,
            "kept": block["kept"],
            "thinned": asked._replace(channels=thinned, step=np.zeros(1, dtype=np.int64)),
            "thinned.factual": np.zeros((0, 0, 0)),
            "one": factual,
            "other": given.constants,
            "after": space.after,
            "odd": space.odd,
            "first": 0,
        },
    }
