"""A block of runs brought forward in pieces: from any quarter to any other, state in, state out.

The stages and their order are those of `advance`; what is added stands around a quarter: inputs
that differ by lane, normals that somebody brings, acts that are held and scored.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alliance_sim.compiled import stage
from alliance_sim.engine.kernel.abducted import abduct, keyed
from alliance_sim.engine.kernel.advance import begin, bring_inputs, drawn_leaders, quarter
from alliance_sim.engine.kernel.coded import coded_shares
from alliance_sim.engine.kernel.layout import LANES, A
from alliance_sim.engine.kernel.noise import (
    SLOW,
    draw_four,
    lucks_of_quarter,
    noise_of_quarter,
)
from alliance_sim.engine.kernel.observed import hold, observe
from alliance_sim.engine.kernel.outputs import keep


class Differing(NamedTuple):
    """What differs from column to column, beside constants.

    Attributes:
        inputs: Which numbers of a row of inputs differ.
        values: Array (step, input, column): their values.
        normals: Array (step, channel, column): standard normals of threats' moods and of slow
            noise, in the order of their channels; empty to take them by key.
    """

    inputs: NDArray[np.int64]
    values: NDArray[np.float64]
    normals: NDArray[np.float64]


@stage
def bring_now(n, step, anew, given, differing, now):
    """Copy a quarter's inputs, all of them where what stands there may be of any other quarter."""
    assert differing.values.shape[2] == now.shape[1] == LANES
    if anew:
        for i in range(n):
            world = given.which[i]
            for number in range(given.tables.shape[2]):
                now[number, i] = given.tables[world, step, number]
    else:
        bring_inputs(n, step, given, now)
    for k in range(differing.inputs.shape[0]):
        row = differing.inputs[k]
        for i in range(n):
            now[row, i] = differing.values[step, k, i]


@stage
def noise_now(n, shape, at, step, anew, asked, differing, draws, space):
    """Draw a quarter's uniforms if they are asked for, and its normals unless they are brought."""
    brought, luck = differing.normals, space.luck
    assert brought.shape[2] == luck.shape[1] or brought.shape[0] == 0
    if draws or brought.shape[0] == 0:
        if anew and step % 4 != 0 and asked.given.shape[0] == 0:
            draw_four(n, at.drawn_for_blocks, asked, space.four)
        noise_of_quarter(n, at.drawn_for_blocks, asked, space.four, space.noise)
    if brought.shape[0] == 0:
        lucks_of_quarter(n, shape, at, space.noise, space.outer, luck)
    else:
        for k in range(shape.threats + SLOW):
            for i in range(n):
                luck[k, i] = brought[step, k, i]


@stage
def clear(shape, at, first, s, x, a):
    """Prepare room: for the first quarter nothing may stand there, later no refusal of another.

    `s` is about to be written over, wherever it comes from.
    """
    for i in range(LANES):
        if first == 0:
            for row in range(s.shape[0]):
                s[row, i] = 0.0
                x[row, i] = 0.0
            for row in range(a.shape[0]):
                a[row, i] = 0.0
        a[A.refusals + first % 2, i] = 0.0
        for row in range(shape.members + 1):
            s[at.refused + row, i] = 0.0
        for row in range(shape.items * (shape.members + 1)):
            s[at.item_refused + row, i] = 0.0


@stage
def copy(rows, out):
    """Copy an array."""
    for row in range(rows.shape[0]):
        for i in range(LANES):
            out[row, i] = rows[row, i]


def advance_block(
    n, shape, at, kinds, asked, given, differing, space, kept, history, seen, found, first, last
):
    """Bring the quarters from `first` to `last` - 1.

    `space.after`, `space.aside` and `space.drawn` hold the state at the end of quarter `first` - 1,
    and afterwards that of the last; quarter 0 begins from nothing. Any division into pieces gives
    the same bits.

    Args:
        n: How many columns are in use.
        shape: How many there are of each.
        at: Where rows begin.
        kinds: What holds for all columns.
        asked: Whose noise.
        given: Constants and inputs.
        differing: What else differs from column to column.
        space: Room to work in.
        kept: What is kept.
        history: What happened; nothing is held where it is empty.
        seen: How it came to be recorded.
        found: What is worked out of both.
        first: First quarter to bring.
        last: One past the last.
    """
    s, x, a = space.before, space.after, space.aside
    c, now, u = given.constants, space.now, space.noise
    held, wanted = history.rung.shape[0] > 0, found.uniforms.shape[0] > 0
    swapped = False
    clear(shape, at, first, s, x, a)
    if held:
        coded_shares(n, seen, found.shares)
        u = found.forced
    for step in range(first, last):
        asked.step[0] = step
        bring_now(n, step, step == first, given, differing, now)
        draws = wanted or not held
        noise_now(n, shape, at, step, step == first, asked, differing, draws, space)
        if wanted:
            brought = differing.normals.shape[0] > 0
            keyed(n, shape, at, asked, space.noise, brought, space.luck, found)
        if step == 0:
            drawn_leaders(n, shape, at, asked, space.drawn)
            begin(n, shape, at, kinds, c, now, space.luck, space.drawn, s, x, a)
            keep(n, step, kept, x, space.odd)
            continue
        s, x = x, s
        swapped = not swapped
        if held:
            hold(n, shape, at, step, history, u, a)
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
        if held:
            observe(n, shape, at, kinds.after, step, c, now, history, seen, s, x, a, found)
        if held and wanted:
            abduct(n, shape, at, kinds.after, step, c, now, history, seen, s, x, a, found)
        keep(n, step, kept, x, space.odd)
    if swapped:
        copy(x, space.after)
