"""The Mesa model: one run of one world."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite
from typing import Any

import mesa

from alliance_sim import noise
from alliance_sim.arithmetic import inverse_normal
from alliance_sim.engine.mesa_model.agents import State, Threat
from alliance_sim.engine.mesa_model.alliance import Alliance, Member
from alliance_sim.engine.mesa_model.holding import Holding
from alliance_sim.engine.mesa_model.partnership import Partnership
from alliance_sim.engine.mesa_model.states import HeldStates
from alliance_sim.errors import SettingError, shown
from alliance_sim.scenario import Scenario, load_scenario, shipped
from alliance_sim.scenario.fields import DOMAINS
from alliance_sim.shipped import usual_scenario
from alliance_sim.world.build import prepared
from alliance_sim.world.state import DECISIONS, not_finite, state_names

USUAL = usual_scenario()
SHOWN = DECISIONS[-1]  # the phase in which events show what the others have decided
AGENT_STATES = ("hostility", "willing_political", "willing_operations", "willing_equipment")


@dataclass(frozen=True)
class Cast:
    """The class of each kind of agent; replace one to try another decision."""

    state: type[State] = State
    alliance: type[Alliance] = Alliance
    member: type[Member] = Member
    threat: type[Threat] = Threat
    partnership: type[Partnership] = Partnership


def cast_problems(cast: object) -> list[str]:
    """Return in a sentence each what is wrong with classes of agents."""
    if not isinstance(cast, Cast):
        kinds = ", ".join(f"{part}=" for part in vars(Cast()))
        return [f"cast is {shown(cast)}, must be Cast(...) with classes of agents, by {kinds}"]
    usual = vars(Cast())
    return [
        f"cast: the {part} class is {shown(cls)}, must be a subclass of {usual[part].__name__}"
        for part, cls in vars(cast).items()
        if not (isinstance(cls, type) and issubclass(cls, usual[part]))
    ]


@lru_cache(maxsize=8)
def _shipped(name: str) -> Scenario:
    return load_scenario(name)


def _scenario(world_of: str | os.PathLike[str] | Scenario) -> Scenario:
    """Return the scenario asked for; a user's own file is read afresh each time."""
    if isinstance(world_of, Scenario):
        return world_of
    if not isinstance(world_of, str | os.PathLike):
        return load_scenario(world_of)  # which says what it must be
    name = os.fspath(world_of)
    return _shipped(name) if name in shipped() else load_scenario(name)


class NotFinite(ArithmeticError):  # noqa: N818 - the sentence that it carries is the status
    """A reported state became infinite or not a number; the run cannot go on."""


