"""What the page's module tells acts from: kinds of acts, where states stand, channels of luck."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim import noise
from alliance_sim.counterfactual.thinning import CHANNEL
from alliance_sim.lab import marks
from alliance_sim.noise import WORD
from alliance_sim.scenario.fields import SERIES
from alliance_sim.world.declaration import Axes, declared, size
from alliance_sim.world.state import Marks, axes_of, channel_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.engine.kernel.layout import Shape
    from alliance_sim.scenario import Scenario

MOST_EVENTS = 4096  # of one run; those beyond are counted, not told
OF_A_KIND = ("weight", "assets_pull", "from_level", "salience", "single_ally")  # as in `marks`


def given_of(scenario: Scenario, shape: Shape, states: tuple[str, ...]) -> dict[str, Any]:
    """Return what the events of one run are worked out from, and room for them."""
    axes = axes_of(scenario)
    names = channel_names(Marks, scenario.partners.name, axes)
    kinds = sorted(scenario.kinds, key=lambda kind: (SERIES.index(kind.domain), kind.name))
    series = [SERIES.index(kind.domain) for kind in kinds]
    numbers = [[getattr(kind, name).value for name in OF_A_KIND] for kind in kinds]
    by_name = {member.name: member for member in scenario.members}
    guarantors = [float(by_name[name].guarantor) for name in axes["member"]]
    first, own = {}, 0
    for name, entry in declared(Marks).items():
        first[name] = own
        own += size(entry.per, {axis: len(labels) for axis, labels in axes.items()})
    return {
        "states": marks.States(*(states.index(name) for name in _states(scenario, axes))),
        "channels": marks.Channels(**first),
        "run": marks.Run(
            key=np.zeros(2, dtype=np.int64),
            number=np.zeros(1, dtype=np.int64),
            halves=halves(names),
            values=np.zeros((shape.steps, len(states))),
            kinds=np.array(numbers, dtype=np.float64),
            first_kind=np.searchsorted(series, range(len(SERIES) + 1)).astype(np.int64),
            guarantors=np.array(guarantors),
            events=np.zeros((MOST_EVENTS, marks.COLUMNS)),
            told=np.zeros(1, dtype=np.int64),
        ),
    }


def _states(scenario: Scenario, axes: Axes) -> list[str]:
    """Return the first state of each kind that events are worked out from, as `marks.States`."""
    state, alliance = scenario.partners.state, scenario.partners.alliance
    who, items = axes["who"][0], axes["item"]
    return [
        *("level_political", "assets_general", "assets_mission"),
        *(f"ratio_{state}", f"ratio_{alliance}"),
        *("count_political", "rung", "agreements", "suspensions", f"refused_{who}"),
        f"refused_{items[0]}_{who}" if items else "rung",
        f"passed_{items[0]}" if items else "rung",
    ]


def halves(channels: Sequence[str]) -> NDArray[np.int64]:
    """Return the numbers of channels in halves of 32 bits, array (2, channel)."""
    numbers = [noise.channel(name) for name in channels]
    halves = [[number & WORD for number in numbers], [number >> 32 for number in numbers]]
    return np.array(halves, dtype=np.int64)


def thinned(scenario: Scenario) -> NDArray[np.int64]:
    """Return the halves of the channels by which counts are thinned, array (2, series)."""
    relationship = scenario.partners.name
    return halves([CHANNEL.format(relationship=relationship, series=name) for name in SERIES])
