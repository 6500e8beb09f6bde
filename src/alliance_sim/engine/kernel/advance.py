"""One block of runs from the first quarter to the last."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alliance_sim.arithmetic import inverse_normal
from alliance_sim.compiled import inlined, merged, stage
from alliance_sim.engine.kernel.generated import derived
from alliance_sim.engine.kernel.ladder import (
    decisive,
    formal_ratios,
    formal_steps,
    nobody_tries,
    risk_of_losing,
    rung_asked,
    steps_tried,
)
from alliance_sim.engine.kernel.layout import NEVER, A
from alliance_sim.engine.kernel.noise import lucks_of_quarter, noise_of_quarter, uniform_of
from alliance_sim.engine.kernel.outputs import keep
from alliance_sim.engine.kernel.partners import (
    asset_terms,
    drift,
    laws_pass,
    leaders_push,
    means_of_members,
    members_weigh,
    open_domains,
    slow_begins,
    state_weighs,
    wanted_by_alliance,
    weigh_all,
    what_is_built,
)
from alliance_sim.engine.kernel.relationship import (
    assets_grow,
    events_counted,
    events_expected,
    levels_begin,
    levels_follow,
    sign,
    suspended,
)
from alliance_sim.engine.kernel.threats import (
    agenda_overlap,
    feel,
    feel_at_once,
    felt_so_far,
    threats_begin,
    threats_move,
)


class Kinds(NamedTuple):
    """What holds for all runs of a block: which threats and leaders are of which kind.

    Attributes:
        asian: Per threat, 1 if it lies in Asia.
        distracting: Per threat, 1 if it draws the alliance away from other theatres.
        after: Per law that is drawn, the position of the law that has to come first, or -1.
        sides: Per drawn leader, 0 for the state and 1 for the alliance.
    """

    asian: NDArray[np.int64]
    distracting: NDArray[np.int64]
    after: NDArray[np.int64]
    sides: NDArray[np.int64]


class Inputs(NamedTuple):
    """What comes from outside.

    Attributes:
        constants: Array (number, column).
        tables: Array (world, step, number): the inputs of each world.
        which: Per column, its world among `tables`.
    """

    constants: NDArray[np.float64]
    tables: NDArray[np.float64]
    which: NDArray[np.int64]


class Workspace(NamedTuple):
    """Room to work in: two states, inputs, noise and what is forgotten; see `layout`."""

    before: NDArray[np.float64]
    after: NDArray[np.float64]
    now: NDArray[np.float64]
    noise: NDArray[np.float64]
    four: NDArray[np.float64]
    luck: NDArray[np.float64]
    outer: NDArray[np.float64]
    aside: NDArray[np.float64]
    drawn: NDArray[np.float64]
    odd: NDArray[np.float64]
    lucks: NDArray[np.float64]
    answers: NDArray[np.float64]


@stage
def bring_inputs(n, step, given, now):
    """Copy what changes this quarter in the inputs of every run's world."""
    tables, which = given.tables, given.which
    if tables.shape[0] == 1:
        for number in range(tables.shape[2]):
            value = tables[0, step, number]
            if step == 0 or value != tables[0, step - 1, number]:
                for i in range(n):
                    now[number, i] = value
        return
    for i in range(n):
        world = which[i]
        for number in range(tables.shape[2]):
            value = tables[world, step, number]
            if step == 0 or value != tables[world, step - 1, number]:
                now[number, i] = value


@stage
def any_may_try(n, step, a):
    """Return whether the next rung is open in any run."""
    opens = NEVER
    for i in range(n):
        opens = min(opens, a[A.asks_opens, i])
    return step >= opens


@stage
def drawn_leaders(n, shape, at, asked, drawn):
    """Draw the leaders who are drawn once per run."""
    for leader in range(shape.leaders):
        for i in range(n):
            drawn[leader, i] = inverse_normal(uniform_of(asked, i, at.noise_leader + leader))