class AllianceModel(mesa.Model):  # type: ignore[misc]
    """One run: step 0 is the first quarter, and each `step()` brings the next.

    Step numbers are positions of quarters. After the last quarter one closing `step()` only sets
    `running` to False: `mesa.batch_run` counts that way in Mesa 3.3, so its frames then hold every
    quarter in all versions.

    Attributes:
        noise_seed: The seed used, always an explicit integer (also reported as "seed").
        run: Number of the run; noise depends on seed and run only.
        quarter: Position of the present quarter.
        held: Reads the states that agents hold, by name.
        datacollector: Model variables are the states of `simulate`; agent variables are name,
            role, hostility and willingness.
    """

    def __init__(
        self,
        world_of: str | os.PathLike[str] | Scenario = USUAL,
        *,
        run: int = 0,
        rng: object = None,
        seed: object = None,
        cast: Cast | None = None,
        agent_data: bool = True,
    ) -> None:
        """Set up the first quarter.

        Args:
            world_of: A scenario, the name of a shipped one, or a file.
            run: Number of the run, from 0.
            rng: Seed, the way Mesa 3.5 passes it: a whole number, text of one, or None to let
                the operating system choose.
            seed: The same, the way Mesa 3.3 passes it. Give one of the two.
            cast: Classes of agents to use.
            agent_data: Whether to collect agent variables as well.

        Raises:
            ScenarioError: If the scenario cannot be used.
            SettingError: If the seed or the run is not a whole number in range; or of a cast that
                is none, or has a class of another kind in it.
        """
        if cast is not None and (problems := cast_problems(cast)):
            raise SettingError("AllianceModel", problems)
        if rng is not None and seed is not None and noise.as_seed(rng) != noise.as_seed(seed):
            raise SettingError("AllianceModel", [f"rng is {rng!r} but seed is {seed!r}; give one"])
        self.noise_seed = noise.as_seed(rng if rng is not None else seed)
        super().__init__(rng=self.noise_seed)
        self.run = noise.as_run(run)
        scenario = _scenario(world_of)
        self.world, self.numbers = prepared(scenario)
        self.quarter = 0
        self.inputs = self.world.inputs[0]
        channels = self.world.all_channels
        rows = noise.table(self.noise_seed, self.run, channels, self.world.calendar.steps)
        self._uniforms = dict(zip(channels, rows.tolist(), strict=True))
        self.push = self._push()
        self._people(cast or Cast(), scenario)
        self.held = HeldStates(self)
        self._holding = Holding(self)
        self._parts = {
            phase: [getattr(agent, phase) for agent in self.agents if hasattr(agent, phase)]
            for phase in (*DECISIONS, "commit")
        }
        self._holding.put("")
        self.sum_up()
        self.datacollector = self._collector(agent_data=agent_data)
        self.datacollector.collect(self)

    def _people(self, cast: Cast, scenario: Scenario) -> None:
        """Create the agents, and settle them into the first quarter."""
        world, partners = self.world, scenario.partners
        self.partnership = cast.partnership(self, partners.name)
        self.threats = [cast.threat(self, name, k) for k, name in enumerate(world.threats)]
        self.alliance = cast.alliance(self, partners.alliance)
        self.members = [cast.member(self, name, m) for m, name in enumerate(world.members)]
        self.state = cast.state(self, partners.state)
        self.sides = (self.state, self.alliance)
        self.alliance.look()
        self.state.settle()
        for member in self.members:
            member.settle()
        self.partnership.settle()

    def uniform(self, channel: int) -> float:
        """Return this quarter's uniform of a channel of this world."""
        return float(self._uniforms[channel][self.quarter])

    def normal(self, channel: int) -> float:
        """Return this quarter's standard normal of a channel of this world."""
        return inverse_normal(self._uniforms[channel][self.quarter])

    def _push(self) -> tuple[float, float]:
        """Return the leaders' push this quarter, with those who are drawn once per run."""
        push = list(self.inputs.push)
        world = self.world
        for leader, channel, share in zip(
            world.drawn_leaders, world.channels.leader, self.inputs.drawn_push, strict=True
        ):
            drawn = self.numbers.leader_spread * inverse_normal(self._uniforms[channel][0])
            push[leader.side] = push[leader.side] + share * drawn
        return push[0], push[1]

    def step(self) -> None:
        """Bring the next quarter, phase by phase (`world.state.PHASES`).

        Everybody decides, then all commit. What the scenario holds is put in its place before
        events show it. The one step after the last quarter only ends the run.
        """
        if self.quarter + 1 >= self.world.calendar.steps:
            self.running = False
            return
        self.bring()
        for phase in DECISIONS:
            if phase == SHOWN:
                self._holding.put("_next_")
            self.everybody(phase)
        self.held.remember()
        self.everybody("commit")
        self.sum_up()
        self.datacollector.collect(self)

    def bring(self) -> None:
        """Look up the inputs of the next quarter and who leads in it."""
        self.quarter += 1
        self.inputs = self.world.inputs[self.quarter]
        self.push = self._push()
        for agent in (self.partnership, *self.sides):
            agent.begin()

    def everybody(self, phase: str) -> None:
        """Let every agent that has a part in it go through a phase; no order makes a difference."""
        for go_through in self._parts[phase]:
            go_through()

    def sum_up(self) -> None:
        """Work out what follows from all that was decided."""
        self.alliance.look()
        self.held.derive()
        self.row = self._row()

    def _row(self) -> list[float]:
        """Return every reported state of this quarter, in the order of `state_names`.

        Raises:
            NotFinite: If one is infinite or not a number.
        """
        row = self.held.reported()
        if not all(map(isfinite, row)):
            position = next(k for k, value in enumerate(row) if not isfinite(value))
            state = state_names(self.world.scenario)[position]
            raise NotFinite(not_finite(state, self.world.calendar.label(self.quarter)))
        return row

    def _collector(self, *, agent_data: bool) -> mesa.DataCollector:
        agents: dict[str, Any] = {}
        if agent_data:
            agents = {"name": "name", "role": "role"} | {
                state: _agent_reporter(state) for state in AGENT_STATES
            }
        return RowCollector(state_names(self.world.scenario), agents)


class RowCollector(mesa.DataCollector):  # type: ignore[misc]
    """Collects a model's row of states as it is, after what Mesa collects.

    Mesa asks a function for each state and copies the answer deeply; numbers need neither.
    """

    def __init__(self, states: Sequence[str], agents: dict[str, Any]) -> None:
        """Collect nothing yet; `agents` are Mesa's agent reporters."""
        reporters: dict[str, Callable[[AllianceModel], object]] = {
            "seed": lambda model: model.noise_seed,
            "run": lambda model: model.run,
            "quarter": lambda model: model.world.calendar.label(model.quarter),
        }
        super().__init__(model_reporters=reporters, agent_reporters=agents)
        self._columns: list[list[float]] = [[] for _ in states]
        self.model_vars |= dict(zip(states, self._columns, strict=True))

    def collect(self, model: AllianceModel) -> None:
        """Collect this quarter."""
        super().collect(model)
        for column, value in zip(self._columns, model.row, strict=True):
            column.append(value)


def _agent_reporter(state: str) -> Callable[[Any], object]:
    """Return what reports a state of an agent; NaN where that kind of agent has none."""
    head, _, domain = state.partition("_")
    if not domain:
        return lambda agent: getattr(agent, head, float("nan"))
    position = DOMAINS.index(domain)

    def willing(agent: Any) -> object:
        values = getattr(agent, head, None)
        if values is None:
            return float("nan")
        return values(position) if callable(values) else values[position]

    return willing
