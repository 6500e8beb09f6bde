"""Junctures as players of a game: what an outcome comes to where only some of them happened.

The value of a set of junctures is the outcome in the world from which all the others are removed,
on the same noise, so that `shapley`, `owen`, `time_ordered`, `leave_one_out` and `add_one_in` can
say what each contributes, draw by draw. What follows from a juncture goes with it, as in every
what-if: a law or a mission that is a player of its own needs its cause to be in the set.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from alliance_sim.counterfactual.couplings import QUANTILE, checked_coupling
from alliance_sim.counterfactual.worlds import twin_worlds
from alliance_sim.errors import ScenarioWarning, SettingError
from alliance_sim.results.outcomes import outcome_by_run, parse_outcome
from alliance_sim.scenario.schema import unknown_juncture
from alliance_sim.world.state import state_names

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from alliance_sim.counterfactual.histories import Histories
    from alliance_sim.counterfactual.worlds import TwinWorlds
    from alliance_sim.scenario import Scenario

    Floats = NDArray[np.float64]

WHERE = "junctures"


class JunctureGame:
    """The value of every set of some junctures, an array (draw,).

    Attributes:
        players: The junctures, in the order of their dates.
        outcome: The outcome, as it was read.
    """

    def __init__(
        self,
        base: Scenario,
        junctures: Sequence[str],
        past: Histories,
        outcome: str,
        *,
        coupling: str = QUANTILE,
    ) -> None:
        """Say what is asked.

        Args:
            base: The factual scenario.
            junctures: Names of junctures that happened in it.
            past: Its histories.
            outcome: Such as "rung>=8@2014"; of yes or no the value of a draw is the share of its
                histories.
            coupling: How acts of both worlds hang together.

        Raises:
            SettingError: Saying all that is wrong: junctures that are unknown, named twice or did
                not happen, an outcome that cannot be read, an unknown coupling.
        """
        there = {juncture.name: juncture for juncture in base.junctures}
        problems = wrong_players(base, junctures)
        if not junctures:
            problems.append("no juncture is named; name one, such as one of: " + ", ".join(there))
        if problems:
            raise SettingError(WHERE, problems)
        self.players = tuple(sorted(junctures, key=lambda name: (there[name].date, name)))
        self.outcome = parse_outcome(outcome, states=state_names(base), calendar=base.calendar())
        self._base, self._past, self._coupling = base, past, checked_coupling(coupling)

    def __call__(self, kept: frozenset[str]) -> Floats:
        """Return the outcome where of the players only these happened, array (draw,)."""
        twins = self._twins(kept)
        return twins.by_draw(outcome_by_run(self.outcome, twins.edited))

    def by_history(self, kept: frozenset[str]) -> Floats:
        """Return the same history by history, array (history,); NaN where one failed."""
        return outcome_by_run(self.outcome, self._twins(kept).edited)

    def _twins(self, kept: frozenset[str]) -> TwinWorlds:
        gone = [name for name in self.players if name not in kept]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ScenarioWarning)  # what falls away falls away
            edited = self._base.without(*gone) if gone else self._base
        return twin_worlds(
            self._base,
            edited,
            self._past,
            coupling=self._coupling,
            states=[self.outcome.state],
        )


def wrong_players(base: Scenario, junctures: Sequence[str]) -> list[str]:
    """Return in sentences which junctures are unknown, named more than once, or did not happen.

    Args:
        base: The factual scenario.
        junctures: Names of those that are to contribute.
    """
    there = {juncture.name: juncture for juncture in base.junctures}
    twice = sorted({name for name in junctures if list(junctures).count(name) > 1})
    return [
        *(unknown_juncture(name, there.values()) for name in junctures if name not in there),
        *(f"juncture {name!r} is named more than once" for name in twice),
        *(
            f"juncture {name!r} does not happen in {base.name}, so it contributes nothing"
            for name in dict.fromkeys(junctures)
            if name in there and not there[name].present
        ),
    ]