@merged
def begin(n, shape, at, kinds, c, now, luck, drawn, s, x, a):
    """Settle everybody into the first quarter; `s` holds zeros, the state ends up in `x`."""
    leaders_push(n, shape, at, c, now, kinds.sides, drawn, a)
    weigh_all(n, shape, at, now, a)
    what_is_built(n, c, s, a)
    asset_terms(n, at, c, now, s, a)
    slow_begins(n, shape, c, luck, s, x)
    threats_begin(n, shape, at, c, now, luck, x)
    feel_at_once(n, shape, at, kinds.asian, now, x)
    means_of_members(n, shape, at, now, a, x)
    agenda_overlap(n, shape, at, x, x)
    open_domains(n, shape, at, c, now, s, x)
    state_weighs(n, at, c, now, s, a, x)
    felt_so_far(n, shape, at, x, s)
    members_weigh(n, shape, at, kinds.distracting, c, now, s, a, x)
    wanted_by_alliance(n, shape, at, now, x, a)
    levels_begin(n, c, a, x)
    means_of_members(n, shape, at, now, a, x)
    derived(n, shape, at, c, s, x)
    risk_of_losing(n, c, a)
    for i in range(n):
        rung_asked(i, shape, at, c, x, a)


@inlined
def quarter(n, shape, at, kinds, step, asked, c, now, u, luck, drawn, s, x, a, lucks, answers):
    """Bring one quarter: everybody decides from `s`, and `x` holds what they become.

    The phases are those of `world.state.PHASES`, in their order; a test reads their names.
    Inlined as machine code, and not before types are known: a tenth of a run's time.
    """
    # bring
    leaders_push(n, shape, at, c, now, kinds.sides, drawn, a)
    weigh_all(n, shape, at, now, a)
    what_is_built(n, c, s, a)
    asset_terms(n, at, c, now, s, a)
    # perceive
    threats_move(n, shape, at, c, now, luck, s, a, x)
    feel(n, shape, at, kinds.asian, c, now, s, x)
    agenda_overlap(n, shape, at, s, x)
    # weigh
    state_weighs(n, at, c, now, s, a, x)
    members_weigh(n, shape, at, kinds.distracting, c, now, s, a, x)
    # drift
    drift(n, shape, c, luck, s, x)
    # legislate
    laws_pass(n, shape, at, kinds.after, step, c, u, s, a, x)
    open_domains(n, shape, at, c, now, s, x)
    # follow
    wanted_by_alliance(n, shape, at, now, s, a)
    levels_follow(n, at, c, now, s, a, x)
    assets_grow(n, at, c, now, s, a, x)
    # negotiate
    formal_ratios(n, shape, at, now, s, a)
    if any_may_try(n, step, a):
        decisive(n, shape, at, c, now, a)
        steps_tried(n, at, step, c, u, s, a, x)
    else:
        nobody_tries(n, at, u, s, a, x)
    formal_steps(n, shape, at, step, asked, c, now, s, a, lucks, answers, x)
    # sign
    sign(n, at, c, now, u, s, x)
    # show
    events_expected(n, c, s, a, x)
    events_counted(n, at, u, a, x)
    suspended(n, at, c, now, u, s, x)
    # sum_up
    means_of_members(n, shape, at, now, a, x)
    derived(n, shape, at, c, s, x)


def simulate_block(n, shape, at, kinds, asked, given, space, kept):
    """Simulate the runs of a block from the first quarter to the last.

    Args:
        n: How many columns are in use.
        shape: How many there are of each.
        at: Where rows begin.
        kinds: What holds for all runs.
        asked: Whose noise.
        given: Constants and inputs.
        space: Room to work in, of zeros.
        kept: What is kept.
    """
    s, x, a = space.before, space.after, space.aside
    c, now, u = given.constants, space.now, space.noise
    asked.step[0] = 0
    bring_inputs(n, 0, given, now)
    drawn_leaders(n, shape, at, asked, space.drawn)
    noise_of_quarter(n, at.drawn_for_blocks, asked, space.four, u)
    lucks_of_quarter(n, shape, at, u, space.outer, space.luck)
    begin(n, shape, at, kinds, c, now, space.luck, space.drawn, s, x, a)
    keep(n, 0, kept, x, space.odd)
    for step in range(1, shape.steps):
        s, x = x, s
        asked.step[0] = step
        bring_inputs(n, step, given, now)
        noise_of_quarter(n, at.drawn_for_blocks, asked, space.four, u)
        lucks_of_quarter(n, shape, at, u, space.outer, space.luck)
        quarter(
            n,
            shape,
            at,
            kinds,
            step,
            asked,
            c,
            now,
            u,
            space.luck,
            space.drawn,
            s,
            x,
            a,
            space.lucks,
            space.answers,
        )
        keep(n, step, kept, x, space.odd)
