"""Noise for a block of runs: by key, or out of an array that somebody brings.

A channel's uniforms of four quarters come out of one scrambling, so blocks draw four at a time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alliance_sim.arithmetic import inverse_normal, is_central, normal_central, normal_outer
from alliance_sim.compiled import bits_to_float, inlined, stage
from alliance_sim.engine.kernel.layout import LANES
from alliance_sim.noise import TO_UNIT, WORD, philox

SLOW = 6  # rows of slow noise
TOGETHER = 32  # numbers that loops over vectors take at a time, at most
HALVES = 0x4330000000000000  # 2**52 as the bits of a float: its lowest bits count ones
TWO_52 = 4503599627370496.0


class NoiseRequest(NamedTuple):
    """Whose noise is asked for, and when.

    Attributes:
        key: The seed in two halves of 32 bits.
        channels: Array (2, channel) of the halves of their numbers.
        runs: Numbers of the runs, one per column.
        given: Array (run, channel, step) to take instead; empty to draw by key.
        step: The quarter, an array of one so that it can move on.
    """

    key: NDArray[np.int64]
    channels: NDArray[np.int64]
    runs: NDArray[np.int64]
    given: NDArray[np.float64]
    step: NDArray[np.int64]


@inlined
def as_uniform(word):
    """Return a 32-bit word as a number strictly between 0 and 1, as `noise.uniform` does."""
    return (bits_to_float(word | HALVES) - TWO_52 + 0.5) * TO_UNIT


@stage
def uniform_of(asked, i, channel):
    """Return one uniform of one run."""
    step = asked.step[0]
    if asked.given.shape[0] > 0:
        return asked.given[i, channel, step]
    counter = (
        asked.channels[0, channel] & WORD,
        asked.channels[1, channel] & WORD,
        asked.runs[i] & WORD,
        (step >> 2) & WORD,
    )
    words = philox(counter, asked.key[0] & WORD, asked.key[1] & WORD)
    part = step & 3
    first = words[0] if part == 0 else words[1]
    second = words[2] if part == 2 else words[3]
    return as_uniform(first if part < 2 else second)


@stage
def lucks_of(asked, i, first, count, lucks):
    """Draw standard normals of one run for channels that follow each other."""
    step = asked.step[0]
    if asked.given.shape[0] > 0:
        for k in range(count):
            lucks[k] = inverse_normal(asked.given[i, first + k, step])
        return
    run, block, part = asked.runs[i] & WORD, (step >> 2) & WORD, step & 3
    low_key, high_key = asked.key[0] & WORD, asked.key[1] & WORD
    for k in range(count):
        low, high = asked.channels[0, first + k] & WORD, asked.channels[1, first + k] & WORD
        words = philox((low, high, run, block), low_key, high_key)
        first_half = words[0] if part == 0 else words[1]
        second_half = words[2] if part == 2 else words[3]
        lucks[k] = inverse_normal(as_uniform(first_half if part < 2 else second_half))


@stage
def draw_four(n, count, asked, out):
    """Draw the uniforms of four quarters, beginning with this one, for the first channels."""
    assert out.shape[1] == LANES
    block = (asked.step[0] >> 2) & WORD
    low_key = asked.key[0] & WORD
    high_key = asked.key[1] & WORD
    runs = asked.runs
    for channel in range(count):
        low = asked.channels[0, channel] & WORD
        high = asked.channels[1, channel] & WORD
        for i in range(n):
            words = philox((low, high, runs[i] & WORD, block), low_key, high_key)
            out[channel, i] = as_uniform(words[0])
            out[count + channel, i] = as_uniform(words[1])
            out[2 * count + channel, i] = as_uniform(words[2])
            out[3 * count + channel, i] = as_uniform(words[3])


@stage
def noise_of_quarter(n, count, asked, four, u):
    """Fill in this quarter's uniforms of the channels that are drawn for whole blocks."""
    step = asked.step[0]
    if asked.given.shape[0] > 0:
        for channel in range(count):
            for i in range(n):
                u[channel, i] = asked.given[i, channel, step]
        return
    part = step & 3
    if part == 0:
        draw_four(n, count, asked, four)
    for channel in range(count):
        for i in range(n):
            u[channel, i] = four[part * count + channel, i]


@stage
def lucks_of_quarter(n, shape, at, u, outer, luck):
    """Turn uniforms that are normal in every quarter into normals: of moods, then of slow noise.

    Three in twenty lie outside the centre and need a logarithm: those are put side by side in
    `outer`, with their places, worked out together and put back.
    """
    assert u.shape[1] == luck.shape[1] == LANES
    found = 0
    for k in range(shape.threats + SLOW):
        channel = at.noise_mood + k if k < shape.threats else at.noise_slow + k - shape.threats
        for i in range(n):
            luck[k, i] = normal_central(u[channel, i])
        for i in range(n):
            outer[0, found] = u[channel, i]
            outer[1, found] = k
            outer[2, found] = i
            found += 0 if is_central(u[channel, i]) else 1
    whole = (found + TOGETHER - 1) // TOGETHER * TOGETHER
    for j in range(whole):
        outer[0, j] = normal_outer(outer[0, j])
    for j in range(found):
        luck[int(outer[1, j]), int(outer[2, j])] = outer[0, j]
