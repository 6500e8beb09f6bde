"""The model's states as agents hold them, read and written by their declaration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from alliance_sim.world.coefficients import Coefficients
from alliance_sim.world.declaration import Variable, argument, declared, flattened, nested, size
from alliance_sim.world.state import STATES

if TYPE_CHECKING:
    from alliance_sim.engine.mesa_model.model import AllianceModel

DERIVED = tuple(state for state in STATES if state.of)
BY_NAME = {state.name: state for state in STATES}
REMEMBERED = tuple(
    {one.name for state in DERIVED for one in map(argument, state.of) if one.source == "was"}
)


def held(model: AllianceModel, state: Variable) -> list[float]:
    """Return a state's numbers this quarter, the last axis fastest."""
    agents, attribute, per = _holders(model, state)
    found = [getattr(agent, attribute) for agent in agents]
    if found and callable(found[0]):
        places = range(model.world.counts[per[0]]) if per else None
        found = [read() if places is None else [read(k) for k in places] for read in found]
    return flattened(found)


def _holders(model: AllianceModel, state: Variable) -> tuple[Sequence[Any], str, tuple[str, ...]]:
    """Return the agents that hold a state, their attribute, and the axes within one agent."""
    group, _, attribute = state.held.partition(".")
    found = getattr(model, group)
    many = isinstance(found, list | tuple)
    return (found, attribute, state.per[1:]) if many else ([found], attribute, state.per)


def remembered(model: AllianceModel) -> dict[str, list[float]]:
    """Return what derived states look back at."""
    return {name: held(model, BY_NAME[name]) for name in REMEMBERED}


def derive(model: AllianceModel, was: dict[str, list[float]]) -> None:
    """Work out the states that need no code of their own, and hand them to those who hold them.

    Args:
        model: The model, whose agents have all committed.
        was: From `remembered`, before they did; empty in the first quarter, when all was 0.
    """
    for state in DERIVED:
        count = size(state.per, model.world.counts)
        given = [_given(model, text, was, count) for text in state.of]
        values = iter([state.rule(*arguments) for arguments in zip(*given, strict=True)])
        agents, attribute, per = _holders(model, state)
        for agent in agents:
            setattr(agent, attribute, nested(per, model.world.counts, float, values))


def _given(model: AllianceModel, text: str, was: dict[str, list[float]], count: int) -> list[Any]:
    """Return one argument of a rule for each number of a state."""
    one = argument(text)
    if one.source == "coefficient":
        per = declared(Coefficients)[one.name].per
        found = getattr(model.numbers, one.name)
        values = list(found) if per else [found]
    else:
        per = BY_NAME[one.name].per
        values = held(model, BY_NAME[one.name]) if one.source == "now" else was.get(one.name, [])
    if one.label:
        values = values[model.world.axes[per[0]].index(one.label) :][:1]
    if one.source == "was" and not was:
        values = [0.0]
    return values if len(values) == count else values * count
