"""What a scenario holds, put in its place in the Mesa model: between `sign` and `show`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from alliance_sim.rules.threats import menace
from alliance_sim.scenario.holds import window_of
from alliance_sim.world.state import reported

if TYPE_CHECKING:
    from alliance_sim.engine.mesa_model.model import AllianceModel


class Holding:
    """The states of one model that its scenario holds at a value over a window of time."""

    def __init__(self, model: AllianceModel) -> None:
        """Find who holds what, in a model whose agents are all there."""
        self._model, world = model, model.world
        found = {name: (state, place) for name, state, place in reported(world.scenario)}
        self._held: list[tuple[range, Any, str, int | None, float]] = []
        for hold in world.scenario.holds:
            state, place = found[hold.state]
            group, _, attribute = state.held.partition(".")
            owner: Any = getattr(model, group)
            many = isinstance(owner, Sequence)
            window = range(*window_of(hold, world.calendar))
            agent, position = (owner[place], None) if many else (owner, place)
            inside = position if state.per else None
            self._held.append((window, agent, attribute, inside, hold.value))

    def put(self, prefix: str) -> None:
        """Put what is held this quarter in the place of what agents have, or have decided.

        Args:
            prefix: What stands before the name of an attribute: "_next_" for what they decided.
        """
        quarter = self._model.quarter
        for window, agent, attribute, place, value in self._held:
            if quarter not in window:
                continue
            name, new = f"{prefix}{attribute}", value
            if place is not None:
                several = list(getattr(agent, name))
                several[place] = value
                setattr(agent, name, several)
            else:
                setattr(agent, name, new)
            if attribute == "hostility":
                capability = self._model.inputs.capability[agent.position]
                setattr(agent, f"{prefix}menace", menace(capability, agent.offence, value))
