"""The model's states as agents hold them, read and written by their declaration."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from alliance_sim.world.coefficients import Coefficients
from alliance_sim.world.declaration import Variable, argument, declared, flattened, nested, size
from alliance_sim.world.state import STATES, reported

if TYPE_CHECKING:
    from alliance_sim.engine.mesa_model.model import AllianceModel

Values = list[float]
DERIVED = tuple(state for state in STATES if state.of)
BY_NAME = {state.name: state for state in STATES}
REMEMBERED = tuple(
    {one.name for state in DERIVED for one in map(argument, state.of) if one.source == "was"}
)


class HeldStates:
    """The states of one model, looked up in their declaration once and read every quarter."""

    def __init__(self, model: AllianceModel) -> None:
        """Find who holds what, in a model whose agents are all there."""
        self._model = model
        self._readers = {state.name: self._reader(state) for state in STATES}
        self._was: dict[str, Values] = {}
        found = [(state.name, position) for _, state, position in reported(model.world.scenario)]
        names = list(dict.fromkeys(name for name, _ in found))
        sizes = [size(BY_NAME[name].per, model.world.counts) for name in names]
        starts = dict(zip(names, accumulate(sizes, initial=0), strict=False))
        self._reported = [self._readers[name] for name in names]
        self._places = [starts[name] + position for name, position in found]
        self._rules = [(self._giver(state), state.rule, self._setter(state)) for state in DERIVED]

    def of(self, name: str) -> Values:
        """Return a state's numbers this quarter, the last axis fastest."""
        return self._readers[name]()

    def reported(self) -> Values:
        """Return every reported state of this quarter, in the order of `state_names`."""
        numbers = [number for read in self._reported for number in read()]
        return [numbers[place] for place in self._places]

    def remember(self) -> None:
        """Keep what derived states look back at, before all commit."""
        self._was = {name: self.of(name) for name in REMEMBERED}

    def derive(self) -> None:
        """Work out the states that need no code of their own, and hand them to their holders.

        All agents have committed. In the first quarter nothing is remembered, and all was 0.
        """
        for given, rule, hand_over in self._rules:
            hand_over([rule(*arguments) for arguments in zip(*given(), strict=True)])

    def _holders(self, state: Variable) -> tuple[list[Any], str, tuple[str, ...]]:
        """Return the agents that hold a state, their attribute, and the axes within one agent."""
        group, _, attribute = state.held.partition(".")
        found = getattr(self._model, group)
        many = isinstance(found, list | tuple)
        return (
            list(found) if many else [found],
            attribute,
            state.per[1:] if many else state.per,
        )

    def _reader(self, state: Variable) -> Callable[[], Values]:
        """Return what reads a state."""
        agents, attribute, per = self._holders(state)
        if agents and callable(getattr(agents[0], attribute, None)):
            places = range(self._model.world.counts[per[0]]) if per else None
            if places is None:
                return lambda: [getattr(agent, attribute)() for agent in agents]
            return lambda: [getattr(agent, attribute)(k) for agent in agents for k in places]
        if not per:
            return lambda: [getattr(agent, attribute) for agent in agents]
        if len(per) == 1:
            return lambda: [value for agent in agents for value in getattr(agent, attribute)]
        return lambda: flattened([getattr(agent, attribute) for agent in agents])

    def _setter(self, state: Variable) -> Callable[[Values], None]:
        """Return what hands a state's numbers to those who hold it."""
        agents, attribute, per = self._holders(state)
        counts = self._model.world.counts

        def hand_over(values: Values) -> None:
            row = iter(values)
            for agent in agents:
                setattr(agent, attribute, nested(per, counts, float, row))

        return hand_over

    def _giver(self, state: Variable) -> Callable[[], list[Values]]:
        """Return what gives a rule's arguments: a list for each, one for each number of a state."""
        count = size(state.per, self._model.world.counts)
        given = [self._argument(text, count) for text in state.of]
        return lambda: [read() for read in given]

    def _argument(self, text: str, count: int) -> Callable[[], Values]:
        """Return what reads one argument, as often as a state has numbers."""
        one, model = argument(text), self._model
        kind = declared(Coefficients) if one.source == "coefficient" else BY_NAME
        per = kind[one.name].per
        place = model.world.axes[per[0]].index(one.label) if one.label else None

        def fitted(values: Values) -> Values:
            if place is not None:
                values = values[place : place + 1]
            return values if len(values) == count else values * count

        if one.source == "now":
            return lambda: fitted(self.of(one.name))
        if one.source == "was":
            return lambda: fitted(self._was[one.name]) if self._was else [0.0] * count
        found = getattr(model.numbers, one.name)
        numbers = fitted(list(found) if per else [found])
        return lambda: numbers
