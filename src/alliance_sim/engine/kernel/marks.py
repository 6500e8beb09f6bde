"""Which kind of act each of many is, how much it matters, and who starts it.

The model says how many acts of a domain a quarter holds; marks say which, by `rules.events`. They
feed nothing back, so that they are worked out act by act after the runs, and only where somebody
asks for a chronology.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from alliance_sim.compiled import inlined, stage
from alliance_sim.rules.events import chosen, initiator, kind_weight, salience, state_starts

Floats = NDArray[np.float64]


class Acts(NamedTuple):
    """What is known of acts of one domain, arrays (act,).

    Attributes:
        level: Level of their domain in their quarter, in [0, 1].
        assets: Institutional assets then, in [0, 1].
        gap: By how much the state's ratio exceeds the alliance's then.
        kind_luck: A uniform that decides on the kind.
        salience_luck: One on how much the act matters.
        initiator_luck: One on who starts it.
    """

    level: Floats
    assets: Floats
    gap: Floats
    kind_luck: Floats
    salience_luck: Floats
    initiator_luck: Floats


class ActKinds(NamedTuple):
    """Kinds of acts of one domain, arrays (kind,); as in the scenario's table of kinds.

    Attributes:
        weight: How common a kind is with nothing built.
        pull: Log weight per unit of assets.
        from_level: Level of the domain from which on it happens.
        salience: Log-odds of mattering more than least.
        single: Probability of a single ally's own track.
        otherwise: Position of the kind where none is possible yet, one number.
    """

    weight: Floats
    pull: Floats
    from_level: Floats
    salience: Floats
    single: Floats
    otherwise: int


class Habits(NamedTuple):
    """What holds for acts of all kinds; see `rules.events`.

    Attributes:
        top: Share of the more important acts that reach 3.
        joint: Probability that both sides start an act together.
        base: Log-odds that the state starts what one side starts.
        pull: Log-odds per unit of the gap of ratios.
    """

    top: float
    joint: float
    base: float
    pull: float


class Marked(NamedTuple):
    """Marks of acts, arrays (act,): position of the kind, 1 to 3, and who as in `rules.events`."""

    kind: Floats
    salience: Floats
    initiator: Floats


@stage
def mark_acts(acts: Acts, kinds: ActKinds, habits: Habits, marked: Marked) -> None:
    """Fill in the marks of each act."""
    for i in range(len(acts.level)):
        k = kind_of(acts, kinds, i)
        state = state_starts(habits.base, habits.pull, acts.gap[i])
        marked.kind[i] = 1.0 * k
        marked.salience[i] = salience(kinds.salience[k], habits.top, acts.salience_luck[i])
        marked.initiator[i] = initiator(
            kinds.single[k], habits.joint, state, acts.initiator_luck[i]
        )


@inlined
def kind_of(acts: Acts, kinds: ActKinds, i: int) -> int:
    """Return the kind of an act: common ones more often, some only from a level on."""
    total = 0.0
    for k in range(len(kinds.weight)):
        total = total + weight_of(acts, kinds, i, k)
    below = 0.0
    for k in range(len(kinds.weight)):
        below = below + weight_of(acts, kinds, i, k)
        if chosen(acts.kind_luck[i], total, below) > 0.0:
            return k
    return kinds.otherwise


@inlined
def weight_of(acts: Acts, kinds: ActKinds, i: int, k: int) -> float:
    """Return how common a kind is in the quarter of an act."""
    pull, from_level = kinds.pull[k], kinds.from_level[k]
    return kind_weight(kinds.weight[k], pull, from_level, acts.level[i], acts.assets[i])
