"""Counts of an edited world by thinning those of the factual one.

Nothing in the model depends on how many acts there are, so counts can be told after the runs: from
the levels and assets of both worlds, by the rules by which the engine draws them.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from alliance_sim import noise
from alliance_sim.counterfactual.thin_rules import thinned_count
from alliance_sim.engine.kernel.layout import P
from alliance_sim.rules.events import Counting, expected_events, institution, risen
from alliance_sim.rules.levels import all_assets
from alliance_sim.scenario.fields import DOMAINS, SERIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

COUNTS = tuple(f"count_{name}" for name in SERIES)
LEVELS = tuple(f"level_{name}" for name in DOMAINS)
ASSETS = ("assets_general", "assets_mission")
NEEDED = (*LEVELS, *ASSETS, *COUNTS)  # states, in the order in which they are handed in
FIRST_ASSETS, FIRST_COUNT = len(LEVELS), len(LEVELS) + len(ASSETS)
POLITICAL = DOMAINS.index("political")
CHANNEL = "{relationship}/count.{series}.thinned:v1"


def thinned(
    both: tuple[Floats, Floats],
    constants: tuple[Floats, Floats],
    *,
    first: int,
    seed: int,
    numbers: Ints,
    relationship: str,
) -> Floats:
    """Return the counts of the edited world, array (lane, step, series).

    Where an edit changes the size of a series' negative binomial there is nothing to thin, and its
    counts stay the quantiles that they were.

    Args:
        both: States of `NEEDED` in the factual and in the edited world, arrays (lane, step, state).
        constants: What stays the same during a run of either, arrays (number, lane).
        first: First step in which they may differ.
        seed: Seed of the thinning.
        numbers: Number of each history.
        relationship: Its name, of which channels are.
    """
    counts: Floats = both[1][:, :, FIRST_COUNT:].copy()
    before = both[0][:, :, FIRST_COUNT:]
    steps = np.arange(max(1, first), counts.shape[1], dtype=np.int64)
    shown = tuple(_shown(states, int(steps[0])) for states in both) if len(steps) else ()
    for place, series in enumerate(SERIES if shown else ()):
        channel = noise.channel(CHANNEL.format(relationship=relationship, series=series))
        rows = P.counting[place]
        for lane, number in enumerate(numbers.tolist()):
            pair = [Counting(*(float(c[row, lane]) for row in rows)) for c in constants]
            if pair[0].size != pair[1].size:
                continue
            dt = float(constants[0][P.dt, lane])
            one, other = (
                [expected_events(counting, *now, dt) for now in world[place][lane]]
                for counting, world in zip(pair, shown, strict=True)
            )
            acts = before[lane, steps, place].tolist()
            lucks = noise.scattered(seed, channel, np.full(len(steps), number), steps).tolist()
            counts[lane, steps, place] = [
                thinned_count(count, mean, after, pair[0].size, luck)
                for count, mean, after, luck in zip(acts, one, other, lucks, strict=True)
            ]
    return counts


def _shown(states: Floats, first: int) -> list[list[list[tuple[float, float]]]]:
    """Return what shows itself in acts, and its rise since the quarter before, as the engine does.

    Returns:
        By series, lane and step from `first` on.
    """
    found: list[list[list[tuple[float, float]]]] = [[] for _ in SERIES]
    for lane in states[:, first - 1 :].tolist():
        told: list[list[tuple[float, float]]] = [[] for _ in SERIES]
        for was, now in itertools.pairwise(lane):
            for place in range(len(LEVELS)):
                told[place].append((now[place], risen(was[place], now[place])))
            had, built = (
                all_assets(*then[len(LEVELS) : len(NEEDED) - len(COUNTS)]) for then in (was, now)
            )
            seen = institution(had, was[POLITICAL])
            told[-1].append((seen, risen(seen, institution(built, now[POLITICAL]))))
        for place, series in enumerate(told):
            found[place].append(series)
    return found
