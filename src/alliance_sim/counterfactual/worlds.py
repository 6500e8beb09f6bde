"""Twin worlds: what happened, and what would have happened with one thing changed, on one noise.

Every history that comes to the record has a twin in the edited world, with the same parameters and
the same noise. Nothing differs before the first quarter that the edit touches; the edited world
goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from alliance_sim import provenance
from alliance_sim.arithmetic import inverse_normal
from alliance_sim.counterfactual.couplings import (
    ANEW,
    INDEPENDENT,
    QUANTILE,
    THINNING,
    checked_coupling,
    fresh_seed,
)
from alliance_sim.counterfactual.histories import (
    LAW_AGE,
    Histories,
    Part,
    Rooms,
    by_key,
    deciding_in,
    in_threads,
    rows_of_states,
)
from alliance_sim.counterfactual.thinning import COUNTS, NEEDED, thinned
from alliance_sim.engine.carried import Carrier, Filled, Named, first_difference
from alliance_sim.errors import SettingError, explains_calls, shown, unknown_name
from alliance_sim.results import OK, Ensemble
from alliance_sim.results.ensemble import DRAWN
from alliance_sim.results.outcomes import parse_outcome
from alliance_sim.world.state import meanings_of, not_finite, state_names

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from alliance_sim.calibration.posterior_draws import PosteriorDraws
    from alliance_sim.scenario import Scenario

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

WHERE = "twin worlds"
# States told of where none are named, by beginning; the last three are what chronologies go by.
USUAL = ("level_", "count_", "passed_", "assets_", "ratio_", "refused_")
USUAL_TOO = ("rung", "agenda_overlap", "agreements", "suspensions", "blocked")


@dataclass(frozen=True, eq=False)
class TwinWorlds:
    """Histories that come to the record, and their twins in an edited world.

    Attributes:
        base: The factual scenario.
        edited_scenario: The edited one.
        factual: The histories as they were; run r is history r.
        edited: Their twins, in the same order.
        coupling: How acts of both worlds hang together; see `COUPLINGS`.
        touched: First step that the edit touches; None if it touches none.
        draw: The draw of the posterior that each history has, array (history,).
        draws: How many draws there are.
        only: Names of noise channels that decide acts in one world alone, by "factual" and
            "edited": what has no counterpart, and so is drawn by the seed.
    """

    base: Scenario
    edited_scenario: Scenario
    factual: Ensemble
    edited: Ensemble
    coupling: str
    touched: int | None
    draw: Ints
    draws: int
    only: Mapping[str, tuple[str, ...]]

    def effect(self, state: str) -> Floats:
        """Return edited minus factual of a state, array (history, quarter).

        Raises:
            UnknownName: If the state was not asked for.
        """
        found: Floats = self.edited.column(state) - self.factual.column(state)
        return found

    @cached_property
    def touched_on(self) -> dt.date | None:
        """First day of the first quarter that the edit touches."""
        return None if self.touched is None else self.factual.calendar.start_of(self.touched)

    @property
    def histories(self) -> int:
        """How many histories there are: draws times sets of uniforms."""
        return self.factual.runs

    def by_draw(self, values: Floats) -> Floats:
        """Return means over the histories of each draw.

        Args:
            values: Array whose first axis is the history.

        Returns:
            Array whose first axis is the draw: of the histories that did not fail, NaN where all
            of a draw did.
        """
        sets = values.reshape(-1, self.draws, *values.shape[1:])
        failed = np.isnan(sets)
        runs = (~failed).sum(axis=0)
        found: Floats = np.where(failed, 0.0, sets).sum(axis=0) / np.where(runs, runs, np.nan)
        return found


@explains_calls
def twin_worlds(  # noqa: PLR0913 - what is asked of one pair of worlds, by name
    base: Scenario,
    edited: Scenario,
    draws: PosteriorDraws | Histories,
    *,
    coupling: str = QUANTILE,
    uniforms: int | None = None,
    seed: int | None = None,
    states: Sequence[str] | None = None,
    outcomes: Sequence[str] = (),
    start: int | None = None,
    anew_from: int | None = None,
    threads: int | None = None,
) -> TwinWorlds:
    """Return histories that come to the record, and their twins in an edited world.

    Args:
        base: The factual scenario, the one that was fitted.
        edited: The same scenario, edited. What an edit sets stays set in every draw.
        draws: A posterior; or the `Histories` of one, which spares abducting their noise again.
        coupling: "quantile", "thinning", "redraw_after" or "independent"; see `COUPLINGS`.
        uniforms: Sets of uniforms for each draw of a posterior, 1 if None. Histories have theirs,
            and their own seed and threads.
        seed: Seed of what a posterior's record leaves open, 0 if None.
        states: Reported states to keep; what tables, figures and chronologies tell of if None.
        outcomes: Outcomes, such as "rung>=8@2014", whose states are kept too.
        start: Step from which on the edited world is run, at most the first that the edit touches,
            which is taken if None. Numbers do not depend on it.
        anew_from: Step from which on noise is drawn anew under "redraw_after" and "independent", at
            most the first that the edit touches, which is taken if None. An edit that touches
            nothing then shows what else the factual world might have come to.
        threads: Threads to use with a posterior, all processors if None; numbers do not depend on
            it.

    Raises:
        SettingError: If the posterior does not go with a scenario, or a setting is out of range.
    """
    kind = checked_coupling(coupling)
    if isinstance(draws, Histories):
        _check_left_out({"uniforms": uniforms, "seed": seed, "threads": threads})
        past = draws
    elif hasattr(draws, "numbers_of") and hasattr(draws, "held"):
        sets = 1 if uniforms is None else uniforms
        past = Histories.of_posterior(
            draws, base, uniforms=sets, seed=0 if seed is None else seed, threads=threads
        )
    else:
        problem = f"draws is {shown(draws)}, must be PosteriorDraws, or Histories made of them"
        raise SettingError(WHERE, [problem])
    _check_pair(base, edited, past)
    return EditedWorld(past, edited).twins(
        kind, states=states, outcomes=outcomes, start=start, anew_from=anew_from
    )


def chances_of_laws(past: Histories, edited: Scenario, laws: Mapping[str, int]) -> dict[str, float]:
    """Return in which share of twins laws that the edited world draws have passed by some step.

    The noise is that of the histories: where a law is dated in fact, that which made it pass then.

    Args:
        past: The histories that the edited world is the twin of.
        edited: The edited world, in which each of the laws is drawn.
        laws: By the name of a law the step by whose end it should have passed.

    Returns:
        By the name of a law the share of twins in which it has; 1 where the edit touches nothing.
    """
    world = EditedWorld(past, edited)
    if world.touched is None:
        return dict.fromkeys(laws, 1.0)
    past.run((), until=world.touched)
    names = [f"{LAW_AGE}{name}" for name in laws]
    nothing = np.zeros((len(past), past.vectors.ready.frame.calendar.steps, len(names)))
    ages = world.run(QUANTILE, names, nothing, world.touched)
    return {
        name: float((ages[:, step, place] > 0.0).mean())
        for place, (name, step) in enumerate(laws.items())
    }


def _check_left_out(given: Mapping[str, object]) -> None:
    """Raise an error if what decides how histories are made is given beside some that are made.

    Raises:
        SettingError: Naming all that is given.
    """
    problems = [
        f"{name} is {shown(value)}, and histories that are given have their own; leave it out, or "
        "make them with it"
        for name, value in given.items()
        if value is not None
    ]
    if problems:
        raise SettingError(WHERE, problems)


def _check_pair(base: Scenario, edited: Scenario, past: Histories) -> None:
    """Raise an error unless an edited world can be the twin of a factual one.

    Raises:
        SettingError: Saying all that keeps it from that.
    """
    problems = []
    if base is not past.scenario and provenance.scenario_digest(base) != past.digest:
        problems.append(
            f"the histories are of {past.scenario.name}, and the factual world {base.name} is "
            "another; make histories of it"
        )
    if edited.partners.name != base.partners.name:
        problems.append(f"{edited.name} is of another relationship than {base.name}")
    one, other = base.time, edited.time
    if (one.first_year, one.last_year, one.steps_per_year) != (
        *(other.first_year, other.last_year, other.steps_per_year),
    ):
        problems.append(f"{edited.name} has other quarters than {base.name}; twins share theirs")
    if problems:
        raise SettingError(WHERE, problems)


def _first(
    touched: int | None, start: object, anew_from: object, steps: int, coupling: str
) -> int | None:
    """Return the step from which on the edited world is run, None if it is the factual one.

    Raises:
        SettingError: If it is asked to begin where it cannot.
    """
    problems = []
    latest = steps - 1 if touched is None else touched
    for name, value, fits in (
        ("start", start, coupling not in ANEW),
        ("anew_from", anew_from, coupling in ANEW),
    ):
        if value is None:
            continue
        if not fits:
            other = "anew_from" if name == "start" else "start"
            problems.append(f"{name} is {shown(value)}; under {coupling} say {other}")
        elif type(value) is not int or not 0 <= value <= latest:
            problems.append(f"{name} is {shown(value)}, must be a step from 0 to {latest}")
    if problems:
        raise SettingError(WHERE, problems)
    asked = start if anew_from is None else anew_from
    return touched if asked is None else int(str(asked))


def _states(
    base: Scenario,
    edited: Scenario,
    states: Sequence[str] | None,
    outcomes: Iterable[str],
) -> list[str]:
    """Return the states to keep, each once.

    Raises:
        SettingError: Naming every state and outcome that cannot be kept.
    """
    known, its = state_names(base), set(state_names(edited))
    calendar = base.calendar()
    asked = list(states or ())
    if states is None:
        usual = (name for name in known if name.startswith(USUAL) or name in USUAL_TOO)
        asked = [name for name in usual if name in its]
    problems = [unknown_name("state", name, known) for name in asked if name not in known]
    problems += [
        f"state {name!r}: {edited.name} does not have it"
        for name in asked
        if name in known and name not in its
    ]
    for text in outcomes:
        try:
            asked.append(parse_outcome(text, states=known, calendar=calendar).state)
        except SettingError as error:
            problems += [f"{error.where}: {problem}" for problem in error.problems]
    if not asked and not problems:
        problems = ["no state is asked for; name one, or leave states out"]
    if problems:
        raise SettingError(WHERE, problems)
    return list(dict.fromkeys(asked))


def _ensemble(
    past: Histories, scenario: Scenario, states: Sequence[str], values: Floats, engine: str
) -> Ensemble:
    """Return runs of one of the worlds, with all that describes them."""
    calendar = past.vectors.ready.frame.calendar
    status = [OK] * len(values)
    odd = ~np.isfinite(values)
    for run in np.flatnonzero(odd.any(axis=(1, 2))).tolist():
        step, state = (int(place[0]) for place in np.nonzero(odd[run]))
        status[run] = not_finite(states[state], calendar.label(step))
    meanings = meanings_of(scenario)
    return Ensemble(
        scenario=scenario.name,
        digest=past.digest if scenario is past.scenario else provenance.scenario_digest(scenario),
        calendar=calendar,
        states=tuple(states),
        values=values,
        seed=past.seed,
        engine=f"{engine}{DRAWN}{past.label}",
        versions={"alliance-sim": provenance.version()},
        status=tuple(status),
        edits=tuple(provenance.edits_of(scenario)),
        meanings={name: meanings[name] for name in states},
        title=scenario.title,
        relationship=scenario.relationship,
    )


class EditedWorld:
    """The edited world of some histories, laid out once for every coupling that it is asked under.

    What was run is kept with it, so that who asks again for the same, or for some of it, is not
    made to wait.
    """

    def __init__(self, past: Histories, edited: Scenario) -> None:
        """Lay it out; nothing is run. What an edit sets stays set in every draw."""
        self.past, self.scenario = past, edited
        paths, values = past.numbers_of(edited)
        self.vectors = past.vectors_of(edited, paths)
        self.named = Named(self.vectors.ready)
        self._carrier = Carrier(past.named, self.named)
        self._filled = {
            part.draws.start: Filled(
                self.vectors, self.named, np.ascontiguousarray(values[:, part.draws])
            )
            for part in past.parts
            if part.numbers[0] == part.draws.start
        }
        self._last: dict[tuple[str, int], tuple[tuple[str, ...], Floats]] = {}

    @cached_property
    def touched(self) -> int | None:
        """The first step that the edit touches in any history."""
        firsts = {part.draws.start: part for part in self.past.parts}
        return first_difference(
            [(self.past.filled(part), self._filled[start]) for start, part in firsts.items()]
        )

    def twins(
        self,
        coupling: str = QUANTILE,
        *,
        states: Sequence[str] | None = None,
        outcomes: Sequence[str] = (),
        start: int | None = None,
        anew_from: int | None = None,
    ) -> TwinWorlds:
        """Return the histories and their twins; arguments and errors are those of `twin_worlds`."""
        kind, past, edited = checked_coupling(coupling), self.past, self.scenario
        asked = _states(past.scenario, edited, states, outcomes)
        steps = past.vectors.ready.frame.calendar.steps
        first = _first(self.touched, start, anew_from, steps, kind)
        factual = past.run(asked, until=first or 0)
        twins = factual if first is None else self._ran(kind, asked, factual, first)
        own = set(self.vectors.ready.world.channel_names)
        mine = set(past.vectors.ready.world.channel_names)
        told = f"kernel, given the record, {kind} coupling"
        return TwinWorlds(
            base=past.scenario,
            edited_scenario=edited,
            factual=_ensemble(past, past.scenario, asked, factual, "kernel, given the record"),
            edited=_ensemble(past, edited, asked, twins, told),
            coupling=kind,
            touched=self.touched,
            draw=past.draw,
            draws=past.draws,
            only={
                "factual": tuple(sorted(mine - own)),
                "edited": tuple(sorted(own - set(past.channels) - mine)),
            },
        )

    def _ran(self, coupling: str, states: Sequence[str], factual: Floats, first: int) -> Floats:
        """Return what `run` does, without running again what was run just so."""
        counted = any(name in COUNTS for name in states)
        alike = QUANTILE if coupling == THINNING and not counted else coupling
        names, values = self._last.get((alike, first), ((), factual))
        if not set(states) <= {*names}:
            names, values = tuple(states), self.run(alike, states, factual, first)
            values.setflags(write=False)
            self._last[alike, first] = names, values
        if names == tuple(states):
            return values
        return values[:, :, [names.index(name) for name in states]]

    def run(self, coupling: str, states: Sequence[str], factual: Floats, first: int) -> Floats:
        """Return how states go, array (history, quarter, state).

        Args:
            coupling: How acts of both worlds hang together.
            states: The states.
            factual: The same of the factual world, which stand before the first quarter.
            first: The quarter from which on the edited world is run.
        """
        steps = self.vectors.ready.world.calendar.steps
        thin = coupling == THINNING and any(name in COUNTS for name in states)
        wanted = list(dict.fromkeys([*states, *(NEEDED if thin else ())]))
        rows = rows_of_states(self.named, wanted)
        values = np.empty((len(self.past), steps, len(states)))
        values[:, :first] = factual[:, :first]
        known = self.past.run(NEEDED) if thin else None
        anew = coupling in ANEW
        seed = fresh_seed(self.past.seed, coupling) if anew else self.past.seed
        rooms = Rooms(self.vectors, rows, seed)

        def bring(place: int) -> int:
            part = self.past.parts[place]
            lanes = rooms.lanes(part, self._filled[part.draws.start])
            if coupling != INDEPENDENT:
                lanes.take(normals=part.normals)
            if not anew:
                world = self.vectors.ready.world
                lanes.take(uniforms=deciding_in(self.past, world, part, first))
            if first > 0:
                state = self.past.state(place, first)
                lanes.take_up(self._carrier.carried(state, self._leader(part, seed)))
            lanes.advance(steps)
            found = lanes.values
            if known is not None:
                found = self._thinned(part, wanted, (known[part.numbers], found), first)
            values[part.numbers, first:] = found[:, first:, : len(states)]
            return place

        in_threads(self.past, bring)
        return values

    def _leader(self, part: Part, seed: int) -> Any:
        """Return what gives the push of a leader whom only the edited world draws."""
        world = self.vectors.ready.world
        channels = world.channel_names[len(world.channel_names) - len(world.axes["leader"]) :]
        names = dict(zip(world.axes["leader"], channels, strict=True))

        def push(name: str) -> Floats:
            uniforms = by_key(seed, names[name], part.numbers, 1)[:, 0]
            return np.array([inverse_normal(u) for u in uniforms.tolist()])

        return push

    def _thinned(
        self, part: Part, wanted: Sequence[str], both: tuple[Floats, Floats], first: int
    ) -> Floats:
        """Return a part's states with counts by thinning."""
        factual, edited = both[0], both[1].copy()
        own = [wanted.index(name) for name in NEEDED]
        before = slice(0, first)  # lanes hold nothing of theirs there, or what was run before
        edited[:, before, own] = factual[:, before]
        constants = (self.past.filled(part).constants, self._filled[part.draws.start].constants)
        counts = thinned(
            (factual, edited[:, :, own]),
            constants,
            first=first,
            seed=self.past.seed,
            numbers=part.numbers,
            relationship=self.past.scenario.partners.name,
        )
        for k, name in enumerate(COUNTS):
            if name in wanted:
                edited[:, :, wanted.index(name)] = counts[:, :, k]
        return edited
