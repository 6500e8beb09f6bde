"""One run of the Mesa model, whole, with what happened in it: all that the page shows."""

from __future__ import annotations

import datetime as dt
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from alliance_sim import noise, provenance
from alliance_sim.calendar import Calendar
from alliance_sim.engine.chronology import chronology, rung_asked
from alliance_sim.engine.mesa_model import AllianceModel, Cast
from alliance_sim.errors import AllianceSimError, SettingError
from alliance_sim.results import Ensemble
from alliance_sim.scenario import Scenario, load_scenario
from alliance_sim.scenario.causes import missing_causes
from alliance_sim.shipped import usual_scenario

SEED, RUN = 1, 0


@dataclass(frozen=True)
class Act:
    """Something with a date.

    Attributes:
        quarter: Position of its quarter.
        date: Its day.
        what: In words.
        given: Whether the scenario brings it; False if it came about in this run.
    """

    quarter: int
    date: dt.date
    what: str
    given: bool


@dataclass(frozen=True)
class Refusal:
    """A formal step that was put to the Council and to parliament, and refused.

    Attributes:
        quarter: Position of its quarter.
        step: Title of the step.
        who: Titles of all who said no.
    """

    quarter: int
    step: str
    who: tuple[str, ...]


@dataclass(frozen=True)
class OneRun:
    """One run from the first quarter to the last that it reached.

    Attributes:
        scenario: What was run.
        seed: The seed used.
        run: Number of the run.
        states: Every reported state by name, one value for each quarter reached.
        problem: What stands in the way of what was asked for, in words; "" if nothing does.
    """

    scenario: Scenario
    seed: int
    run: int
    states: Mapping[str, Sequence[float]]
    problem: str = ""

    @property
    def calendar(self) -> Calendar:
        """The quarters of the whole run."""
        return self.scenario.calendar()

    @property
    def last(self) -> int:
        """Position of the last quarter that was reached."""
        return len(next(iter(self.states.values()))) - 1

    @cached_property
    def acts(self) -> tuple[Act, ...]:
        """What has a date, given or come about, in order."""
        return tuple(sorted([*self._given(), *self._came_about()], key=lambda act: act.date))

    def _given(self) -> Iterator[Act]:
        """Yield the junctures that come on a day; one without its cause has none."""
        uncaused = missing_causes(self.scenario.junctures)
        for juncture in self.scenario.junctures:
            quarter = self.calendar.index(juncture.date)
            there = juncture.present and juncture.name not in uncaused
            if there and 0 <= quarter < self.calendar.steps:
                yield Act(quarter, juncture.date, juncture.title, given=True)

    def _came_about(self) -> Iterator[Act]:
        values = np.full((1, self.calendar.steps, len(self.states)), np.nan)
        values[0, : self.last + 1] = np.transpose(list(self.states.values()))
        ensemble = Ensemble(
            scenario=self.scenario.name,
            digest=provenance.scenario_digest(self.scenario),
            calendar=self.calendar,
            states=tuple(self.states),
            values=values,
            seed=self.seed,
            first_run=self.run,
        )
        rows = chronology(ensemble, self.scenario)[["quarter", "date", "title"]]
        for quarter, date, title in zip(*(rows[name] for name in rows), strict=True):
            yield Act(int(quarter), date.date(), title, given=False)

    @cached_property
    def refusals(self) -> tuple[Refusal, ...]:
        """Every refused step, in order, with all who refused it."""
        titles = {rung.number: rung.title for rung in self.scenario.rungs}
        found = [
            Refusal(quarter, titles[rung_asked(self.states["rung"], quarter)], who)
            for quarter, who in self._refused("refused_")
        ]
        for item in self.scenario.items:
            refused = self._refused(f"refused_{item.name}_")
            found += [Refusal(quarter, item.title, who) for quarter, who in refused]
        return tuple(sorted(found, key=lambda refusal: refusal.quarter))

    def _refused(self, prefix: str) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield each quarter in which somebody refused, and who."""
        partners = self.scenario.partners
        titles = {member.name: member.title for member in self.scenario.members}
        titles[partners.state] = f"{partners.state_title} (at home)"
        said = {title: self.states[f"{prefix}{name}"] for name, title in titles.items()}
        for quarter in range(self.last + 1):
            who = tuple(title for title, values in said.items() if values[quarter] > 0.0)
            if who:
                yield quarter, who

    def refused_so_far(self, quarter: int) -> list[tuple[str, int]]:
        """Return who has refused how many steps up to a quarter, the most first."""
        counts: dict[str, int] = {}
        for refusal in self.refusals:
            for who in refusal.who if refusal.quarter <= quarter else ():
                counts[who] = counts.get(who, 0) + 1
        return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def one_run(world_of: str, seed: str, run: str, *, cast: Cast | None = None) -> OneRun:
    """Return a run as it was asked for, or what can be shown in its place and why.

    Args:
        world_of: Name of a shipped scenario, or a file.
        seed: As it was typed.
        run: As it was typed.
        cast: Classes of agents to use. One that raises an error ends the run in that quarter; where
            it happened is printed to standard error.
    """
    number, which, problem = _numbers(seed, run)
    try:
        scenario = load_scenario(world_of)
    except AllianceSimError as error:
        usual = usual_scenario()
        scenario, problem = load_scenario(usual), f"{error}. This is {usual}."
    try:
        model = _model(scenario, number, which, cast)
    except Exception as error:  # noqa: BLE001 - agents may be somebody else's
        traceback.print_exc(file=sys.stderr)
        problem = f"The run did not begin: {_named(error)}. These are the package's own agents."
        model = _model(scenario, number, which, None)
    try:
        while model.running:
            model.step()
    except Exception as error:  # noqa: BLE001 - agents may be somebody else's
        traceback.print_exc(file=sys.stderr)
        when = model.world.calendar.label(model.quarter)
        problem = f"The run ended in {when}: {_named(error)}"
    collected = model.datacollector.model_vars
    labels = {"seed", "run", "quarter"}
    states = {name: values for name, values in collected.items() if name not in labels}
    return OneRun(scenario, number, which, states, problem)


def _model(scenario: Scenario, seed: int, run: int, cast: Cast | None) -> AllianceModel:
    return AllianceModel(scenario, rng=seed, run=run, cast=cast, agent_data=False)


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _numbers(seed: str, run: str) -> tuple[int, int, str]:
    """Return seed and run, or the usual ones and what is wrong with those that were typed."""
    problems: list[str] = []
    found = []
    for check, typed in ((noise.as_seed, seed), (noise.as_run, run)):
        try:
            found.append(check(typed))
        except SettingError as error:
            problems += error.problems
    if problems:
        return SEED, RUN, "; ".join([*problems, f"this is run {RUN} of seed {SEED}"])
    return found[0], found[1], ""
